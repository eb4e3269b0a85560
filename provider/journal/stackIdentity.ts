/** Which stack a note is of, in which backend. The backend is a digest: its URL may hold secrets. */
export interface StackIdentity {
  readonly backend: string;
  readonly project: string;
  /** Missing, as the organization is, where the state is one of 0.1.0, which does not tell. */
  readonly stack?: string;
  readonly organization?: string;
}

/**
 * @param fullName `organization/project/stack`, as the resources of a stack have it.
 * @param ownProject Counts where there is no full name.
 */
export function stackIdentity(fullName: string | undefined, backend: string, ownProject = ""): StackIdentity {
  const [organization, project, stack] = fullName?.split("/") ?? [];
  if (organization === undefined || project === undefined || stack === undefined)
    return { backend, project: ownProject };
  return { backend, project, stack, organization };
}

/** Whether what is noted for one stack is this one's. What names no stack is any one's of the project. */
export function isOf(noted: StackIdentity, stack: StackIdentity): boolean {
  const { backend, organization = stack.organization } = noted;
  return backend === stack.backend && organization === stack.organization && isNamesake(noted, stack);
}

/** Whether two have the same project and name, in whichever backend and organization. */
export function isNamesake({ project, stack: name }: StackIdentity, stack: StackIdentity): boolean {
  return project === stack.project && (name === undefined || name === stack.stack);
}

export function describeStack({ project, stack }: StackIdentity): string {
  return stack === undefined ? `the project ${project}` : `the stack ${project}/${stack}`;
}
