import * as fs from "node:fs";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import { backendFolder } from "../../pulumi/backend";
import type { Lock } from "../../pulumi/stackLock";
import { jsonObject } from "../../text/jsonObject";

/** The stack whose locks are looked for. A backend in a folder or a bucket has one organization. */
export interface OwnerOfLocks {
  readonly project: string;
  readonly stack: string;
}

/**
 * The locks of a stack in a backend in a folder, read from its files.
 *
 * @throws {Error} The files cannot be read.
 */
export async function locksInFolder(url: string, cwd: string, of: OwnerOfLocks): Promise<Lock[]> {
  const folder = path.join(backendFolder(url, cwd), folderOfLocks(of));
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .flatMap((name) => {
      const file = path.join(folder, name);
      // The run may have ended since the folder was read.
      return fs.existsSync(file) ? [lockOf(fs.readFileSync(file, "utf8"), pathToFileURL(file).href)] : [];
    });
}

/** Where the CLI keeps the locks of a stack, below a backend. */
export function folderOfLocks({ project, stack }: OwnerOfLocks): string {
  return `.pulumi/locks/organization/${project}/${stack}`;
}

/** The lock that the CLI wrote into a file. A file that is not complete yet is a lock, too. */
export function lockOf(text: string, url: string): Lock {
  const { username, hostname, pid, timestamp } = jsonObject(text) ?? {};
  const word = (value: unknown) => (typeof value === "string" && value !== "" ? value : "unknown");
  return {
    owner: word(username),
    host: word(hostname),
    // 0 stands for a run in Pulumi Cloud.
    pid: typeof pid === "number" ? pid : -1,
    at: Date.parse(word(timestamp)) || Infinity,
    url,
  };
}
