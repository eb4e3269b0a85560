import type { FastifyInstance } from "fastify";
import { setTimeout } from "node:timers/promises";
import type { Mail } from "./mail/mail";
import { Postman } from "./mail/postman";
import { SANDBOX_KEY, withDefaults, type SandboxOptions } from "./options";
import { createApp } from "./server/app";
import { refuse } from "./server/envelopes";
import { eventRoute } from "./server/events";
import type { HttpApp } from "./server/httpApp";
import { faultHooks } from "./server/faultHooks";
import { openApiRoute } from "./server/openapi";
import { pageRoutes } from "./server/page";
import { abortRoute } from "./server/routes/abort";
import { Answering } from "./server/routes/answering";
import { clockRoutes } from "./server/routes/clock";
import { controlRoutes } from "./server/routes/controls";
import { faultRoutes } from "./server/routes/faults";
import { listRoutes } from "./server/routes/lists";
import { startRoute } from "./server/routes/start";
import { isVendorCall, secure } from "./server/security";
import { shownState, version } from "./server/shownState";
import { throttle } from "./server/throttle";
import { refuseUnknownJourneys } from "./server/unknownJourneys";
import { Calls } from "./state/calls";
import { Clock, type Move } from "./state/clock";
import { Controls } from "./state/controls";
import { withDatabase } from "./state/database";
import type { Keeper } from "./state/effects";
import { Faults, type ArmedFault, type Fault } from "./state/faults";
import type { Instance } from "./state/instance";
import type { LoggedRequest } from "./state/loggedRequest";
import type { Profile } from "./state/profiles";
import { Store } from "./state/store";
import { Timekeeper } from "./state/timekeeper";

export { SANDBOX_KEY, type SandboxOptions } from "./options";

/** A stand-in for Mailmodo that runs in this process. */
export interface Sandbox {
  /**
   * Listens, and resolves with its URL.
   *
   * @param at `port`, default 0, which picks a free one; and `host`, default 127.0.0.1.
   */
  listen(at?: { readonly port?: number; readonly host?: string }): Promise<string>;
  /** Stops listening, and closes all connections and the store's file. */
  close(): Promise<void>;
  /** The enrollments that are kept, in the order of their starts. */
  instances(): readonly Instance[];
  /** The messages that were sent, in order, as far as they are kept. */
  mails(): readonly Mail[];
  /** The requests to the vendor's calls, in order, as far as they are kept. */
  requests(): readonly LoggedRequest[];
  /**
   * Lets calls go wrong from now on.
   *
   * @example
   *   sandbox.addFault({ kind: "reset-after", on: "start", count: 1 });
   */
  addFault(fault: Fault): ArmedFault;
  clearFaults(): void;
  /**
   * From now on, the sandbox answers according to this profile.
   *
   * @example
   *   sandbox.useProfile(["duplicate-200-ref", "limit-5-429"]);
   */
  useProfile(profile: Profile | readonly string[]): void;
  /** From now on, requests must carry this key. */
  rotateKey(apiKey: string): void;
  /**
   * Moves the sandbox's clock ahead. Resolves when all that became due is delivered.
   *
   * @example
   *   await sandbox.moveClock({ advanceSeconds: 86_400 });
   */
  moveClock(move: Move): Promise<void>;
  /** Removes all instances, messages and logged requests. Faults, profile, key and clock stay. */
  reset(): void;
  /** The HTTP server, for tests that look into it. */
  readonly app: HttpApp;
  /** The data, for tests that look into it. */
  readonly store: Store;
  /** The faults that are on, for tests that look into them. */
  readonly faults: Faults;
}

