import type { Mail } from "../mail/mail";
import type { Contact, ContactList } from "./contact";
import type { Instance } from "./instance";
import type { VendorCall } from "./vendorCall";

/** A call whose fault lets it act after its answer. Data alone, so that it can be kept in a file. */
export interface LateCall {
  readonly id: number;
  /** When it acts, in milliseconds since 1970, by the sandbox's clock. */
  readonly at: number;
  readonly call: VendorCall;
  /** Undefined if the call is about a contact. */
  readonly journeyId?: string | undefined;
  readonly body: unknown;
}

/** One change of what the sandbox holds. It is written to the store's file before it happens in memory. */
export type Effect =
  /** An instance was started or changed. */
  | { readonly instance: Instance }
  /** A message was sent, or delivered. */
  | { readonly mail: Mail }
  /** A contact became known, or changed. */
  | { readonly contact: Contact }
  | { readonly list: ContactList }
  | { readonly late: LateCall }
  | { readonly lateDone: LateCall }
  /** The clock was moved: how far it is ahead, in milliseconds. */
  | { readonly aheadMs: number }
  /** Beyond what is kept. In memory they are gone already. */
  | { readonly droppedInstance: number }
  | { readonly droppedMail: number }
  | { readonly droppedContact: number }
  | { readonly reset: true };

/** What a store's file holds. */
export interface Kept {
  readonly aheadMs: number;
  readonly instances: readonly Instance[];
  readonly mails: readonly Mail[];
  readonly contacts: readonly Contact[];
  readonly lists: readonly ContactList[];
  readonly late: readonly LateCall[];
  /** The highest numbers that were ever given. */
  readonly last: {
    readonly instance: number;
    readonly mail: number;
    readonly contact: number;
    readonly late: number;
  };
}

/** Where effects are kept. */
export interface Keeper {
  /** The name of the file. */
  readonly file: string;
  /**
   * Writes all of them or none.
   *
   * @throws {Error} It could not. The message is one line.
   */
  write(effects: readonly Effect[]): void;
  read(): Kept;
  close(): void;
}
