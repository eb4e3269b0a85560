import type { EnrollmentState } from "../model/inputs";
import { hideStackTrace } from "../text/hideStackTrace";
import { destroyCommand, forgetCommand, upCommand } from "../text/stackCommands";

/**
 * A create or update that failed but left something to record. The engine records an error with `id`, `properties` and
 * `reasons` as "created, but failed to initialize": the run fails, the state holds the properties, the next up calls
 * update, and a destroy calls delete. The plugin does not add `__provider` to the properties, so they must contain it.
 * No other error of this package may have a field named `id`.
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
    hideStackTrace(this);
  }
}

/** A start that may have taken effect. */
export class RecordedAsUnconfirmed extends RecordedFailure {
  constructor(id: string, properties: EnrollmentState, what: string) {
    super(id, properties, `${what} ${adviceForUnconfirmed(properties.allowDuplicateEmail === true)}`);
  }
}

/** What a person can do about a start that may have taken effect. */
function adviceForUnconfirmed(allowDuplicateEmail: boolean): string {
  return allowDuplicateEmail
    ? "It stays recorded as unconfirmed: with allowDuplicateEmail, aborting by address would stop other instances too. " +
        `Check the journey in Mailmodo; ${destroyCommand()} aborts by address, ${forgetCommand()} removes it from the state.`
    : `It is recorded as unconfirmed and not resent: the next ${upCommand()} aborts by address, then starts once; ` +
        `${destroyCommand()} aborts by address. Both wait until it can no longer take effect, by default a minute after it was sent.`;
}
