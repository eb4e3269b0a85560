import { possibleEffectsOf, entriesOf, isMailmodoResource } from "../../pulumi/recorded";
import { DEFAULT_TTL_MS } from "../durations";
import type { Listed, Workspace } from "./workspace";

/** Tags of a stack that is a preview. A stack without the first is never touched. */
export const TAGS = {
  created: "mailmodo:preview",
  expires: "mailmodo:expires",
  sha: "mailmodo:sha",
  result: "mailmodo:result",
} as const;

/** A preview, by its stack's tags and state. */
export interface Preview {
  readonly name: string;
  /** When it was created; ISO 8601. */
  readonly created: string;
  /** When a sweep may destroy it; ISO 8601. */
  readonly expires: string;
  /** When its state was last written; ISO 8601. Unknown before it ever was. */
  readonly updated?: string;
  /** The commit of its last up. */
  readonly sha?: string;
  /** What the last command came to, such as "up succeeded". */
  readonly result?: string;
  /** How many contacts are enrolled, or may be; undefined where the state cannot be read. */
  readonly contacts?: number;
  /** How many of these are unconfirmed. */
  readonly unconfirmed?: number;
}

/** The preview that a stack's tags describe, or undefined where the stack is none. */
export function previewOf({ name, updated }: Listed, tags: Readonly<Record<string, string>>): Preview | undefined {
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

/** What the state of a stack says is enrolled, and how many of these are unconfirmed. */
export async function countContacts(
  workspace: Workspace,
  name: string,
): Promise<{ contacts: number; unconfirmed: number }> {
  const { resources = [], pending_operations: pending = [] } = await workspace.stack(name).state();
  // A killed run's starts may have happened.
  const attempts = pending
    .filter(({ type, resource }) => type === "creating" && isMailmodoResource(resource))
    .flatMap(({ resource }) => possibleEffectsOf(resource, undefined));
  const entries = [...resources.flatMap(entriesOf), ...attempts.flatMap(({ start }) => start ?? [])];
  return {
    contacts: entries.length,
    unconfirmed: entries.filter(({ instanceId }) => instanceId === undefined).length,
  };
}
