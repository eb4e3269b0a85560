const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1000],
] as const;

type Unit = (typeof UNITS)[number];

/** The largest unit that a time span fills, once it is rounded to it: what is almost a day is one. */
function unitOf(ms: number): Unit | undefined {
  return UNITS.find(([, size], nth) => roundedTo(UNITS[nth + 1]?.[1] ?? size, ms) >= size);
}

function roundedTo(size: number, ms: number): number {
  return Math.round(ms / size) * size;
}

/** A time span in its two largest units, such as `2 d 3 h`, to the nearest one. */
export function span(ms: number): string {
  const unit = unitOf(ms);
  if (unit === undefined) return "0 s";
  const next = UNITS[UNITS.indexOf(unit) + 1];
  const [, size] = next ?? unit;
  const rounded = roundedTo(size, ms);
  const rest = rounded % unit[1];
  const whole = `${(rounded - rest) / unit[1]} ${unit[0]}`;
  return next === undefined || rest === 0 ? whole : `${whole} ${rest / size} ${next[0]}`;
}

/** How long ago something was, or how soon it is: `5 min ago`, `in 2 d`. To the nearest unit, in one, so that it is short. */
export function relative(at: number, now: number): string {
  const ms = Math.abs(now - at);
  const unit = unitOf(ms);
  if (unit === undefined) return "now";
  const count = Math.round(ms / unit[1]);
  return at > now ? `in ${count} ${unit[0]}` : `${count} ${unit[0]} ago`;
}

/** A request's time: `4 ms`, `1.2 s`. */
export function duration(ms: number): string {
  if (ms < 10) return `${Math.round(ms * 10) / 10} ms`;
  return ms < 1000 ? `${Math.round(ms)} ms` : `${Math.round(ms / 100) / 10} s`;
}

/** A time as `2026-11-27 10:34:36` in the reader's time zone. */
export function localTime(at: number): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return "at an unknown time";
  const two = (part: number) => String(part).padStart(2, "0");
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":")}`;
}
