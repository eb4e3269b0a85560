import { possibleEffectsOf } from "../../pulumi/pendingOperations";
import { entriesOf, isMailmodoResource } from "../../pulumi/stateResource";
import { DEFAULT_TTL_MS } from "../durations";
import type { ListedStack, Workspace } from "./workspace";

/** The tags of a preview's stack. A stack without the first tag is never changed. */
export const TAGS = {
  created: "mailmodo:preview",
  expires: "mailmodo:expires",
  sha: "mailmodo:sha",
  result: "mailmodo:result",
} as const;

/** A preview, as its stack's tags and state describe it. */
export interface Preview {
  readonly name: string;
  /** When it was created; ISO 8601. */
  readonly created: string;
  /** When a sweep may destroy it; ISO 8601. */
  readonly expires: string;
  /** When its state was last written; ISO 8601. Undefined if it never was. */
  readonly updated?: string;
  /** The commit of its last `up`. */
  readonly sha?: string;
  /** The result of the last command, such as "up succeeded". */
  readonly result?: string;
  /** The number of contacts that are or may be enrolled; undefined if the state cannot be read. */
  readonly contacts?: number;
  /** The number of these that are unconfirmed. */
  readonly unconfirmed?: number;
}

/** The preview that a stack's tags describe, or undefined if the stack is not a preview. */
export function previewOf({ name, updated }: ListedStack, tags: Readonly<Record<string, string>>): Preview | undefined {
  const created = tags[TAGS.created];
  if (created === undefined) return undefined;
  const expires = tags[TAGS.expires] ?? new Date(Date.parse(created) + DEFAULT_TTL_MS).toISOString();
  const [sha, result] = [tags[TAGS.sha], tags[TAGS.result]];
  return {
    name,
    created,
    expires,
    ...(updated === undefined ? {} : { updated }),
    ...(sha === undefined ? {} : { sha }),
    ...(result === undefined ? {} : { result }),
  };
}

/** Counts the contacts in a stack's state, and those of them that are unconfirmed. */
export async function countContacts(
  workspace: Workspace,
  name: string,
): Promise<{ contacts: number; unconfirmed: number }> {
  const { resources = [], pending_operations: pending = [] } = await workspace.stack(name).state();
  // The starts of a killed run may have taken effect.
  const possibleStarts = pending
    .filter(({ type, resource }) => type === "creating" && isMailmodoResource(resource))
    .flatMap(({ resource }) => possibleEffectsOf(resource, undefined));
  const entries = [...resources.flatMap(entriesOf), ...possibleStarts.flatMap(({ start }) => start ?? [])];
  return {
    contacts: entries.length,
    unconfirmed: entries.filter(({ instanceId }) => instanceId === undefined).length,
  };
}
