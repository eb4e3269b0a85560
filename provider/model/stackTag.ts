import { createHash } from "node:crypto";
import { splitAddress } from "./addresses";

/**
 * Whether an address carries the plus tag that `stackAddress` gives to a stack. A tag that was shortened ends in a hash.
 * If the beginning of the tag, of which the hash is made too, cannot be told any more, the answer is no.
 *
 * @param stack `organization/project/stack`. The organization is not part of the tag.
 */
export function isTaggedFor(email: string, stack: string): boolean {
  const [, project, name, ...more] = stack.split("/");
  if (project === undefined || name === undefined || more.length > 0) return false;
  const { local } = splitAddress(email);
  const plus = local.indexOf("+");
  if (plus < 0) return false;
  const mailbox = local.slice(0, plus);
  const written = local.slice(plus + 1);
  const ending = `${project}.${name}`;
  // A tag that is written in full ends in the names. Before them are nothing or another tag with its dot.
  const before = written.endsWith(`.${ending}`) ? written.slice(0, -ending.length) : "";
  return [before, ...possibleBeginnings(written)].some(
    (beginning) => taggedLocal(mailbox, beginning, project, name) === local,
  );
}

const MAX_LOCAL_LENGTH = 64;
const HASH_LENGTH = 16;

/**
 * The part of an address before the @, with the plus tag of a stack. Undefined if the mailbox's name is too long.
 *
 * @param beginning What the tag begins with: the tag that the address had, with a dot; or nothing.
 */
export function taggedLocal(mailbox: string, beginning: string, project: string, stack: string): string | undefined {
  const plain = `${mailbox}+${beginning}${project}.${stack}`;
  const isUnique = /^[a-z0-9_-]+$/.test(project) && /^[a-z0-9_-]+$/.test(stack);
  if (isUnique && plain.length <= MAX_LOCAL_LENGTH) return plain;

  // Plain tags end in ".<stack>", so a tag whose part after the last "+" has no dot cannot be a plain one.
  const hash = createHash("sha256")
    .update(JSON.stringify([beginning, project, stack]))
    .digest("hex")
    .slice(0, HASH_LENGTH);
  const room = MAX_LOCAL_LENGTH - mailbox.length - 1 - HASH_LENGTH;
  if (room < 0) return undefined;
  const readable = `${beginning}${project}.${stack}`.toLowerCase().replace(/[^a-z0-9_+-]+/g, "-");
  const shortened = readable.slice(0, Math.max(0, room - 1)).replace(/\++$/, "");
  return `${mailbox}+${shortened && `${shortened}+`}${hash}`;
}

/**
 * What a shortened tag may have begun with. In it, a hyphen stands for a hyphen or for the dot after the beginning. The
 * beginning itself is taken as it is written, or with a dot for each hyphen.
 */
function possibleBeginnings(written: string): string[] {
  const readable = written.slice(0, -HASH_LENGTH);
  const dots = [...readable.matchAll(/-/g)].map(({ index }) => `${readable.slice(0, index)}.`);
  return ["", ...dots, ...dots.map((beginning) => beginning.replaceAll("-", "."))];
}
