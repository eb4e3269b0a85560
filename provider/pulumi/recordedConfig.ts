import type { StateResource } from "./stateResource";

/**
 * The stack's config of the last up, which the engine records as the inputs of the resources' provider.
 *
 * @param resources All resources that the state records.
 * @returns Finds the config that a resource has had. Undefined if the state does not record it.
 */
export function recordedConfigs(
  resources: readonly StateResource[],
): (resource: StateResource) => Readonly<Record<string, unknown>> | undefined {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  return ({ provider = "" }) => {
    const found = byUrn.get(provider.slice(0, provider.lastIndexOf("::")));
    return found === undefined ? undefined : (found.inputs ?? {});
  };
}
