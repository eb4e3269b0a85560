import { isExempt } from "./noProxy";

/** A proxy setting of the environment that cannot be used. Nothing was sent. */
export class ProxySettingError extends Error {}

/**
 * The proxy for an https URL, as curl finds it in the environment: `https_proxy`, then `all_proxy`, each in small letters
 * first; none for a host that `no_proxy` exempts. Credentials are percent-decoded when they are used, as curl does it.
 *
 * @returns Undefined if there is none. An http URL has none: it is for this machine only, and no proxy may see the key.
 * @throws {ProxySettingError} It is not the URL of an HTTP proxy. The message does not repeat its credentials.
 */
export function proxyFor(url: URL, env: NodeJS.ProcessEnv = process.env): URL | undefined {
  if (url.protocol !== "https:") return undefined;
  const set = PROXY_VARIABLES.map((name) => ({ name, value: env[name]?.trim() })).find(({ value }) => value);
  if (set?.value === undefined || isExempt(url, env["no_proxy"] || env["NO_PROXY"] || "")) return undefined;
  const text = set.value.includes("://") ? set.value : `http://${set.value}`;
  const proxy = URL.canParse(text) ? new URL(text) : undefined;
  const next = `Set HTTPS_PROXY to the http:// or https:// URL of a proxy that takes CONNECT, or exempt the host: NO_PROXY=${url.hostname}.`;
  if (proxy === undefined || proxy.hostname === "") throw new ProxySettingError(`${set.name} is not a URL. ${next}`);
  if (proxy.protocol !== "http:" && proxy.protocol !== "https:")
    throw new ProxySettingError(`${set.name} names a ${proxy.protocol}// proxy, which is not supported. ${next}`);
  if (!hasValidCredentials(proxy))
    throw new ProxySettingError(`The credentials in ${set.name} are not percent-encoded: write each % as %25. ${next}`);
  return proxy;
}

/** In the order in which they count. */
export const PROXY_VARIABLES = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];

/** The spellings in which a proxy could repeat its password. A user name without a password may be a token. */
export function passwordSpellings({ username, password }: URL): readonly string[] {
  const secret = password || username;
  if (secret === "") return [];
  const [user, decoded] = [decodeURIComponent(username), decodeURIComponent(secret)];
  const basic = Buffer.from(`${user}:${decodeURIComponent(password)}`).toString("base64");
  // The whole one first: what is left of it would have the rest.
  return [basic, basic.replaceAll("=", ""), secret, encodeURIComponent(decoded), decoded];
}

function hasValidCredentials({ username, password }: URL): boolean {
  try {
    decodeURIComponent(username + password);
    return true;
  } catch {
    return false;
  }
}
