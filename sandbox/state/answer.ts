import type { Refusal, Reply } from "./profile";

/** The instance that a call concerned, for the log and for the placeholders of a profile; and its address. */
export interface Concerned {
  readonly instanceId?: string;
  /** Default: the one that the call was sent with. */
  readonly email?: string;
}

/**
 * The answer to a call. `ref` is the instance that the call started, or the one that is already running. `reply` is what
 * is sent in place of the message, and `body` in place of the vendor's envelope.
 */
export type Answer = Concerned &
  (
    | {
        readonly message: string;
        readonly ref?: string;
        readonly reply?: Reply | undefined;
        readonly body?: object;
        readonly refusal?: undefined;
      }
    | { readonly refusal: Refusal; readonly ref?: string }
  );
