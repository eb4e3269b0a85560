// IAM's rules for what the foundation's policies use of them: no condition, and no NotAction or NotResource.
import type { Statement } from "./foundation";

/** Whether IAM lets the bearer of the statements do it: one allows it, and none denies it. */
export function mayDo(statements: readonly Statement[], action: string, resource: string): boolean {
  const effects = statements
    .filter(({ Action, Resource = [], ...others }) => {
      const unknown = Object.keys(others).filter((part) => part !== "Sid" && part !== "Effect");
      if (unknown.length > 0) throw new Error(`${unknown.join()} of a statement is not known here.`);
      // An action has no case.
      return matches(Action, action, "i") && matches(Resource, resource);
    })
    .map(({ Effect }) => Effect);
  return effects.includes("Allow") && !effects.includes("Deny");
}

/** `*` is any text, with slashes too, and `?` any character; the whole must match. */
function matches(patterns: string | string[], text: string, flags = ""): boolean {
  return [patterns].flat().some((pattern) => {
    const source = pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".");
    return new RegExp(`^${source}$`, `s${flags}`).test(text);
  });
}
