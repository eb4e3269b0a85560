import type { FastifyInstance } from "fastify";
import { setTimeout } from "node:timers/promises";
import { SANDBOX_KEY } from "./options";
import type { Parts } from "./parts";
import { refuse } from "./server/envelopes";
import { eventRoute } from "./server/events";
import { faultHooks } from "./server/faultHooks";
import { openApiRoute } from "./server/openapi";
import { pageRoutes } from "./server/page";
import { abortRoute } from "./server/routes/abort";
import { Answering } from "./server/routes/answering";
import { clockRoutes } from "./server/routes/clock";
import { contactRoutes } from "./server/routes/contacts";
import { contactSeedRoutes } from "./server/routes/contactSeeds";
import { controlRoutes } from "./server/routes/controls";
import { faultRoutes } from "./server/routes/faults";
import { listRoutes } from "./server/routes/lists";
import { startRoute } from "./server/routes/start";
import { unsubscribeRoutes } from "./server/routes/unsubscribe";
import { isVendorCall, secure } from "./server/security";
import { shownState, version } from "./server/shownState";
import { throttle } from "./server/throttle";
import { refuseUnknownJourneys } from "./server/unknownJourneys";
import type { Move } from "./state/clock";

/** Adds all calls of a sandbox to its app: the vendor's, its own, and its page. */
export function addRoutes(parts: Parts, moveClock: (move: Move) => Promise<void>): void {
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
  contactSeedRoutes(app, store);
  unsubscribeRoutes(app, store);
  clockRoutes(app, clock, moveClock);
  controlRoutes(app, store, controls, stateOf);
  faultRoutes(app, faults);
  pageRoutes(app);
  eventRoute(app, store.changes, stateOf, () => postman.scheduleNext());
}

/** Waits by the machine's clock, but not longer than until the app closes. */
function sleeper(app: FastifyInstance): (ms: number) => Promise<void> {
  // Taken now: a test that moves the clock of its client means that clock alone.
  const wait = setTimeout;
  const closing = new AbortController();
  app.addHook("preClose", async () => closing.abort());
  return (ms) => wait(ms, undefined, { signal: closing.signal });
}

function addVendorCalls(app: FastifyInstance, parts: Parts): void {
  const { options, store, controls, faults, calls, clock, postman, journeys } = parts;
  // Uses the clock that cannot be moved, because the rate limit is about the client, not about a journey.
  throttle(app, () => controls.limit, options.now);
  app.addHook("preValidation", (request, reply, done) => {
    if (request.headers["mmapikey"] === controls.apiKey) return done();
    refuse(reply, controls.profile.wrongKey);
  });
  app.addHook("preHandler", (request, _reply, done) => {
    // Two ways to write the same id, as of the address.
    const params = request.params as { journeyId?: string };
    if (params.journeyId !== undefined) params.journeyId = params.journeyId.toLowerCase();
    done();
  });
  faultHooks(app, faults, store, options.sleep ?? sleeper(app));
  refuseUnknownJourneys(app, () => controls.profile, journeys);
  const answering = new Answering(store, calls, clock, postman);
  startRoute(app, answering);
  abortRoute(app, answering);
  contactRoutes(app, answering);
}
