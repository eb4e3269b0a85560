import { NotSentError, RefusedError, SlowDownError } from "../mailmodo/errors";

/**
 * Advice for an error that settings of the connection may have caused: the base URL, or the limits on rate and time. The
 * client itself does not know where they are set.
 *
 * @param url What sets the base URL. Default: the setting.
 */
export function connectionAdvice(error: unknown, url = "mailmodo:baseUrl"): string | undefined {
  if (error instanceof NotSentError)
    return error.saysWhatToDo ? undefined : `Check the network and ${url}, then run it again.`;
  if (error instanceof RefusedError && error.isRedirect) return `Check ${url}.`;
  if (error instanceof RefusedError && error.isFromStranger)
    return `Check for a firewall or a proxy on the way, and ${url}.`;
  if (error instanceof SlowDownError) return error.isOfLimit ? SHARED_KEY : "Run it again later.";
  return undefined;
}

const SHARED_KEY =
  "Another run may use the same key: run it again when that is done, give each run its part of the limit in " +
  "mailmodo:requestsPerSecond, or raise mailmodo:slowDownTimeoutMinutes.";
