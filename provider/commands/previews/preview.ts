import type { Deployment } from "../../pulumi/deployment";
import { possibleEffectsOf } from "../../pulumi/pendingOperations";
import { contactEntryOf, entriesOf, isMailmodoResource, type Entry } from "../../pulumi/stateResource";
import { DEFAULT_TTL_MS } from "../durations";
import type { ListedStack } from "./workspace";

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
  /** What its `up` found of its contacts, one line each: those that Mailmodo sends nothing. Undefined in a list. */
  readonly warnings?: readonly string[];
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

/** The enrollments that run, or may run, according to a stack's state. */
export function enrollmentsOf({ resources = [], pending_operations: pending = [] }: Deployment): Entry[] {
  // The starts of a killed run may have taken effect.
  const possibleStarts = pending
    .filter(({ type, resource }) => type === "creating" && isMailmodoResource(resource))
    .flatMap(({ resource }) => possibleEffectsOf(resource, undefined));
  return [...resources.flatMap(entriesOf), ...possibleStarts.flatMap(({ start }) => start ?? [])];
}

/** The addresses of a stack's state: those that are or may be enrolled, and those of contacts that are resources. */
export function addressesOf(state: Deployment): { readonly email: string; readonly urn: string }[] {
  const contacts = (state.resources ?? []).flatMap((resource) => contactEntryOf(resource) ?? []);
  return [...enrollmentsOf(state), ...contacts];
}

/** The numbers of enrollments, and of those that are unconfirmed. */
export function countContacts(entries: readonly Entry[]): { contacts: number; unconfirmed: number } {
  return {
    contacts: entries.length,
    unconfirmed: entries.filter(({ instanceId }) => instanceId === undefined).length,
  };
}
