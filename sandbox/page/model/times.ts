const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1000],
] as const;

/** A time span in its two largest units, such as `2 d 3 h`. */
export function span(ms: number): string {
  let left = Math.max(0, Math.round(ms / 1000) * 1000);
  const first = UNITS.findIndex(([, size]) => left >= size);
  if (first < 0) return "0 s";
  const parts: string[] = [];
  for (const [unit, size] of UNITS.slice(first, first + 2)) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0) parts.push(`${count} ${unit}`);
  }
  return parts.join(" ");
}

/** How long ago something was, or how soon it is: `5 min ago`, `in 2 d`. In one unit, so that it is short. */
export function relative(at: number, now: number): string {
  const ms = Math.abs(now - at);
  const [unit, size] = UNITS.find(([, size]) => ms >= size) ?? ["s", 1000];
  const count = Math.floor(ms / size);
  if (count === 0) return "now";
  return at > now ? `in ${count} ${unit}` : `${count} ${unit} ago`;
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
