import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/** What a backend has: the exported state of each stack, and the config that all of them share. */
export interface ModelBackend {
  readonly states: Map<string, string>;
  config: string;
}

/** By their URL. Locks are files below it, as they are in a real one. */
export const modelBackends = new Map<string, ModelBackend>();

/** An empty backend for each test of a suite. @returns The URL of the current one. */
export function useModelBackend(): () => string {
  let folder: string;
  const url = () => `file://${folder}`;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-mailmodo-backend-"));
    modelBackends.set(url(), { states: new Map(), config: "{}" });
  });
  afterEach(() => {
    modelBackends.delete(url());
    fs.rmSync(folder, { recursive: true, force: true });
  });
  return url;
}

/** Where the lock of a stack's run is, as in a real backend. */
export function lockFile(url: string, stack: string): string {
  return path.join(url.slice("file://".length), ".pulumi", "locks", "organization", "seeds", stack, "run.json");
}
