import { isMailmodoResource, SECRET, type StateResource } from "./stateResource";

/** A stack's state, as far as this package needs it. */
export interface Deployment {
  readonly secrets_providers?: { readonly state?: Encryption };
  readonly manifest?: { readonly time?: string };
  readonly resources?: readonly StateResource[];
  readonly pending_operations?: readonly PendingOperation[];
}

/** What a run had begun, and not recorded as done when it was killed. */
export interface PendingOperation {
  readonly type: string;
  readonly resource: StateResource;
}

/** How a state's secrets are encrypted. The fields have the state's own names. */
export interface Encryption {
  readonly salt?: string;
  readonly url?: string;
  readonly encryptedkey?: string;
}

/** Whether a killed run was updating a resource of this package. Any further run of Pulumi forgets that. */
export function hasPendingUpdates({ pending_operations: pending = [] }: Deployment): boolean {
  return pending.some(({ type, resource }) => type === "updating" && isMailmodoResource(resource));
}

/** A text that changes whenever a run writes the state. */
export function fingerprint({ manifest, resources = [], pending_operations: pending = [] }: Deployment): string {
  return JSON.stringify([manifest?.time, resources.map(({ urn }) => urn), pending.map(({ resource }) => resource.urn)]);
}

/** Replaces each decrypted secret by its value. */
export function reveal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reveal);
  if (typeof value !== "object" || value === null) return value;
  const fields = value as Record<string, unknown>;
  if (SECRET in fields && typeof fields["plaintext"] === "string") return reveal(JSON.parse(fields["plaintext"]));
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, reveal(field)]));
}
