/**
 * An answer that the vendor's contract does not define. Exactly one of `message`, `body` and `text` says what is sent. In
 * them and in the headers, `{{instanceId}}`, `{{journeyId}}` and `{{email}}` stand for what the call concerns.
 */
export interface Reply {
  readonly status: number;
  /** Sent in the vendor's envelope. */
  readonly message?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is. */
  readonly text?: string;
  /** The media type of `body` (default: application/json) or `text` (default: text/plain). */
  readonly contentType?: string;
  /** More headers, such as Retry-After. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The answer to a refused call. */
export interface Refusal extends Reply {
  /** Whether a refused duplicate names the instance that is already running. Default: false. */
  readonly withRef?: boolean;
}

/** The plan's rate limit, and the answer to exceeding it. Its message is "Too many requests" if nothing else is set. */
export interface Limit extends Reply {
  readonly perSecond: number;
  /** The form of the Retry-After header. Default: no header. */
  readonly retryAfter?: "seconds" | "date";
}

/** All that the vendor's contract leaves undefined. */
export interface Profile {
  readonly wrongKey: Refusal;
  /** The answer to a second start for an address. "accepted" starts another instance. */
  readonly duplicate: Refusal | "accepted";
  /** Whether a start is a duplicate only while an earlier instance runs, or forever. */
  readonly duplicateMeans: "running" | "ever";
  /** The answer to a start that is a duplicate of an instance that has ended. Default: as `duplicate`. */
  readonly duplicateEnded?: Refusal;
  /** The answer to an abort by instance id of an instance that has ended. */
  readonly abortEnded: Refusal | "success";
  /** The answer to an abort if there is no such instance, or nothing runs for the address. */
  readonly abortUnknown: Refusal | "success";
  /** The answer to an abort by address if nothing runs for it. Default: as `abortUnknown`. */
  readonly addressUnknown?: Refusal | "success";
  /** Whether an abort by address stops all instances of the address or only the latest one. */
  readonly abortByAddress: "all" | "last";
  /**
   * Refuses every start, as for a suppressed contact, a paused journey or a full quota. Default: starts are accepted.
   */
  readonly start?: Refusal;
  /**
   * The answer to a start for a contact that is blocked or unsubscribed. "accepted" starts the journey, which then sends
   * it nothing.
   */
  readonly suppressed: Refusal | "accepted";
  /**
   * What a start does about the address's contact: "creates" it if there is none, also "updates" its data with those of
   * the start, or does nothing ("none").
   */
  readonly startContact: "creates" | "updates" | "none";
  /** The answer to a look-up of a contact that does not exist. */
  readonly contactUnknown: Refusal;
  /** The answer to archiving a contact that does not exist, or that is archived already. */
  readonly archiveUnknown: Refusal | "success";
  /** The answer to removing a contact from a list that does not exist. */
  readonly listUnknown: Refusal;
  /** The answer to removing a contact from a list that it is not in. */
  readonly removeUnknown: Refusal | "success";
  /** The answer to resubscribing a contact that does not exist. */
  readonly resubscribeUnknown: Refusal | "success";
  /** Whether a look-up still shows an archived contact. */
  readonly archived: "hidden" | "shown";
  /**
   * What adding an archived contact to a list does: it "revives" the contact, or the call is "ignored" although it answers
   * success, or it is refused.
   */
  readonly addArchived: "revives" | "ignored" | Refusal;
  /** The answer to an invalid address. Default: the one of the contract's example. */
  readonly invalidEmail?: Refusal;
  /**
   * The answer to a call for a journey that is not known. Default: 400 if `journeys` says which are known; otherwise each
   * is.
   */
  readonly unknownJourney?: Refusal;
  /** The ids of the journeys that are known. Default: those whose steps the sandbox has, if there is an `unknownJourney`. */
  readonly journeys?: readonly string[];
  readonly limit?: Limit;
  /** The answer to a start that took effect. Default: the contract's, with the instance id as `ref`. */
  readonly started?: Reply;
  /** The answer to an abort that took effect. Default: the contract's. */
  readonly aborted?: Reply;
  /** The answer to an abort by address that took effect. Default: as `aborted`. */
  readonly addressAborted?: Reply;
}
