import { possibleEffectsOf, entriesOf, isMailmodoResource } from "../../pulumi/recorded";
import { DEFAULT_TTL_MS } from "./words";
import type { Listed, Workspace } from "./workspace";

/** Tags of a stack that is a preview. The first is the mark: a stack without it is never touched. */
export const TAGS = {
  created: "mailmodo:preview",
  expires: "mailmodo:expires",
  sha: "mailmodo:sha",
  result: "mailmodo:result",
} as const;

/** A preview, as its stack's tags and state tell. */
export interface Preview {
  readonly name: string;
  /** When it was first brought up; ISO 8601. */
  readonly created: string;
  /** When the sweep may take it down; ISO 8601. */
  readonly expires: string;
  /** When its state was last written; ISO 8601. Unknown before it ever was. */
  readonly updated?: string;
  /** The commit that it was last brought up from. */
  readonly sha?: string;
  /** What the last command came to, such as "up succeeded". */
  readonly result?: string;
  /** How many contacts are enrolled, or may be; undefined where the state cannot be read. */
  readonly contacts?: number;
  /** How many of these are unconfirmed. */
  readonly unconfirmed?: number;
}

/** The preview that a stack's tags tell of, or undefined if they have no mark. */
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

/** What the state of a stack says is enrolled, and how many of it is unconfirmed. */
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
