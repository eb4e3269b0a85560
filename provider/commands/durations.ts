import ms from "ms";

const HOUR_MS = 3_600_000;
/** How long a preview lives by default, and where a kill came before its time was recorded. */
export const DEFAULT_TTL_MS = 72 * HOUR_MS;
const MIN_TTL_MS = HOUR_MS / 6;
const MAX_TTL_MS = 30 * 24 * HOUR_MS;

/**
 * Reads how long a preview may live, in milliseconds.
 *
 * @throws {Error} It is no such duration: "30m", "72h", "14d"; 10 minutes to 30 days.
 */
export function parseTtl(text: string): number {
  const ttlMs = durationMs(text);
  if (ttlMs !== undefined && ttlMs >= MIN_TTL_MS && ttlMs <= MAX_TTL_MS) return ttlMs;
  throw new Error(`Not a time to live: ${JSON.stringify(text)}. It is from 10m to 30d. Examples: 90m, 72h, 14d.`);
}

/**
 * Reads after how long another machine's lock is a dead run's, in milliseconds.
 *
 * @throws {Error} It is no duration.
 */
export function parseDeadAfter(text: string): number {
  const deadAfterMs = durationMs(text);
  if (deadAfterMs !== undefined) return deadAfterMs;
  throw new Error(`Not a duration: ${JSON.stringify(text)}. Examples: 0m, 90m, 2h.`);
}

function durationMs(text: string): number | undefined {
  return /^\d+(\.\d+)?[mhdw]$/.test(text) ? ms(text as ms.StringValue) : undefined;
}
