import * as pulumi from "@pulumi/pulumi";

/** What a resource of this run enrolls. */
export interface Enrolled {
  /** Names the resource: `enrollment "welcome"`. */
  readonly by: string;
  readonly emails: () => pulumi.Input<readonly pulumi.Input<string>[]>;
}

/** What the resources enroll on which a contact depends. Pulumi deletes them after it. */
export interface EnrolledFirst {
  /** By those that its email comes from. */
  readonly bySources: Enrolled[];
  readonly byOthers: Enrolled[];
}

const enrolled = new WeakMap<pulumi.Resource, Enrolled>();

/** Remembers what a resource enrolls, for the contacts that depend on it. Returns the resource. */
export function rememberEnrolled<T extends pulumi.Resource>(resource: T, what: Enrolled): T {
  enrolled.set(resource, what);
  return resource;
}

/**
 * Finds what is enrolled by what a contact depends on: by its inputs, or by an option. A preview that does not know the value
 * of an output knows where it comes from.
 *
 * @param inputs The contact's inputs.
 */
export async function enrolledFirst(
  inputs: { readonly email: pulumi.Input<string> },
  { parent, dependsOn, deletedWith }: pulumi.CustomResourceOptions,
): Promise<EnrolledFirst> {
  const sources = new Set(await resourcesOf(inputs.email));
  const named = [...(await resourcesOf(inputs)), ...(await resourcesOf(dependsOn))];
  const all = new Set([...named, ...ancestorsFrom(parent), ...(deletedWith ? [deletedWith] : [])]);
  const others = [...all].filter((one) => !sources.has(one));
  const by = (resources: readonly pulumi.Resource[]) => resources.flatMap((one) => enrolled.get(one) ?? []);
  return { bySources: by([...sources]), byOthers: by(others) };
}

/** The resources that an output comes from, and those that a list has, in lists and outputs too. */
async function resourcesOf(value: unknown): Promise<pulumi.Resource[]> {
  const output = pulumi.output(value) as unknown as OutputInternals;
  const listed = [await output.promise(true)].flat(Infinity).filter((one) => pulumi.Resource.isInstance(one));
  return [...(await output.allResources()), ...listed].flatMap(withoutComponents);
}

/** As Pulumi does, which depends on the resources of a component in its place. */
function withoutComponents(resource: pulumi.Resource): pulumi.Resource[] {
  if (!pulumi.ComponentResource.isInstance(resource)) return [resource];
  const { __childResources: children = [] } = resource as ResourceInternals;
  return [...children].flatMap(withoutComponents);
}

function ancestorsFrom(parent: pulumi.Resource | undefined): pulumi.Resource[] {
  if (!parent) return [];
  return [parent, ...ancestorsFrom((parent as ResourceInternals).__parentResource)];
}

// Parts of the SDK that are missing from its types.

interface OutputInternals {
  allResources(): Promise<Iterable<pulumi.Resource>>;
  promise(withUnknowns: boolean): Promise<unknown>;
}

type ResourceInternals = pulumi.Resource & {
  readonly __parentResource?: pulumi.Resource;
  readonly __childResources?: Iterable<pulumi.Resource>;
};
