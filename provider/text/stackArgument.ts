/** The only organization of a backend other than Pulumi Cloud. */
export const ONLY_ORGANIZATION = "organization";

/**
 * How a command names a stack in its project's folder: without the project, and without the only organization.
 *
 * @param fullName `organization/project/stack`, or less of it.
 */
export function stackArgument(fullName: string): string {
  const [stack = "", , organization = ONLY_ORGANIZATION] = fullName.split("/").reverse();
  return organization === ONLY_ORGANIZATION ? stack : `${organization}/${stack}`;
}
