import { addRoutes } from "./addRoutes";
import { checkContacts, checkedProfile, checkFault, checkOptions } from "./checkOptions";
import type { Mail } from "./mail/mail";
import type { SandboxOptions } from "./options";
import { createParts } from "./parts";
import type { HttpApp } from "./server/httpApp";
import type { Move } from "./state/clock";
import type { Contact, ContactSeed } from "./state/contact";
import { withDatabase } from "./state/database";
import type { ArmedFault, Fault, Faults } from "./state/faults";
import type { Instance } from "./state/instance";
import type { LoggedRequest } from "./state/loggedRequest";
import type { Profile } from "./state/profile";
import type { Store } from "./state/store";

export { SANDBOX_KEY, type SandboxOptions } from "./options";

/** A stand-in for Mailmodo that runs in this process. */
export interface Sandbox {
  /**
   * Listens, and resolves with its URL.
   *
   * @param at `port`, default 0, which picks a free one; and `host`, default 127.0.0.1.
   */
  listen(at?: { readonly port?: number; readonly host?: string }): Promise<string>;
  /**
   * Stops listening, and closes all connections and the store's file. It waits for a message that is being delivered, but
   * at most three seconds: what a `deliver` comes to later is not recorded.
   */
  close(): Promise<void>;
  /** The enrollments that are kept, in the order of their starts. */
  instances(): readonly Instance[];
  /** The contacts that are kept, in the order in which they became known. The archived ones are among them. */
  contacts(): readonly Contact[];
  /**
   * Sets contacts as they are at the vendor: new ones, or changes of those that there are. What is left out stays as it is.
   *
   * @example
   *   sandbox.setContacts([{ email: "ada@seeds.example.com", unsubscribed: true, unsubscribeReason: "Spam" }]);
   */
  setContacts(contacts: readonly ContactSeed[]): void;
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
  /** Removes all instances, contacts, lists, messages and logged requests. Faults, profile, key and clock stay. */
  reset(): void;
  /** The HTTP server, for tests that look into it. */
  readonly app: HttpApp;
  /** The data, for tests that look into it. */
  readonly store: Store;
  /** The faults that are on, for tests that look into them. */
  readonly faults: Faults;
}

/**
 * Creates a stateful stand-in for Mailmodo's calls for journeys and contacts. It sends no mail: what its journeys would send is in its
 * outbox, and wherever `deliver` puts it.
 *
 * @example
 *   const sandbox = createSandbox({ seed: 1 });
 *   const url = await sandbox.listen();
 *   // … start journeys at `url` with the key SANDBOX_KEY …
 *   console.log(sandbox.instances());
 *   await sandbox.close();
 *
 * @throws {Error} The store's file cannot be used, or an option is unknown or wrong. The message is one line.
 */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  checkOptions(options);
  const parts = withDatabase(options.store, (keeper) => createParts(options, keeper));
  const { app, store, faults, controls, postman, clock, timekeeper } = parts;
  const moveClock = async (move: Move) => {
    store.commit([{ aheadMs: clock.aheadAfter(move, store.schedule.nextMail?.at) }]);
    await postman.sendDue();
    store.changes.state();
  };
  addRoutes(parts, moveClock);
  return {
    listen: async ({ port = 0, host = "127.0.0.1" } = {}) => {
      // No client can call it by the address that stands for all.
      return (await app.listen({ port, host })).replace("//[::]:", "//[::1]:");
    },
    close: () => app.close(),
    instances() {
      timekeeper.catchUp();
      return store.all();
    },
    contacts() {
      timekeeper.catchUp();
      return store.contacts.all();
    },
    setContacts(contacts) {
      checkContacts(contacts);
      store.setContacts(contacts);
    },
    mails: () => store.mails(),
    requests: () => store.requests(),
    addFault(fault) {
      checkFault(fault);
      return faults.add(fault);
    },
    clearFaults: () => faults.clear(),
    useProfile: (profile) => controls.useProfile(checkedProfile(profile)),
    rotateKey: (apiKey) => controls.rotateKey(apiKey),
    moveClock,
    reset: () => store.reset(),
    app,
    store,
    faults,
  };
}