/**
 * Creates a stateful stand-in for Mailmodo's two journey calls. It sends no mail: what its journeys would send is in its
 * outbox, and wherever `deliver` puts it.
 *
 * @example
 *   const sandbox = createSandbox({ seed: 1 });
 *   const url = await sandbox.listen();
 *   // … start journeys at `url` with the key SANDBOX_KEY …
 *   console.log(sandbox.instances());
 *   await sandbox.close();
 *
 * @throws {Error} The store's file cannot be used, or there is no such profile. The message is one line.
 */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  const parts = withDatabase(options.store, (keeper) => createParts(options, keeper));
  const { app, store, faults, controls, postman, clock, timekeeper } = parts;
  const moveClock = async (move: Move) => {
    store.commit([{ aheadMs: clock.aheadAfter(move, store.schedule.nextMail?.at) }]);
    await postman.sendDue();
    store.changes.state();
  };
  addRoutes(parts, moveClock);
  return {
    listen: ({ port = 0, host = "127.0.0.1" } = {}) => app.listen({ port, host }),
    close: () => app.close(),
    instances() {
      timekeeper.catchUp();
      return store.all();
    },
    mails: () => store.mails(),
    requests: () => store.requests(),
    addFault: (fault) => faults.add(fault),
    clearFaults: () => faults.clear(),
    useProfile: (profile) => controls.useProfile(profile),
    rotateKey: (apiKey) => controls.rotateKey(apiKey),
    moveClock,
    reset: () => store.reset(),
    app,
    store,
    faults,
  };
}

type Parts = ReturnType<typeof createParts>;

function createParts(given: SandboxOptions, keeper: Keeper | undefined) {
  const options = withDefaults(given);
  const { keep: limits, journeys, seed, log, deliver } = options;
  const clock = new Clock(options.now);
  const changed = () => store.changes.state();
  const controls = new Controls(options.apiKey, options.rate, changed);
  const faults = new Faults(changed, seed);
  const store = new Store({ ...options, clock, limits, keeper });
  controls.useProfile(options.profile, options.profileFile);
  const calls = new Calls(store, () => controls.profile);
  const timekeeper = new Timekeeper(store, calls, clock);
  const postman = new Postman({ store, clock, timekeeper, deliver, log });
  const app = createApp(store.log, () => controls.profile);
  app.addHook("onReady", async () => postman.scheduleNext());
  app.addHook("onClose", async () => {
    await postman.close();
    keeper?.close();
  });
  return { options, clock, controls, faults, store, calls, timekeeper, postman, app, journeys };
}

function addRoutes(parts: Parts, moveClock: (move: Move) => Promise<void>): void {
  const { app, options, store, controls, faults, clock, timekeeper, postman, journeys } = parts;
  const file = options.store ?? null;
  const stateOf = () => shownState({ store, clock, controls, faults, journeys, publicKey: SANDBOX_KEY, file });
  secure(app, options.hosts ?? []);
  app.addHook("onRequest", (request, _reply, done) => {
    try {
      timekeeper.catchUp();
    } catch (error) {
      // The sandbox's own calls show what there is, even if the disk is full.
      if (isVendorCall(request)) return done(error as Error);
    }
    done();
  });
  openApiRoute(app, version);
  void app.register(async (vendorCalls) => addVendorCalls(vendorCalls, parts));
  listRoutes(app, store);
  clockRoutes(app, clock, moveClock);
  controlRoutes(app, store, controls, stateOf);
  faultRoutes(app, faults);
  pageRoutes(app);
  eventRoute(app, store.changes, stateOf, () => postman.scheduleNext());
}

function addVendorCalls(app: FastifyInstance, parts: Parts): void {
  const { options, store, controls, faults, calls, clock, postman, journeys } = parts;
  // Uses the clock that cannot be moved, because the rate limit is about the client, not about a journey.
  throttle(app, () => controls.limit, options.now);
  app.addHook("preValidation", (request, reply, done) => {
    if (request.headers["mmapikey"] === controls.apiKey) return done();
    refuse(reply, controls.profile.wrongKey);
  });
  faultHooks(app, faults, store, options.sleep ?? setTimeout);
  refuseUnknownJourneys(app, () => controls.profile, journeys);
  const answering = new Answering(store, calls, clock, postman);
  startRoute(app, answering);
  abortRoute(app, answering);
}
