import { Postman } from "./mail/postman";
import { UNSUBSCRIBE_PATH } from "./mail/unsubscribeLink";
import { withDefaults, type SandboxOptions } from "./options";
import { createApp } from "./server/app";
import { ownUrl } from "./server/ownUrl";
import { Calls } from "./state/calls";
import { Clock } from "./state/clock";
import { Controls } from "./state/controls";
import type { Keeper } from "./state/effects";
import { Faults } from "./state/faults";
import { Store } from "./state/store";
import { Timekeeper } from "./state/timekeeper";

/** What a sandbox is made of. */
export type Parts = ReturnType<typeof createParts>;

/** @param keeper Keeps the data beyond the process. Undefined: it is in memory only. */
export function createParts(given: SandboxOptions, keeper: Keeper | undefined) {
  const options = withDefaults(given);
  const { keep: limits, journeys, seed, log, deliver } = options;
  const clock = new Clock(options.now);
  const changed = () => store.changes.state();
  // The app is made later: it logs to the store.
  const linkOf = (instanceId: string): string => ownUrl(app) + UNSUBSCRIBE_PATH + instanceId;
  const controls = new Controls(options.apiKey, options.rate, changed);
  const faults = new Faults(changed, seed);
  const store = new Store({ ...options, clock, limits, linkOf, keeper });
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
