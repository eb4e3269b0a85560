import { contactName } from "../model/addresses";
import { dependsOn } from "./dependencies";
import { providerOf, referencesOf, type StateResource } from "./stateResource";

/** A contact that a killed run may have added, of which a pending create of the state tells. */
export interface PendingAdd {
  readonly email: string;
  /** When the add was sent at the latest, in milliseconds since 1970. Undefined if it can no longer take effect. */
  readonly addSentAt: number | undefined;
  /** The URNs of resources that enroll it. */
  readonly users: readonly string[];
}

/** The same, with the resource of its pending create. */
type Add = PendingAdd & { readonly resource: StateResource };

/**
 * The resources with contacts that a killed run may have added, recorded as after an add whose answer was lost: the next up
 * adds each again, and a destroy archives it. What enrolls a contact depends on it from then on, so a destroy ends its
 * journeys first.
 */
export function withAdds(resources: readonly StateResource[], adds: readonly Add[]): readonly StateResource[] {
  let all = resources;
  for (const add of adds) {
    const contact = recorded(add, all);
    const isUser = ({ urn }: StateResource) => add.users.includes(urn);
    all = inOrder([...all.map((one) => (isUser(one) ? dependingOn(one, contact.urn) : one)), contact]);
  }
  return all;
}

/** Whether a state can record a resource: the CLI imports no state in which its provider is missing. */
export function isRecordable(resources: readonly StateResource[], resource: StateResource): boolean {
  return providerOf(resource).every((urn) => resources.some((one) => one.urn === urn));
}

/** Its values stay encrypted where they are. */
function recorded({ resource, email, addSentAt, users }: Add, others: readonly StateResource[]): StateResource {
  let { urn } = resource;
  // While a contact is replaced, the state has the old one with this URN. The next up deletes a resource of another name, and
  // leaves its contact to the one that the program has.
  while (others.some((other) => other.urn === urn)) urn += "-added";
  const outputs = { ...resource.inputs, adopted: false, ...(addSentAt === undefined ? {} : { addSentAt }) };
  const contact = { ...resource, urn, id: contactName(email), outputs };
  const isMissing = referencesOf(contact).some((one) => others.every((other) => other.urn !== one));
  // A destroy would reach the contact before what enrolls it, each time.
  const isBefore = users.some((user) => dependsOn([...others, contact], urn, user));
  return isMissing || isBefore ? withoutReferences(contact) : contact;
}

function withoutReferences(resource: StateResource): StateResource {
  const fields = Object.entries(resource).filter(([name]) => !REFERENCES.includes(name));
  return Object.fromEntries(fields) as unknown as StateResource;
}

const REFERENCES: readonly string[] = [
  "parent",
  "deletedWith",
  "dependencies",
  "propertyDependencies",
] satisfies (keyof StateResource)[];

function dependingOn(resource: StateResource, urn: string): StateResource {
  return { ...resource, dependencies: [...(resource.dependencies ?? []), urn] };
}

/** The CLI imports a state only if each resource comes after those that it refers to. */
function inOrder(resources: readonly StateResource[]): StateResource[] {
  // Of two halves of a replacement, others refer to the first.
  const byUrn = new Map(resources.toReversed().map((resource) => [resource.urn, resource]));
  const seen = new Set<StateResource>();
  const ordered: StateResource[] = [];
  const visit = (resource: StateResource | undefined) => {
    if (resource === undefined || seen.has(resource)) return;
    seen.add(resource);
    for (const urn of [...referencesOf(resource), ...providerOf(resource)]) visit(byUrn.get(urn));
    ordered.push(resource);
  };
  resources.forEach(visit);
  return ordered;
}
