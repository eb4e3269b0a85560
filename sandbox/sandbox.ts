import AjvCompiler from "@fastify/ajv-compiler";
import Fastify, { type FastifyInstance } from "fastify";
import { setTimeout } from "node:timers/promises";
import { Clock } from "./state/clock";
import type { Deliver } from "./mail/delivery";
import { refuse } from "./server/envelopes";
import { answerErrors } from "./server/errors";
import { Faults } from "./state/faults";
import type { Journeys } from "./mail/journeys";
import { faultHooks } from "./server/faultHooks";
import { Postman } from "./mail/postman";
import { defaultProfile, type Profile } from "./state/profiles";
import { abortRoute } from "./server/routes/abort";
import { storeRoutes } from "./server/routes/store";
import { clockRoutes } from "./server/routes/clock";
import { controlRoutes } from "./server/routes/control";
import { startRoute } from "./server/routes/start";
import { isAdminCall, secure, SERVER_LIMITS } from "./server/security";
import type { RequestLog } from "./state/requestLog";
import { Store } from "./state/store";
import { throttle } from "./server/throttle";

export interface SandboxOptions {
  /** The key that requests must carry. Default: {@link SANDBOX_KEY}. */
  apiKey?: string;
  /** The answers that the vendor's contract does not define. Default: {@link defaultProfile}. */
  profile?: Profile;
  /**
   * How long a journey that is not in `journeys` runs before it finishes by itself, in milliseconds. Default: 7 days.
   */
  journeyDurationMs?: number;
  /** The journeys that send mail, with their steps. Each finishes after its last message. Default: none. */
  journeys?: Journeys;
  /** Delivers the journeys' messages. Default: they are only in the outbox. */
  deliver?: Deliver;
  /** Receives one line for each message that could not be delivered. Default: standard error. */
  log?: (line: string) => void;
  /**
   * The clock, in milliseconds since 1970, that the sandbox's own clock follows until it is moved. Default: the
   * machine's.
   */
  now?: () => number;
  /**
   * The names or addresses that requests may call it by, besides localhost and the loopback addresses. Default: none.
   */
  hosts?: readonly string[];
  /** Waits for the time of a `delay` fault. Default: by the machine's clock. */
  sleep?: (ms: number) => Promise<void>;
}

export interface Sandbox {
  /** Answers requests once it listens: `await sandbox.app.listen({ port: 0 })`. */
  readonly app: FastifyInstance;
  readonly store: Store;
  readonly faults: Faults;
  /** From now on, requests must carry this key. */
  rotateKey(apiKey: string): void;
  /** From now on, the sandbox answers according to this profile. */
  useProfile(profile: Profile): void;
}

/** An invented key in the form of the vendor's keys. */
export const SANDBOX_KEY = "TESTKEY-0000000-0000000-0000000";

/**
 * Makes a sandbox listen on 127.0.0.1, and returns its URL.
 *
 * @param port Default: 0, which picks a free port.
 */
export async function listen({ app }: Sandbox, port = 0): Promise<string> {
  return app.listen({ host: "127.0.0.1", port });
}

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * A stateful, in-memory stand-in for Mailmodo's two journey calls. It sends no mail: what its journeys would send is in
 * its outbox, and wherever `deliver` puts it.
 */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  const now = options.now ?? Date.now;
  const clock = new Clock(now);
  const store = new Store(clock.now, options.journeyDurationMs ?? 7 * DAY_MS, options.journeys ?? new Map());
  const postman = new Postman(store, clock.now, options.deliver, options.log ?? console.error);
  const faults = new Faults();
  let profile = options.profile ?? defaultProfile;
  let apiKey = options.apiKey ?? SANDBOX_KEY;

  const app = createApp(store.log);
  secure(app, options.hosts ?? []);
  app.addHook("onRequest", async () => store.late.catchUp());
  app.addHook("onClose", () => postman.close());

  void app.register(async (vendorCalls) => {
    // Uses the clock that cannot be moved, because the rate limit is about the client, not about a journey.
    throttle(vendorCalls, () => profile, now);
    vendorCalls.addHook("preValidation", async (request, reply) => {
      if (request.headers["mmapikey"] !== apiKey) return refuse(reply, profile.wrongKey);
    });
    faultHooks(vendorCalls, faults, store, options.sleep ?? setTimeout);
    startRoute(vendorCalls, store, postman, () => profile);
    abortRoute(vendorCalls, store, postman, () => profile);
  });
  storeRoutes(app, store);
  clockRoutes(app, clock, postman);
  controlRoutes(app, faults, (next) => (profile = next));

  return {
    app,
    store,
    faults,
    useProfile(next) {
      profile = next;
    },
    rotateKey(next) {
      apiKey = next;
    },
  };
}

/** One for all sandboxes of a process, as tests make many: compiling the schemas takes longer than all else in a new one. */
const buildValidator = AjvCompiler();

/** Creates an app that answers unknown paths and failures as the vendor does, and logs the vendor's calls. */
function createApp(log: RequestLog): FastifyInstance {
  const app = Fastify({
    ...SERVER_LIMITS,
    // Closing must not wait for clients that keep their connections open.
    forceCloseConnections: true,
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
    schemaController: { compilersFactory: { buildValidator } },
  });
  answerErrors(app);

  // Every request is logged, even to an unknown path or if it was refused before its handler ran.
  app.addHook("preSerialization", async (request, reply, answer) => {
    const { method, url: path, body, fault } = request;
    if (isAdminCall(request)) return answer;
    log.add({ method, path, body, status: reply.statusCode, answer, ...(fault ? { fault: fault.kind } : {}) });
    return answer;
  });
  return app;
}
