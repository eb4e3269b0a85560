import { NotSentError, RefusedError } from "../mailmodo/errors";

/** What a user can do where the base URL may be wrong: what speaks to Mailmodo does not know where its URL is set. */
export function baseUrlAdvice(error: unknown): string | undefined {
  if (error instanceof NotSentError) return "Check the network and mailmodo:baseUrl, then run it again.";
  if (error instanceof RefusedError && error.isRedirect) return "Check mailmodo:baseUrl.";
  return undefined;
}
