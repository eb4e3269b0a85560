/** What the state leaves out of the inputs of an enrollment. */
interface Defaults {
  readonly allowDuplicateEmail: boolean;
  /** Missing if no stack is known: states of 0.1.0 record no stack, but their reason. */
  readonly abortReason?: string;
}

/**
 * The inputs that the state of an enrollment leaves out where they have these values.
 *
 * @param stack `organization/project/stack`, if it is known
 */
export function defaultsOf(stack: unknown): Defaults {
  const reason = typeof stack === "string" ? { abortReason: defaultAbortReason(stack) } : {};
  return { allowDuplicateEmail: false, ...reason };
}

/**
 * The reason for an abort if the program gives none. It names the project and the stack.
 *
 * @param stack `organization/project/stack`
 */
export function defaultAbortReason(stack: string): string {
  return `Removed by Pulumi from ${stack.slice(stack.indexOf("/") + 1)}`;
}
