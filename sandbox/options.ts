import type { Journeys } from "./mail/journeys";
import type { Deliver } from "./mail/mail";
import type { Profile } from "./state/profile";

/** How {@link createSandbox} makes a sandbox. Everything has a default. */
export interface SandboxOptions {
  /** The key that requests must carry. Default: {@link SANDBOX_KEY}. */
  apiKey?: string;
  /** The answers that the vendor's contract does not define, or names of profiles. Default: {@link defaultProfile}. */
  profile?: Profile | readonly string[];
  /** The file that `profile` was read from, which the page shows. Default: none. */
  profileFile?: string;
  /** Requests in any one second; more are answered with 429. It takes the place of a profile's limit. Default: no limit. */
  rate?: number;
  /** The same seed gives the same ids of instances, and the same faults by probability. Default: random ids. */
  seed?: number;
  /**
   * How long a journey that is not in `journeys` runs before it finishes by itself, in milliseconds. Default: 7 days.
   */
  journeyDurationMs?: number;
  /** The journeys that send mail, with their steps. Each finishes after its last message. Default: none. */
  journeys?: Journeys;
  /** Delivers the journeys' messages. Default: they are only in the outbox. */
  deliver?: Deliver;
  /**
   * The file that instances, contacts, messages, late effects and the clock are kept in. What was acknowledged is in it, also after
   * a kill. Faults, profile, key and the log of requests are not. Default: everything is in memory only.
   */
  store?: string;
  /**
   * How much is kept; what is older is dropped. Instances that run and their contacts are never dropped, nor are contacts
   * that a contact call, the admin API or an unsubscribe link has set or changed, unless they are archived. Default: 10,000
   * requests, 10,000 mails, 100,000 instances that have ended, 100,000 archived contacts, and 100,000 idle ones, which only
   * starts have made and no journey runs for.
   */
  keep?: {
    readonly requests?: number;
    readonly mails?: number;
    readonly ended?: number;
    readonly archived?: number;
    readonly idle?: number;
  };
  /** Receives one line for each message that could not be delivered. Default: standard error. */
  log?: (line: string) => void;
  /**
   * The clock, in milliseconds since 1970, that the sandbox's own clock follows until it is moved. Default: the
   * machine's.
   */
  now?: () => number;
  /**
   * The host names or addresses that it answers to, besides localhost and the loopback addresses. Default: none.
   */
  hosts?: readonly string[];
  /** Waits for the time of a `delay` fault. Default: by the machine's clock. */
  sleep?: (ms: number) => Promise<void>;
}

/** An invented key in the form of the vendor's keys. */
export const SANDBOX_KEY = "TESTKEY-0000000-0000000-0000000";

const DAY_MS = 24 * 60 * 60 * 1000;
const KEEP = { requests: 10_000, mails: 10_000, ended: 100_000, archived: 100_000, idle: 100_000 };

/** The options with their defaults. */
export function withDefaults(options: SandboxOptions) {
  const { apiKey = SANDBOX_KEY, profile = [], journeyDurationMs = 7 * DAY_MS, now = Date.now } = options;
  const journeys: Journeys = options.journeys ?? new Map<string, never>();
  const log = options.log ?? console.error;
  const { requests, mails, ended, archived, idle } = options.keep ?? {};
  const keep = {
    requests: requests ?? KEEP.requests,
    mails: mails ?? KEEP.mails,
    ended: ended ?? KEEP.ended,
    archived: archived ?? KEEP.archived,
    idle: idle ?? KEEP.idle,
  };
  return { ...options, apiKey, profile, journeyDurationMs, now, journeys, log, keep };
}
