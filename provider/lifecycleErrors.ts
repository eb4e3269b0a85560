import type { EnrollmentState } from "./inputs";
import {
  hideStack,
  KeyRefusedError,
  MailmodoError,
  RefusedError,
  UnconfirmedError,
  UnsettledStartError,
} from "./mailmodo/errors";
import { SettingsError } from "./settingsError";

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
    : "It is recorded as unconfirmed and not sent again by guess: the next pulumi up aborts by address, then starts once; " +
        "pulumi destroy aborts by address. Either waits until a minute after it was sent, for until then it may take effect.";
}

/**
 * Adds what a user of Pulumi can do now to an error of the client, which knows nothing of Pulumi.
 *
 * @param secret The reference by which the key was read from AWS, if it was.
 */
export function withAdvice(error: unknown, call: "start" | "abort", secret: string | undefined): unknown {
  const advice = call === "start" ? adviceOnStart(error, secret) : adviceOnAbort(error, secret);
  if (advice === undefined) return error;
  const advised = new Error(`${(error as Error).message} ${advice}`, { cause: error });
  hideStack(advised);
  return advised;
}

/** The error that advice was added to, or the error itself where none was. */
export function withoutAdvice(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof Error ? error.cause : error;
}

/** Whether a call that failed may have taken effect. */
export function mayHaveTakenEffect(error: unknown): boolean {
  const cause = withoutAdvice(error);
  return cause instanceof MailmodoError && cause.mayHaveTakenEffect;
}

function adviceOnStart(error: unknown, secret: string | undefined): string | undefined {
  if (error instanceof KeyRefusedError) {
    if (secret !== undefined) return inSecret(secret);
    return "Set today's key: pulumi config set --secret mailmodo:apiKey <key>, or put it in MAILMODO_API_KEY.";
  }
  // An abort, because an earlier start was lost: what became of it says nothing of the start that was to follow.
  const isOfAbort = error instanceof MailmodoError && error.operation === "abort";
  return isOfAbort || error instanceof RefusedError ? "Nothing was started." : undefined;
}

function adviceOnAbort(error: unknown, secret: string | undefined): string | undefined {
  if (secret !== undefined && error instanceof KeyRefusedError) return inSecret(secret);
  if (secret !== undefined && error instanceof SettingsError) {
    return (
      "A plain destroy gets the settings of the last up. If another secret holds the key today, set mailmodo:apiKeySecret and run " +
      "pulumi up, or set it and run pulumi destroy --run-program; or put the key in MAILMODO_API_KEY."
    );
  }
  if (error instanceof SettingsError || error instanceof KeyRefusedError) {
    return (
      "A plain destroy gets the settings of the last up. Give it today's: put the key in MAILMODO_API_KEY, " +
      "or set mailmodo:apiKey and run pulumi up, or set it and run pulumi destroy --run-program."
    );
  }
  if (error instanceof UnsettledStartError) return "It stays in the state.";
  if (error instanceof RefusedError || error instanceof UnconfirmedError) {
    return (
      "It stays in the state: run it again. If it is over, or was aborted in Mailmodo by hand, " +
      "forget it: pulumi state delete <urn> (pulumi stack --show-urns lists them)."
    );
  }
  return undefined;
}

function inSecret(secret: string): string {
  return `Put today's key into mailmodo:apiKeySecret ${secret}, or in MAILMODO_API_KEY, and run it again: each run reads it anew.`;
}
