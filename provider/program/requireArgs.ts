import { programError } from "./programError";

/**
 * Refuses a resource without arguments, which only a program in JavaScript can make.
 *
 * @param what Names the resource: `enrollment "welcome"`.
 * @throws {pulumi.RunError} They are no object.
 */
export function requireArgs(what: string, args: unknown): void {
  if (typeof args === "object" && args !== null) return;
  throw programError(`The ${what} has no arguments. Pass them as an object after its name.`);
}
