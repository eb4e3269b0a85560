import type { FastifySchemaValidationError } from "fastify/types/schema";

export const journeyParams = {
  type: "object",
  properties: { journeyId: { type: "string", format: "uuid" } },
};

export const emailProperty = { type: "string", minLength: 1, format: "email" };

/** What is sent as an address is none. */
export class InvalidEmail extends Error {}

/** A validation failure in the vendor's style: one sentence. */
export function validationMessage(errors: FastifySchemaValidationError[]): Error {
  const [first] = errors;
  if (first?.instancePath === "/email") return new InvalidEmail("The provided email is not a valid email id");
  if (first?.instancePath === "/journeyId") return new Error("The provided journey id is not valid");
  return new Error(
    `Invalid request: ${first?.instancePath.replaceAll("/", ".").slice(1) ?? ""} ${first?.message ?? ""}`.trim(),
  );
}
