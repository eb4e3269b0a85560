import type { LoggedRequest } from "../../api";

/**
 * A command that sends a logged request again. The path and the body are whatever somebody sent, so nothing in them may
 * reach the shell, or curl's own patterns, files and hosts.
 *
 * @param origin The sandbox's own, such as `http://127.0.0.1:8025`.
 * @param key The key that it demands. Null: it comes from the shell's variable `MAILMODO_API_KEY`.
 */
export function curlOf(
  { method, path, body }: Pick<LoggedRequest, "method" | "path" | "body">,
  origin: string,
  key: string | null,
): string {
  const hasBody = body !== undefined && body !== null;
  return [
    // Without these two, curl would expand {} and [] and resolve "/../".
    "curl --globoff --path-as-is",
    `--request ${shellQuoted(method)}`,
    key === null ? '--header "mmApiKey: $MAILMODO_API_KEY"' : `--header ${shellQuoted(`mmApiKey: ${key}`)}`,
    ...(hasBody ? ["--header 'Content-Type: application/json'"] : []),
    // Not --data, which reads a file if the text begins with @.
    ...(hasBody ? [`--data-raw ${shellQuoted(asciiJson(body))}`] : []),
    shellQuoted(`${origin}${asciiPath(path)}`),
  ].join(" \\\n  ");
}

/** A text as one word of a POSIX shell. */
export function shellQuoted(text: string): string {
  return /^[\w./:-]+$/.test(text) && !text.startsWith("-") ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** JSON in ASCII, so that no character in it can hide or turn the rest of the command around. */
function asciiJson(body: unknown): string {
  return JSON.stringify(body).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** It begins with a slash: otherwise it would go on with the host's name. */
function asciiPath(path: string): string {
  const ascii = path.replace(/[^\x21-\x7e]+/g, (part) => encodeURIComponent(part.toWellFormed()));
  return ascii.startsWith("/") ? ascii : `/${ascii}`;
}
