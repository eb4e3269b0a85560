/** The inputs of an enrollment that may be left out, with their defaults. */
interface Defaults {
  readonly data: Readonly<Record<string, never>>;
  readonly allowDuplicateEmail: boolean;
  /** Missing if no stack is known: states of 0.1.0 record no stack, but their reason. */
  readonly abortReason?: string;
}

/** @param stack `organization/project/stack`, if it is known */
export function defaultsOf(stack: unknown): Defaults {
  const reason = typeof stack === "string" ? { abortReason: defaultAbortReason(stack) } : {};
  return { data: {}, allowDuplicateEmail: false, ...reason };
}

/**
 * The reason for an abort if the program gives none. It names the project and the stack.
 *
 * @param stack `organization/project/stack`
 */
export function defaultAbortReason(stack: string): string {
  return `Removed by Pulumi from ${stack.slice(stack.indexOf("/") + 1)}`;
}
