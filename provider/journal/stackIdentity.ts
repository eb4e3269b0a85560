/** The stack that a note belongs to, and its backend. The backend is a digest, because its URL may hold secrets. */
export interface StackIdentity {
  readonly backend: string;
  readonly project: string;
  /** Missing, like the organization, if the state was written by 0.1.0, which did not record them. */
  readonly stack?: string;
  readonly organization?: string;
}

/**
 * @param fullName `organization/project/stack`, as recorded in the stack's resources.
 * @param ownProject The project to use if there is no full name.
 */
export function stackIdentity(fullName: string | undefined, backend: string, ownProject = ""): StackIdentity {
  const [organization, project, stack] = fullName?.split("/") ?? [];
  if (organization === undefined || project === undefined || stack === undefined)
    return { backend, project: ownProject };
  return { backend, project, stack, organization };
}

/** `organization/project/stack`. Undefined if the state was written by 0.1.0. */
export function fullName({ organization, project, stack }: StackIdentity): string | undefined {
  return organization === undefined || stack === undefined ? undefined : `${organization}/${project}/${stack}`;
}

/**
 * Whether the identity in a note is that of a stack. An identity without a stack name fits every stack of its project.
 */
export function belongsTo(identity: StackIdentity, stack: StackIdentity): boolean {
  return isSibling(identity, stack) && hasSameName(identity, stack);
}

/** Whether two stacks are of the same project, backend and organization. */
export function isSibling(identity: StackIdentity, stack: StackIdentity): boolean {
  const { backend, project, organization = stack.organization } = identity;
  return backend === stack.backend && project === stack.project && organization === stack.organization;
}

/** Whether two stacks have the same project and name, in any backend and organization. */
export function hasSameName({ project, stack: name }: StackIdentity, stack: StackIdentity): boolean {
  return project === stack.project && (name === undefined || name === stack.stack);
}

/** @param kind What the stack is. Default: "stack". */
export function describeStack({ project, stack }: StackIdentity, kind = "stack"): string {
  return stack === undefined ? `the project ${project}` : `the ${kind} ${project}/${stack}`;
}
