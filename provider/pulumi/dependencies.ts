import { referencesOf, type StateResource } from "./stateResource";

/** Whether a resource of a state depends on another one, directly or through others. Pulumi then deletes it first. */
export function dependsOn(resources: readonly StateResource[], urn: string, other: string): boolean {
  // The two halves of a replacement have the same URN.
  const byUrn = Map.groupBy(resources, (resource) => resource.urn);
  const seen = new Set<string>();
  const left = [urn];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    left.push(...(byUrn.get(next) ?? []).flatMap(referencesOf));
  }
  return urn !== other && seen.has(other);
}
