import type { EnrollmentState } from "../model/inputs";
import { hideStack } from "../text/hideStack";

/**
 * A create or update that failed and left something that must be recorded. The engine records an error that carries
 * `id`, `properties` and `reasons` as "created, but failed to initialize": the run fails, the properties are in the state,
 * the next up calls update and a destroy calls delete. The plugin adds no `__provider` to the properties, so they must
 * hold it. No other error of this package may have a field called `id`.
 */
export class RecordedFailure extends Error {
  readonly reasons: string[];

  constructor(
    readonly id: string,
    readonly properties: { readonly __provider: string },
    message: string,
  ) {
    super(message);
    this.name = new.target.name;
    this.reasons = [this.message];
    hideStack(this);
  }
}

/** A start that may have taken effect. */
export class RecordedAsUnconfirmed extends RecordedFailure {
  constructor(id: string, properties: EnrollmentState, what: string) {
    super(id, properties, `${what} ${nextForUnconfirmed(properties.allowDuplicateEmail)}`);
  }
}

/** What a person can do about starts that may have taken effect. */
function nextForUnconfirmed(allowDuplicateEmail: boolean): string {
  return allowDuplicateEmail
    ? "It stays recorded as unconfirmed: with allowDuplicateEmail, aborting by address would stop other instances too. " +
        "Look at the journey in Mailmodo; pulumi destroy aborts by address, pulumi state delete <urn> forgets it."
    : "It is recorded as unconfirmed and never resent by guess: the next pulumi up aborts by address, then starts once; " +
        "pulumi destroy aborts by address. Either waits until a minute after it was sent, for until then it may take effect.";
}
