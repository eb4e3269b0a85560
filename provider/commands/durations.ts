import ms from "ms";

const HOUR_MS = 3_600_000;
/** How long a preview lives by default, and if its run was killed before the time was recorded. */
export const DEFAULT_TTL_MS = 72 * HOUR_MS;
const MIN_TTL_MS = HOUR_MS / 6;
const MAX_TTL_MS = 30 * 24 * HOUR_MS;

/**
 * Parses --ttl, in milliseconds.
 *
 * @throws {Error} The text is not a duration from 10 minutes to 30 days, such as "30m", "72h" or "14d".
 */
export function parseTtl(text: string): number {
  const ttlMs = durationMs(text);
  if (ttlMs !== undefined && ttlMs >= MIN_TTL_MS && ttlMs <= MAX_TTL_MS) return ttlMs;
  throw new Error(`Not a time to live: ${JSON.stringify(text)}. It must be from 10m to 30d. Examples: 90m, 72h, 14d.`);
}

/**
 * Parses --lock-dead-after, in milliseconds.
 *
 * @throws {Error} The text is not a duration.
 */
export function parseDeadAfter(text: string): number {
  const deadAfterMs = durationMs(text);
  if (deadAfterMs !== undefined) return deadAfterMs;
  throw new Error(`Not a duration: ${JSON.stringify(text)}. Examples: 0m, 90m, 2h.`);
}

function durationMs(text: string): number | undefined {
  return /^\d+(\.\d+)?[mhdw]$/.test(text) ? ms(text as ms.StringValue) : undefined;
}
