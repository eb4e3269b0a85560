/** A number with what it counts: `1 request`, `1,200 requests`. */
export function counted(count: number, thing: string): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? thing : `${thing}s`}`;
}
