/** A copy of a JSON value with each of its texts changed. The names of its fields stay, unless they have a change, too. */
export function mapStrings(
  value: unknown,
  change: (text: string) => string,
  changeName: (name: string) => string = (name) => name,
): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((one) => mapStrings(one, change, changeName));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [changeName(name), mapStrings(one, change, changeName)]),
  );
}
