import AjvCompiler from "@fastify/ajv-compiler";
import Fastify, { type FastifyInstance } from "fastify";
import { setTimeout } from "node:timers/promises";
import { Clock } from "./state/clock";
import type { Deliver } from "./mail/mail";
import { refuse } from "./server/envelopes";
import { answerErrors } from "./server/errors";
import { Faults } from "./state/faults";
import type { Journeys } from "./mail/journeys";
import { faultHooks } from "./server/faultHooks";
import { Postman } from "./mail/postman";
import { defaultProfile, type Profile } from "./state/profiles";
import { Controls } from "./state/controls";
import { moveClock, type Move } from "./state/moveClock";
import { abortRoute } from "./server/routes/abort";
import { clockRoutes } from "./server/routes/clock";
import { controlRoutes } from "./server/routes/controls";
import { faultRoutes } from "./server/routes/faults";
import { listRoutes } from "./server/routes/lists";
import { eventRoute } from "./server/events";
import { shownState } from "./server/shownState";
import { pageRoutes } from "./server/page";
import { startRoute } from "./server/routes/start";
import { isAdminCall, secure, SERVER_LIMITS } from "./server/security";
import type { LoggedRequest, RequestLog } from "./state/requestLog";
import { Store } from "./state/store";
import { throttle } from "./server/throttle";

declare module "fastify" {
  interface FastifyRequest {
    /** Its entry in the log. */
    logged: LoggedRequest | null;
    /** The instance that it started, aborted, or was refused because of. */
    instanceId: string | undefined;
  }
}

export interface SandboxOptions {
  /** The key that requests must carry. Default: {@link SANDBOX_KEY}. */
  apiKey?: string;
  /** The answers that the vendor's contract does not define, or names of profiles. Default: {@link defaultProfile}. */
  profile?: Profile | readonly string[];
  /** Requests in any one second; more are answered with 429. It takes the place of a profile's limit. */
  rate?: number;
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
  useProfile(profile: Profile | readonly string[]): void;
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
  const journeys = options.journeys ?? new Map<string, never>();
  const store = new Store(clock.now, options.journeyDurationMs ?? 7 * DAY_MS, journeys);
  const postman = new Postman(store, clock.now, options.deliver, options.log ?? console.error);
  const changed = () => store.changes.state();
  const faults = new Faults(changed);
  const controls = new Controls(defaultProfile, options.apiKey ?? SANDBOX_KEY, options.rate, changed);
  controls.useProfile(options.profile ?? []);
  const stateOf = () => shownState({ store, clock, controls, faults, journeys, publicKey: SANDBOX_KEY });
  const move = async (to: Move) => {
    moveClock(clock, to, () => store.outbox.nextDueAt());
    await postman.sendDue();
    changed();
  };

  const app = createApp(store.log);
  secure(app, options.hosts ?? []);
  app.addHook("onRequest", async () => store.late.catchUp());
  app.addHook("onClose", () => postman.close());

  void app.register(async (vendorCalls) => {
    // Uses the clock that cannot be moved, because the rate limit is about the client, not about a journey.
    throttle(vendorCalls, () => controls.limit, now);
    vendorCalls.addHook("preValidation", async (request, reply) => {
      if (request.headers["mmapikey"] !== controls.apiKey) return refuse(reply, controls.profile.wrongKey);
    });
    faultHooks(vendorCalls, faults, store, options.sleep ?? setTimeout);
    startRoute(vendorCalls, store, postman, () => controls.profile);
    abortRoute(vendorCalls, store, postman, () => controls.profile);
  });
  listRoutes(app, store, journeys);
  clockRoutes(app, clock, move);
  controlRoutes(app, store, controls, stateOf);
  faultRoutes(app, faults);
  eventRoute(app, store.changes, stateOf);
  pageRoutes(app);

  return {
    app,
    store,
    faults,
    useProfile: (next) => controls.useProfile(next),
    rotateKey: (next) => controls.rotateKey(next),
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

  app.decorateRequest("logged", null);
  app.decorateRequest("instanceId", undefined);
  // Every request is logged, even to an unknown path or if it was refused before its handler ran.
  app.addHook("preSerialization", async (request, reply, answer) => {
    const { method, url: path, body, fault } = request;
    if (isAdminCall(request)) return answer;
    request.logged = log.add({
      method,
      path,
      body,
      status: reply.statusCode,
      answer,
      durationMs: reply.elapsedTime,
      ...(fault ? { fault: fault.kind } : {}),
      ...(request.instanceId === undefined ? {} : { instanceId: request.instanceId }),
    });
    return answer;
  });
  app.addHook("onResponse", async ({ logged }, reply) => {
    if (logged !== null) log.answered(logged, reply.raw.statusCode, reply.elapsedTime);
  });
  return app;
}
