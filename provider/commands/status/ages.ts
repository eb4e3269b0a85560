import ms from "ms";

/** Since when something is so, as the end of a line. Empty if that is not known. */
export function since({ since: from }: { readonly since?: string }, now: number): string {
  return from === undefined ? "" : `, ${ago(from, now)}`;
}

/** @param from A time; ISO 8601. */
export function ago(from: string, now: number): string {
  return `${ms(Math.max(0, now - Date.parse(from)))} ago`;
}
