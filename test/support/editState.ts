import * as fs from "node:fs";

/** One resource of a state file, as far as tests change it. */
export interface FileResource {
  urn: string;
  type: string;
  id?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}

/** The state in a file of a folder backend. */
export interface FileState {
  resources: FileResource[];
  pending_operations?: { resource: FileResource; type: string }[];
}

/** Changes a state as no command of the CLI does: another machine finds pending operations there. */
export function editState(file: string, change: (latest: FileState) => void): void {
  const state = JSON.parse(fs.readFileSync(file, "utf8")) as { checkpoint: { latest: FileState } };
  change(state.checkpoint.latest);
  fs.writeFileSync(file, JSON.stringify(state));
}
