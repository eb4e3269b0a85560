/**
 * Whether a version is in a range of the form `>=22` or `^3.168.0`. Undefined if either is of another form.
 *
 * @param version Such as `3.274.1`. What follows a hyphen is ignored.
 */
export function isInRange(version: string, range: string): boolean | undefined {
  const [, operator, least = ""] = /^(>=|\^)(\d+(?:\.\d+){0,2})$/.exec(range) ?? [];
  const [, found = ""] = /^(\d+\.\d+\.\d+)(?:[-+].*)?$/.exec(version) ?? [];
  if (operator === undefined || found === "") return undefined;
  const [own, wanted] = [numbersOf(found), numbersOf(least)];
  if (operator === "^" && own[0] !== wanted[0]) return false;
  const differs = wanted.findIndex((number, index) => own[index] !== number);
  return differs < 0 || own[differs]! > wanted[differs]!;
}

function numbersOf(version: string): number[] {
  return version.split(".").map(Number);
}
