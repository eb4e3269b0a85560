/**
 * Checks the URL of Mailmodo's API, and writes it as an origin with an optional path and no trailing slash.
 *
 * @returns The URL, or the problem with the text.
 */
export function parseBaseUrl(text: string): { readonly url: string } | { readonly problem: string } {
  if (!URL.canParse(text)) return { problem: "is not a URL" };
  const url = new URL(text);
  if (url.username || url.password || url.search || url.hash)
    return { problem: "must be an origin, without user, query or fragment" };
  // Uses the parsed URL, not the text: a stray space, "?" or slash at the end would break the path that is appended.
  const origin = (url.origin + url.pathname).replace(/\/+$/, "");
  if (url.protocol === "https:") return { url: origin };
  if (url.protocol !== "http:") return { problem: "must begin with https://" };
  if (/^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname)) return { url: origin };
  return {
    problem: "must begin with https://; http is for a loopback address only, because each request carries the key",
  };
}

/** Mailmodo's own. */
export const DEFAULT_BASE_URL = "https://api.mailmodo.com";
