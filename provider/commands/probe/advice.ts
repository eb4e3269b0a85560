import { SlowDownError } from "../../mailmodo/errors";
import { connectionAdvice } from "../../settings/connectionAdvice";

/** What a person at a terminal can do about the error of a call. Undefined: nothing that it does not say itself. */
export function adviceOn(error: Error): string | undefined {
  if (error instanceof SlowDownError)
    return error.isOfLimit ? "Another run may use the same key: probe again when it is done." : "Probe again later.";
  return connectionAdvice(error, "the URL (of --base-url or the stack)");
}

/** What to know where Mailmodo refused the first start because the address may be in the journey already. */
export const MAY_RUN =
  "By Mailmodo's words, a journey may run for the address that the probe did not knowingly start: an earlier one, or a gateway sent " +
  "the probe's start twice. Look at the journey in Mailmodo, and end there what should not run.";
