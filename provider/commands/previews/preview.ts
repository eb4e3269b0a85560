import type { Deployment } from "../../pulumi/deployment";
import { possibleEffectsOf } from "../../pulumi/pendingOperations";
import { TAGS } from "../../pulumi/previewTags";
import { contactEntryOf, entriesOf, isMailmodoResource, type Entry } from "../../pulumi/stateResource";
import { DEFAULT_TTL_MS } from "../durations";
import type { ListedStack } from "./workspace";

/** A preview, as its stack's tags and state describe it. */
export interface Preview {
  readonly name: string;
  /** When it was created; ISO 8601. Undefined if its tag is no such time. */
  readonly created?: string;
  /** When a sweep may destroy it; ISO 8601. Undefined if its tags do not tell: then no sweep does. */
  readonly expires?: string;
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
  if (tags[TAGS.created] === undefined) return undefined;
  const created = timeIn(tags[TAGS.created]);
  const expires = tags[TAGS.expires] === undefined ? expiryOf(created) : timeIn(tags[TAGS.expires]);
  const [sha, result] = [tags[TAGS.sha], tags[TAGS.result]];
  return {
    name,
    ...(created === undefined ? {} : { created }),
    ...(expires === undefined ? {} : { expires }),
    ...(updated === undefined ? {} : { updated }),
    ...(sha === undefined ? {} : { sha }),
    ...(result === undefined ? {} : { result }),
  };
}

/** When a preview expires whose run was killed before that was recorded. */
function expiryOf(created: string | undefined): string | undefined {
  return created === undefined ? undefined : new Date(Date.parse(created) + DEFAULT_TTL_MS).toISOString();
}

/** A tag's text if it is a time. JavaScript would read one in almost any text that has a number. */
function timeIn(text: string | undefined): string | undefined {
  return text !== undefined && ISO_8601.test(text) && !Number.isNaN(Date.parse(text)) ? text : undefined;
}

const ISO_8601 = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/;

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
