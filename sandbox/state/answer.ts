import type { Refusal, Reply } from "./profile";

/**
 * The answer to a call. `ref` is the instance that the call started, or the one that is already running; `instanceId` is
 * the one that it concerned, for the log. `reply` is what is sent in place of the message, and `body` in place of the
 * vendor's envelope.
 */
export type Answer =
  | {
      readonly message: string;
      readonly ref?: string;
      readonly instanceId?: string;
      readonly reply?: Reply | undefined;
      readonly body?: object;
      readonly refusal?: undefined;
    }
  | { readonly refusal: Refusal; readonly ref?: string; readonly instanceId?: string };
