import Fastify, { type FastifyError, type FastifyInstance } from "fastify";
import { refuse } from "./envelopes";
import { defaultProfile, type Profile } from "./profiles";
import { abortRoute } from "./routes/abort";
import { booksRoutes } from "./routes/books";
import { startRoute } from "./routes/start";
import { Store } from "./store";

export interface SandboxOptions {
  /** The key that requests must carry. Default: {@link SANDBOX_KEY}. */
  apiKey?: string;
  /** How the sandbox answers where the vendor's contract is silent. */
  profile?: Profile;
  /** How long a journey runs before it finishes by itself, in milliseconds. Default: 7 days. */
  journeyDurationMs?: number;
  /** The clock, in milliseconds since 1970. Default: the machine's. */
  now?: () => number;
}

export interface Sandbox {
  /** Answers requests once it listens: `await sandbox.app.listen({ port: 0 })`. */
  readonly app: FastifyInstance;
  readonly store: Store;
  /** From now on, requests must carry this key. */
  rotateKey(apiKey: string): void;
}

/** An invented key, in the form of the vendor's. */
export const SANDBOX_KEY = "TESTKEY-0000000-0000000-0000000";

const DAY_MS = 24 * 60 * 60 * 1000;

/** A stateful stand-in for Mailmodo's two journey calls, in memory: nothing it does sends mail. */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  const store = new Store(options.now ?? Date.now, options.journeyDurationMs ?? 7 * DAY_MS);
  const profile = options.profile ?? defaultProfile;
  let apiKey = options.apiKey ?? SANDBOX_KEY;

  const app = Fastify({
    bodyLimit: 1024 * 1024,
    // Closing must not wait for clients that keep their connection.
    forceCloseConnections: true,
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
  });
  app.setErrorHandler((error: FastifyError, _request, reply) => refuse(reply, { status: 400, message: error.message }));
  // The vendor's envelope for a path that it does not route.
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({ error: "error", message: "Some Internal Error Occurred: 404" }),
  );

  void app.register(async (hooks) => {
    // The journal keeps what was sent, also of a request that is refused before its handler.
    hooks.addHook("preSerialization", async (request, reply, answer) => {
      store.record({ method: request.method, path: request.url, body: request.body, status: reply.statusCode, answer });
      return answer;
    });
    hooks.addHook("preValidation", async (request, reply) => {
      if (request.headers["mmapikey"] !== apiKey) return refuse(reply, profile.wrongKey);
    });
    startRoute(hooks, store, profile);
    abortRoute(hooks, store, profile);
  });
  booksRoutes(app, store);

  return {
    app,
    store,
    rotateKey(next) {
      apiKey = next;
    },
  };
}
