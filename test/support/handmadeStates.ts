import * as fs from "node:fs";
import * as path from "node:path";
import { gzipSync } from "node:zlib";
import type { Deployment } from "../../provider/pulumi/deployment";
import { SECRET, type StateResource } from "../../provider/pulumi/stateResource";
import { TYPES } from "../../provider/model/stateFormat";
import { journeyId } from "./journeyId";

/** When the states were written, and when their resources were. */
export const WRITTEN_AT = "2026-11-27T12:00:00.000Z";
export const CREATED_AT = "2026-11-27T10:00:00.000Z";

/** What the engine puts in place of an encrypted value. */
export const ENCRYPTED = { [SECRET]: "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:AAAA:AAAA" };

/** An enrollment as a state records it, started unless the outputs say otherwise. */
export function enrollment(name: string, email: unknown, outputs: Record<string, unknown> = {}): StateResource {
  const inputs = { journeyId, email, data: {}, allowDuplicateEmail: false, abortReason: "over" };
  const own = { instanceId: `instance-of-${name}`, status: "started", startedAt: CREATED_AT };
  return {
    urn: urnOf(TYPES.enrollment, name),
    type: TYPES.enrollment,
    created: CREATED_AT,
    inputs,
    outputs: { ...inputs, ...own, ...outputs },
  };
}

/** An enrollment whose start is unconfirmed. */
export function unconfirmed(name: string, email: string): StateResource {
  return enrollment(name, email, { instanceId: undefined, status: "unconfirmed" });
}

/** A cohort's shard. @param contacts Address to instance id, or null for an unconfirmed one. */
export function shard(cohort: string, number: number, contacts: Record<string, string | null>): StateResource {
  const common = { cohort, shard: number, shards: 2, journeyId, allowDuplicateEmail: false, abortReason: "over" };
  const recorded = Object.entries(contacts).map(([email, id]) => [
    email,
    id === null ? [id, "digest", 1] : [id, "digest"],
  ]);
  const wanted = Object.keys(contacts).map((email) => [email, {}]);
  return {
    urn: urnOf(TYPES.shard, `${cohort}-${number}`),
    type: TYPES.shard,
    created: CREATED_AT,
    parent: `urn:pulumi:dev::seeds::mailmodo:JourneyCohort::${cohort}`,
    inputs: { ...common, contacts: JSON.stringify(Object.fromEntries(wanted)) },
    outputs: { ...common, contacts: JSON.stringify(Object.fromEntries(recorded)) },
  };
}

/** The provider of a stack's resources. @param config The stack's config, which the engine records with it. */
export function provider(config: Record<string, unknown>): StateResource {
  const type = "pulumi:providers:pulumi-nodejs";
  return { urn: urnOf(type, "default"), type, ...(Object.keys(config).length === 0 ? {} : { inputs: config }) };
}

/** A resource that a provider has run. */
export function runWith({ urn }: StateResource, resource: StateResource): StateResource {
  return { ...resource, provider: `${urn}::5fdc213f-bcf2-4dd0-9c6c-bf5c38d11ebf` };
}

export function stateOf(
  resources: readonly StateResource[],
  pending: NonNullable<Deployment["pending_operations"]> = [],
): Deployment {
  return { manifest: { time: WRITTEN_AT }, resources, pending_operations: pending };
}

/**
 * Writes a stack's state as the CLI lays it out in a folder.
 *
 * @param name `project/stack`, or the stack alone in a backend of an old kind.
 */
export function writeStack(root: string, name: string, latest: Deployment, ending: "" | ".gz" = ""): string {
  const text = JSON.stringify({ version: 3, checkpoint: { stack: `organization/${name}`, latest } });
  return writeBackendFile(root, `.pulumi/stacks/${name}.json${ending}`, ending === "" ? text : gzipSync(text));
}

/** Writes a file of a backend, and returns its path. */
export function writeBackendFile(root: string, key: string, content: string | Buffer): string {
  const file = path.join(root, key);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
  return file;
}

function urnOf(type: string, name: string): string {
  return `urn:pulumi:dev::seeds::${type}::${name}`;
}
