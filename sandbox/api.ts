/** What the admin API below `/_sandbox/` answers: shared by the server, which sends it, and the page, which shows it. */
import type { Contact, ContactState } from "./state/contact";
import type { ArmedFault } from "./state/faults";
import type { Instance } from "./state/instance";
import type { LoggedRequest } from "./state/loggedRequest";
import type { Mail } from "./mail/mail";
import type { VendorCall } from "./state/vendorCall";

/** `GET /_sandbox/state`, and the event `state`: the controls and the counters. */
export interface SandboxState {
  readonly version: string;
  /** The sandbox's clock. It follows the machine's, and can be moved ahead of it. ISO 8601. */
  readonly now: string;
  /** How far it is ahead of the machine's clock, in milliseconds. */
  readonly aheadMs: number;
  /** When something happens next: a message, an end, or a late effect. ISO 8601. Null if nothing does. */
  readonly nextDueAt: string | null;
  /** When the next message is due. ISO 8601. Null if none is. */
  readonly nextMailAt: string | null;
  /** The key that requests must carry, if it is the invented one. Null if it is another: it may be a secret. */
  readonly apiKey: string | null;
  /** The file that everything is kept in. Null: it is in memory only. */
  readonly store: string | null;
  /** The names of the profiles in effect, or whether it is one of the user's own, and its file if that is known. */
  readonly profile: { readonly names: readonly string[]; readonly file: string | null; readonly isCustom: boolean };
  /** The names of all profiles. */
  readonly profiles: readonly string[];
  readonly faults: readonly ArmedFault[];
  /** Requests in any one second, by `--rate` or the profile. Null: no limit. */
  readonly limit: number | null;
  readonly counts: { readonly running: number; readonly aborted: number; readonly finished: number };
  /** How many contacts there are in each state. */
  readonly contacts: Readonly<Record<ContactState, number>>;
  /** What is kept at most, and how much older was dropped since the start or the last reset. */
  readonly requests: Kept;
  readonly mails: Kept;
  readonly ended: Kept;
  readonly archived: Kept;
  /** Contacts that only starts have made, and that no journey runs for. */
  readonly idle: Kept;
  readonly journeys: readonly { readonly journeyId: string; readonly steps: readonly ShownStep[] }[];
}

export interface Kept {
  readonly count: number;
  readonly limit: number;
  readonly dropped: number;
}

/** A step of a journey, without the bodies of its message. */
export interface ShownStep {
  /** How long after the start it is due, in milliseconds. */
  readonly afterMs: number;
  readonly subject: string;
}

export type { ArmedFault, Contact, ContactState, Instance, LoggedRequest, Mail, VendorCall };

/** `GET /_sandbox/instances/{instanceId}`: one enrollment with all that is known of it. */
export interface InstanceDetail {
  readonly instance: Instance;
  /** The requests that started it, were refused because of it, or aborted it, as far as the log still has them. */
  readonly requests: readonly LoggedRequest[];
  readonly mails: readonly Mail[];
  /** The messages that are still to be sent, with the contact's values in their subjects. Empty once it has ended. */
  readonly due: readonly { readonly step: number; readonly at: string; readonly subject: string }[];
}

/** `GET /_sandbox/mails/{id}`: one message. */
export interface MailDetail extends Mail {
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

/**
 * The server-sent events of `GET /_sandbox/events`. The first is `state`. Then each is sent at most every 100 ms, and only
 * if there is something to say. A client subscribes first and reads the lists after, and keeps of each item the one
 * with the higher revision.
 */
export interface SandboxEvents {
  state: SandboxState;
  /** Instances that were started or changed. */
  instances: readonly Instance[];
  requests: readonly LoggedRequest[];
  /** Messages that were sent or delivered, without their bodies. */
  mails: readonly Omit<Mail, "text" | "html">[];
  /** Contacts that became known or changed. */
  contacts: readonly Contact[];
  /** Everything was removed. */
  reset: Record<string, never>;
}
