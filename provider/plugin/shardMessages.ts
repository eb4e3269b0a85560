import { hideStack } from "../text/hideStack";
import { maskAddress } from "../text/masking";
import type { ShardInputs } from "../model/shard";

export function unclear(email: string, { journeyId }: ShardInputs): string {
  return (
    `Could not settle journey ${journeyId} for ${maskAddress(email)}: whether it was started is not known, and with ` +
    "allowDuplicateEmail aborting by address would stop other instances too. Look at the journey in Mailmodo; removing the " +
    "contact from the cohort aborts by address."
  );
}

export function stillThere(email: string, { journeyId }: ShardInputs): string {
  return (
    `Could not start journey ${journeyId} for ${maskAddress(email)}: another spelling of the address could not be aborted. ` +
    "Nothing was sent."
  );
}

export function nextAfter(unconfirmed: number, { allowDuplicateEmail }: ShardInputs): string {
  const next = "What runs is recorded contact by contact: the next pulumi up does only what is missing.";
  if (unconfirmed === 0) return next;
  const mended = allowDuplicateEmail
    ? "are left alone"
    : "are not resent by guess: the next pulumi up aborts them by address, then starts them once";
  return `${next} Starts that are recorded as unconfirmed (${unconfirmed}) ${mended}.`;
}

export function plain(message: string): Error {
  const error = new Error(message);
  hideStack(error);
  return error;
}
