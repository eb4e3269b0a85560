import AjvCompiler from "@fastify/ajv-compiler";
import Fastify, { type FastifyInstance } from "fastify";
import type { LoggedRequest } from "../state/loggedRequest";
import type { Profile } from "../state/profile";
import type { RequestLog } from "../state/requestLog";
import { ExactAnswer } from "./envelopes";
import { answerErrors, problemOf } from "./errors";
import { keyMask } from "./keyMask";
import { answerMalformed, isOwnPath, SERVER_LIMITS } from "./security";

declare module "fastify" {
  interface FastifyRequest {
    /** Its entry in the log. */
    logged: LoggedRequest | null;
    /** The instance that it started, aborted, or was refused because of. */
    instanceId: string | undefined;
  }
}

/** One for all sandboxes of a process, as tests make many: compiling the schemas takes longer than all else in a new one. */
const buildValidator = AjvCompiler();

interface AppParts {
  readonly log: RequestLog;
  readonly profile: () => Profile;
  /** The key that the log must not have. */
  readonly apiKey: () => string;
  /** The names or addresses that it may be called by, besides those of the loopback interface. */
  readonly hosts: readonly string[];
}

/** Creates an app that answers unknown paths and failures as the vendor does, and logs the vendor's calls. */
export function createApp({ log, profile, apiKey, hosts }: AppParts): FastifyInstance {
  const app = Fastify({
    ...SERVER_LIMITS,
    // Closing must not wait for clients that keep their connections open.
    forceCloseConnections: true,
    // Checking the sandbox's own schemas each time would be a third of its start.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, validateSchema: false } },
    schemaErrorFormatter: problemOf,
    frameworkErrors: answerMalformed(hosts),
    schemaController: { compilersFactory: { buildValidator } },
  });
  answerErrors(app, profile);
  app.decorateRequest("fault", null);
  app.decorateRequest("logged", null);
  app.decorateRequest("instanceId", undefined);

  // Every request that may be meant for the vendor is logged, even to an unknown path or if it was refused before its handler ran.
  app.addHook("preSerialization", (request, reply, answer, done) => {
    if (!isOwnPath(request)) {
      const { method, url, body, fault, instanceId } = request;
      const masked = keyMask(apiKey());
      const shown = {
        path: masked(url),
        body: masked(body),
        answer: masked(answer instanceof ExactAnswer ? answer.shown : answer),
      };
      const entry = { method, ...shown, status: reply.statusCode, durationMs: reply.elapsedTime };
      const length = request.headers["content-length"];
      request.logged = log.add(
        { ...entry, ...(fault ? { fault: fault.kind } : {}), ...(instanceId === undefined ? {} : { instanceId }) },
        length === undefined ? undefined : Number(length),
      );
    }
    done(null, answer);
  });
  app.addHook("onResponse", ({ logged }, reply, done) => {
    if (logged !== null) log.answered(logged, reply.raw.statusCode, reply.elapsedTime);
    done();
  });
  return app;
}
