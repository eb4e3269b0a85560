import {
  KeyRefusedError,
  MailmodoError,
  RefusedError,
  UnconfirmedError,
  UnsettledStartError,
} from "../mailmodo/errors";
import { baseUrlAdvice } from "../settings/baseUrlAdvice";
import { SettingsError } from "../settings/settingsError";
import { hideStack } from "../text/hideStack";

/** An error with what a user of Pulumi can do now. */
export class AdvisedError extends Error {
  constructor(
    override readonly cause: Error,
    readonly advice: string,
  ) {
    super(`${cause.message} ${advice}`, { cause });
    hideStack(this);
  }
}

/**
 * Adds advice to an error of the client, which knows nothing of Pulumi.
 *
 * @param secret The reference by which the key was read from AWS, if it was.
 */
export function withAdvice(error: unknown, call: "start" | "abort", secret: string | undefined): unknown {
  const advices = [
    baseUrlAdvice(error),
    call === "start" ? adviceOnStart(error, secret) : adviceOnAbort(error, secret),
  ];
  const advice = advices.filter(Boolean).join(" ");
  return advice === "" ? error : new AdvisedError(error as Error, advice);
}

/** The error that advice was added to, or the error itself where none was. */
export function withoutAdvice(error: unknown): unknown {
  return error instanceof AdvisedError ? error.cause : error;
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
  return `Put today's key into mailmodo:apiKeySecret ${secret}, or in MAILMODO_API_KEY, and run it again: each run reads it again.`;
}
