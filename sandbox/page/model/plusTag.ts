/** The stack that an address belongs to, as its plus tag says. */
export interface StackTag {
  readonly project: string;
  readonly stack: string;
  /** Whether the tag is shortened and ends in a hash: the project and the stack can then not be told apart. */
  readonly isShortened: boolean;
}

/**
 * Reads the project and the stack from an address such as `qa+seeds.pr-42@example.com` or, with a tag of the user's own
 * in front, `qa+smoke.seeds.pr-42@example.com`. Where the tag was too long or had capitals or dots, the address is
 * `qa+<what is readable>+<16 hexadecimal digits>@example.com`.
 *
 * @returns Undefined if the address has no such tag.
 */
export function stackTagOf(address: string): StackTag | undefined {
  const local = address.slice(0, Math.max(0, address.lastIndexOf("@")));
  const plus = local.indexOf("+");
  if (plus < 0) return undefined;
  const tag = local.slice(plus + 1);

  const shortened = /^(?:(.*)\+)?([0-9a-f]{16})$/.exec(tag);
  if (shortened !== null) {
    const [, readable = "", hash = ""] = shortened;
    return { project: "", stack: readable === "" ? hash : `${readable}+${hash}`, isShortened: true };
  }

  const names = tag.split(".");
  const [project, stack] = names.slice(-2);
  if (project === undefined || stack === undefined || ![project, stack].every((name) => NAME.test(name)))
    return undefined;
  return { project, stack, isShortened: false };
}

/** Names with other characters are never in a plain tag. */
const NAME = /^[a-z0-9_-]+$/;

/** One text for a stack: what a filter is set to. */
export function stackLabel({ project, stack, isShortened }: StackTag): string {
  return isShortened ? stack : `${project}/${stack}`;
}

/** The columns of a list that an address fills: its project and stack, and what the filter by stack is set to. */
export function stackColumns(email: string): {
  project: string;
  stack: string;
  isShortened: boolean;
  stackLabel: string;
} {
  const tag = stackTagOf(email);
  return {
    project: tag?.project ?? "",
    stack: tag?.stack ?? "",
    isShortened: tag?.isShortened ?? false,
    stackLabel: tag === undefined ? "" : stackLabel(tag),
  };
}
