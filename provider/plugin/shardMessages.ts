import { hideStackTrace } from "../text/hideStackTrace";
import { maskAddress } from "../text/masking";
import { upCommand } from "../text/stackCommands";
import type { ShardInputs } from "../model/shard";

/** A contact with an unconfirmed start that cannot be aborted by address. */
export function unconfirmedStays(email: string, { journeyId }: ShardInputs): string {
  return (
    `Could not settle journey ${journeyId} for ${maskAddress(email)}: whether it was started is not known, and with ` +
    "allowDuplicateEmail aborting by address would stop other instances too. Check the journey in Mailmodo; removing the " +
    "contact from the cohort aborts by address."
  );
}

/** A contact whose other spelling could not be aborted. */
export function otherSpelling(email: string, { journeyId }: ShardInputs): string {
  return (
    `Could not start journey ${journeyId} for ${maskAddress(email)}: another spelling of the address could not be aborted. ` +
    "Nothing was sent."
  );
}

/** What the next run does after some contacts failed. */
export function nextAfter(unconfirmed: number, { allowDuplicateEmail }: ShardInputs): string {
  const next = `Each running contact is recorded: the next ${upCommand()} handles only the rest.`;
  if (unconfirmed === 0) return next;
  const handling = allowDuplicateEmail
    ? "are left alone"
    : `are not resent: the next ${upCommand()} aborts them by address, then starts them once`;
  return `${next} Starts that are recorded as unconfirmed (${unconfirmed}) ${handling}.`;
}

/** An error without a stack trace. The engine records nothing for it. */
export function plainError(message: string): Error {
  const error = new Error(message);
  hideStackTrace(error);
  return error;
}
