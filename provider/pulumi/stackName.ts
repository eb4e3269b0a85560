import { ONLY_ORGANIZATION } from "../text/stackArgument";
import { UNKNOWN_BACKEND } from "./backend";
import type { Deployment } from "./deployment";

/** A stack, as far as a name says which. */
export interface StackName {
  /** Missing: the default organization. */
  readonly organization?: string;
  /** Missing: the project in whose folder the name is used. */
  readonly project?: string;
  readonly stack: string;
}

/** Parses a name as the CLI does: `stack`, `organization/stack` or `organization/project/stack`. */
export function parseStackName(name: string): StackName {
  const words = name.split("/");
  const [organization = "", project = ""] = words;
  const stack = words.at(-1)!;
  if (words.length === 1) return { stack };
  return words.length === 2 ? { organization, stack } : { organization, project, stack };
}

/**
 * A stack's full name. A backend of an old kind leaves out the project, which the URNs in the state have.
 *
 * @param name As the backend has it.
 * @returns Undefined if nothing tells the project.
 */
export function fullNameOf(name: string, { resources = [] }: Deployment): string | undefined {
  if (name.includes("/")) return name;
  const project = resources[0]?.urn.split("::")[1];
  return project === undefined ? undefined : `${ONLY_ORGANIZATION}/${project}/${name}`;
}

/**
 * Checks a name that a user gives.
 *
 * @returns The name.
 * @throws {Error} It has too many parts, or an empty one.
 */
export function checkedStackName(name: string): string {
  const words = name.split("/");
  if (words.length <= 3 && words.every((word) => word.trim() !== "")) return name;
  throw new Error(`Not a stack name: ${JSON.stringify(name)}. Examples: dev, acme/dev, acme/seeds/dev.`);
}

/** Whether a name can be that of a stack of a project. @param project Default: any. */
export function canBeOfProject(name: string, project: string | undefined): boolean {
  const { project: own = project } = parseStackName(name);
  return project === undefined || own === project;
}

/**
 * The name of the stack that a resource is in, if that is not the one with the given name. Undefined if it is, or if no name
 * is given.
 */
export function otherStackOf(urn: string, name: string | undefined): string | undefined {
  const stack = /^urn:pulumi:(.+?)::/.exec(urn)?.[1];
  return name === undefined || stack === parseStackName(name).stack ? undefined : stack;
}

/** Whether two names can be of one stack: they differ in nothing that both of them say. */
export function canBeSame(one: StackName, other: StackName): boolean {
  const agree = (part: "organization" | "project") =>
    one[part] === undefined || other[part] === undefined || one[part] === other[part];
  return one.stack === other.stack && agree("organization") && agree("project");
}

/**
 * The stack that a name means, among those that `pulumi stack ls` lists for a project. The CLI omits the project in that
 * list, and, in Pulumi Cloud, the default organization. So a listed name without an organization can be that of a name
 * with one, but only if no listed name has that organization; and it alone is that of a name without one.
 *
 * @param standard What a part stands for that a name does not have: the project, and, if that is known, the default
 *   organization.
 * @returns Undefined if the name is none of theirs.
 */
export function findStack<T extends { readonly name: string }>(
  listed: readonly T[],
  name: string,
  standard: Omit<StackName, "stack">,
): T | undefined {
  const wanted: StackName = { ...standard, ...parseStackName(name) };
  const all = listed.map((one) => ({ one, its: { ...standard, ...parseStackName(one.name) } }));
  const possible = all.filter(({ its }) => canBeSame(its, wanted));
  const found =
    possible.find(({ its }) => its.organization === wanted.organization) ??
    possible.find(({ its }) => its.organization === undefined);
  return found?.one;
}

/** The CLI's words for a stack that does not exist, after what it was to do. */
export const NO_STACK = /: no stack named /;

/** Whether a backend is Pulumi Cloud, or one that answers as it does: it has organizations, and keeps no files. */
export function isPulumiCloud(url: string): boolean {
  return !url.startsWith(UNKNOWN_BACKEND) && !/^(file|s3|gs|azblob|postgres|mem):/.test(url);
}
