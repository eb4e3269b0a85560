import {
  HeldError,
  KeyRefusedError,
  LateCallError,
  MailmodoError,
  NoAnswerError,
  RefusedError,
  UnconfirmedError,
} from "../mailmodo/errors";
import type { Call } from "../mailmodo/outgoing";
import { OUTSIDE_RECIPIENTS } from "../model/recipients";
import { connectionAdvice } from "../settings/connectionAdvice";
import { SettingsError } from "../settings/settingsError";
import { isInPreview, keyCommand } from "../text/configCommand";
import { hideStackTrace } from "../text/hideStackTrace";
import { forgetCommand, upCommand, urnsCommand } from "../text/stackCommands";

/** An error with advice for a user of Pulumi. */
export class AdvisedError extends Error {
  constructor(
    override readonly cause: Error,
    readonly advice: string,
  ) {
    super(`${cause.message} ${advice}`, { cause });
    hideStackTrace(this);
  }
}

/**
 * Adds advice to an error of the client, which knows nothing of Pulumi. Returns the error itself if there is no advice.
 *
 * @param secret The reference to the key in AWS. Undefined if the key does not come from AWS.
 */
export function withAdvice(error: unknown, call: Call, secret: string | undefined): unknown {
  const parts = [connectionAdvice(error), adviceOn(error, call, secret)];
  const advice = parts.filter(Boolean).join(" ");
  return advice === "" ? error : new AdvisedError(error as Error, advice);
}

function adviceOn(error: unknown, call: Call, secret: string | undefined): string | undefined {
  if (call === "start") return adviceOnStart(error, secret);
  if (call === "abort") return adviceOnAbort(error, secret);
  return call === "archive" ? adviceOnArchive(error, secret) : adviceOnContact(error, secret);
}

/** How to make Pulumi forget an enrollment. Never for a contact of a cohort: the others of its shard go on. */
export function forgetAdvice(): string {
  return `remove it from the state: ${forgetCommand()} (not for a contact of a cohort, because its URN is that of the whole shard)`;
}

/** Throws the error of a delete that was to archive one contact, with what to do about the resource. */
export function throwOfDelete(error: Error): never {
  const cause = withoutAdvice(error) as Error;
  if (adviceOnArchive(cause, undefined) !== undefined) throw error;
  const canBeForgotten = [HeldError, RefusedError, UnconfirmedError].some((kind) => cause instanceof kind);
  const advice = [
    ...(error instanceof AdvisedError ? [error.advice] : []),
    "It stays in the state: run it again.",
    ...(canBeForgotten ? [forgetContact()] : []),
  ];
  throw new AdvisedError(cause, advice.join(" "));
}

/** What to do where a start was refused because another resource of the stack runs the address. */
export function adviceOnMove(urn: string): string {
  return (
    `Nothing was started: ${urn} of this stack runs it, and Pulumi creates before it deletes. To move the address, remove ` +
    "it there in one up and add it here in the next. An enrollment with another name or parent runs on with aliases."
  );
}

/** Removes the advice from an error. An error without advice is returned as it is. */
export function withoutAdvice(error: unknown): unknown {
  return error instanceof AdvisedError ? error.cause : error;
}

/** Whether a call that failed may have taken effect. */
export function mayHaveTakenEffect(error: unknown): boolean {
  const cause = withoutAdvice(error);
  return cause instanceof MailmodoError && cause.mayHaveTakenEffect;
}

function adviceOnContact(error: unknown, secret: string | undefined): string | undefined {
  if (error instanceof KeyRefusedError) return adviceOnKey(secret);
  return error instanceof NoAnswerError || error instanceof UnconfirmedError ? "Run it again." : undefined;
}

function adviceOnArchive(error: unknown, secret: string | undefined): string | undefined {
  if (error instanceof SettingsError || error instanceof KeyRefusedError) return adviceOnAbort(error, secret);
  if (error instanceof LateCallError) return "It stays in the state.";
  return error instanceof HeldError && error.reason === OUTSIDE_RECIPIENTS ? allowAdvice() : undefined;
}

function allowAdvice(): string {
  return `Add the address to mailmodo:allowedRecipients, then run ${withNewSettings("")}.`;
}

/** What hands today's settings to a delete. A plain destroy uses those of the last up. */
function withNewSettings(set: string): string {
  return isInPreview() ? upCommand() : `pulumi up, or ${set}pulumi destroy --run-program`;
}

/** Only for a resource of one contact: the others of a shard are to be archived. */
function forgetContact(): string {
  return (
    `If the contact is archived already or may stay in Mailmodo, remove it from the state: ${forgetCommand()}. ${urnsCommand()} ` +
    "lists the URNs."
  );
}

function adviceOnKey(secret: string | undefined): string {
  if (secret !== undefined) return inSecret(secret);
  return `Set the current key: ${keyCommand()}${isInPreview() ? "" : ", or put it in MAILMODO_API_KEY"}.`;
}

function adviceOnStart(error: unknown, secret: string | undefined): string | undefined {
  if (error instanceof KeyRefusedError) return adviceOnKey(secret);
  if (error instanceof RefusedError && error.mayRunAlready && error.operation === "start") {
    return (
      "Nothing was started. If the address is in the journey already, another resource or stack has enrolled it, or a run " +
      "that was killed and never recovered. Destroy it there, or abort it in Mailmodo, then run this again."
    );
  }
  // The error may be of an abort that settles an earlier start. The new start was not sent then, whatever the abort
  // did.
  const isOfAbort = error instanceof MailmodoError && error.operation === "abort";
  return isOfAbort || error instanceof RefusedError ? "Nothing was started." : undefined;
}

function adviceOnAbort(error: unknown, secret: string | undefined): string | undefined {
  if (secret !== undefined && error instanceof KeyRefusedError) return inSecret(secret);
  if (secret !== undefined && error instanceof SettingsError) {
    return (
      "A plain destroy uses the settings of the last up. If another secret holds the key now, set mailmodo:apiKeySecret and run " +
      `${withNewSettings("set it and run ")}; or put the key in MAILMODO_API_KEY.`
    );
  }
  if (error instanceof SettingsError || error instanceof KeyRefusedError) {
    // A preview never has the key in its settings.
    const set = isInPreview() ? "correct the settings" : "set mailmodo:apiKey";
    return (
      "A plain destroy uses the settings of the last up. Give it the current ones: put the key in MAILMODO_API_KEY, " +
      `or ${set} and run ${withNewSettings("set it and run ")}.`
    );
  }
  if (error instanceof LateCallError) return "It stays in the state.";
  if (error instanceof RefusedError || error instanceof UnconfirmedError) {
    return (
      `It stays in the state: run it again. If it has ended, or was aborted in Mailmodo by hand, ${forgetAdvice()}. ` +
      `${urnsCommand()} lists the URNs.`
    );
  }
  return undefined;
}

function inSecret(secret: string): string {
  return `Put the current key into mailmodo:apiKeySecret ${secret}, or into MAILMODO_API_KEY, and run it again: each run reads it again.`;
}
