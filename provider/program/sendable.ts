import * as pulumi from "@pulumi/pulumi";
import { LOST_KEYS, NOT_WELL_FORMED } from "../model/inputs";
import { isPlain, kindOf } from "../model/kindOf";
import { programError } from "./programError";

/**
 * Refuses values that Pulumi cannot carry to the plugin, or not as they are, so that the plugin's check would not see
 * them: a text that is cut within a character, a bigint, a Date or the like, and a key of {@link LOST_KEYS}.
 *
 * @param what Names the resource: `enrollment "welcome"`.
 * @param inputs The inputs by name. Those that are known only later are looked at then.
 * @returns The inputs, with outputs in place of those that are looked at later.
 * @throws {pulumi.RunError} There is such a value.
 */
export function sendable<T extends object>(what: string, inputs: T): T {
  return looked(inputs, what, []) as T;
}

function looked(value: unknown, what: string, path: readonly string[], above: readonly unknown[] = []): unknown {
  const where = path.join(".");
  if (pulumi.Output.isInstance(value)) return value.apply((known) => looked(known, what, path));
  if (value instanceof Promise) return value.then((known: unknown) => looked(known, what, path));
  if (typeof value === "string" && !value.isWellFormed())
    throw programError(`${where} of the ${what} ${NOT_WELL_FORMED}`);
  if (isUnsendable(value)) throw programError(`${where} of the ${what} cannot be passed on: it is ${kindOf(value)}.`);
  if (typeof value !== "object" || value === null || isOfPulumi(value)) return value;
  if (above.includes(value)) throw programError(`${where} of the ${what} cannot be passed on: it contains itself.`);
  const within = [...above, value];
  if (Array.isArray(value)) return value.map((item, index) => looked(item, what, [...path, String(index)], within));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      if (LOST_KEYS.includes(key)) throw programError(`${where} of the ${what} must not have the key ${key}.`);
      if (!key.isWellFormed()) throw programError(`${where} of the ${what} has a key that ${NOT_WELL_FORMED}`);
      return [key, looked(item, what, [...path, key], within)];
    }),
  );
}

function isUnsendable(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return ["bigint", "symbol", "function"].includes(typeof value);
  if (WITHOUT_CONTENT.some((kind) => value instanceof kind)) return true;
  return !isPlain(value) && !Array.isArray(value) && !isOfPulumi(value) && Object.keys(value).length === 0;
}

/** Pulumi sends them without what is in them, as it does all objects whose content is not in fields. */
const WITHOUT_CONTENT = [Date, Map, Set, RegExp, Error];

/** What Pulumi itself knows how to send. */
function isOfPulumi(value: object): boolean {
  return (
    pulumi.isUnknown(value) ||
    pulumi.Resource.isInstance(value) ||
    pulumi.asset.Asset.isInstance(value) ||
    pulumi.asset.Archive.isInstance(value)
  );
}
