import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/**
 * The empty attributes of states, as paths. A backend in a folder keeps a file of attributes beside each state, and writes
 * it in place: a kill at that moment leaves it empty, and the CLI then reads no state of the project at all ("EOF"), though
 * each is whole. Where the file is gone, the CLI reads the state, and writes it again with the next run.
 *
 * @param backendUrl Of another kind than a folder, it has none.
 * @param cwd What a relative path in the URL is relative to.
 */
export function emptyAttributes(backendUrl: string, cwd: string): string[] {
  if (!backendUrl.startsWith("file://")) return [];
  const folder = backendUrl.slice("file://".length).replace(/\?.*$/, "").replace(/^~/, os.homedir());
  const stacks = path.resolve(cwd, folder, ".pulumi", "stacks");
  if (!fs.existsSync(stacks)) return [];
  return fs
    .readdirSync(stacks, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ENDING))
    .map((name) => path.join(stacks, name))
    .filter((file) => fs.statSync(file, { throwIfNoEntry: false })?.size === 0);
}

/** The name of the stack, without its project, that has the attributes. */
export function stackOf(attributes: string): string {
  return path.basename(attributes, ENDING);
}

const ENDING = ".json.attrs";
