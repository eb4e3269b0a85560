/** Where a DIY backend of Pulumi's keeps its format's version. It writes it at the first use of an empty bucket. */
export const META_KEY = ".pulumi/meta.yaml";

// Read in backend/diy of Pulumi 3.274.1. The states of stacks without a project, an older format, are outside of these.
const STATES = ".pulumi/stacks";
const FOLDERS = [".pulumi/history", ".pulumi/backups", ".pulumi/locks/organization"];

/** The keys of a project's stacks, as patterns of IAM. */
export function keysOfProject(project: string): string[] {
  return [STATES, ...FOLDERS].map((folder) => `${folder}/${project}/*`);
}

/** The keys of one stack: its state, also a compressed one, the state's backup and tags, and the stack's folders. */
export function keysOfStack(project: string, stack: string): string[] {
  return [`${STATES}/${project}/${stack}.*`, ...FOLDERS.map((folder) => `${folder}/${project}/${stack}/*`)];
}
