import { NotSentError, RefusedError } from "../mailmodo/errors";

/** Advice for an error that may come from a wrong base URL. The client itself does not know where the URL is set. */
export function baseUrlAdvice(error: unknown): string | undefined {
  if (error instanceof NotSentError)
    return error.saysWhatToDo ? undefined : "Check the network and mailmodo:baseUrl, then run it again.";
  if (error instanceof RefusedError && error.isRedirect) return "Check mailmodo:baseUrl.";
  if (error instanceof RefusedError && error.isFromStranger)
    return "Check for a firewall or a proxy on the way, and mailmodo:baseUrl.";
  return undefined;
}
