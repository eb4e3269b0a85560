import type { FastifyError, FastifyInstance } from "fastify";
import type { FastifySchemaValidationError } from "fastify/types/schema";
import { refuse } from "./envelopes";
import type { Profile } from "../state/profile";
import { InvalidEmail } from "./routes/schemas";
import { isVendorCall } from "./security";

/** What is wrong with a call, with the values that it could have. The vendor's calls say it in the vendor's words. */
export function problemOf([first]: FastifySchemaValidationError[], where: string): Error {
  const { instancePath = "", message = "is not valid", params = {} } = first ?? {};
  const { allowedValues, allowedValue, additionalProperty } = params;
  const named = (allowedValues ?? allowedValue ?? additionalProperty) as string | string[] | undefined;
  return new Error(`${where}${instancePath} ${message}${named === undefined ? "" : `: ${[named].flat().join(", ")}`}`);
}

/** Answers unknown paths and refused requests in JSON: the vendor's calls as the vendor does. */
export function answerErrors(app: FastifyInstance, profileOf: () => Profile): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const { statusCode = 500, message } = error;
    if (statusCode >= 500) return refuse(reply, { status: 500, message: `The sandbox itself failed: ${message}` });
    const { invalidEmail } = profileOf();
    if (error instanceof InvalidEmail && invalidEmail !== undefined) return refuse(reply, invalidEmail);
    // The vendor's contract has no other status for a refused request.
    return refuse(reply, { status: isVendorCall(request) ? 400 : statusCode, message });
  });
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({ error: "error", message: "Some Internal Error Occurred: 404" }),
  );
}
