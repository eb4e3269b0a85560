import * as fs from "node:fs";
import * as path from "node:path";
import { backendFolder } from "./backend";

/**
 * The paths of empty attributes files. A backend in a folder keeps an attributes file next to each state, and writes it
 * in place. A kill at that moment leaves the file empty. The CLI then cannot read any state of the project ("EOF"),
 * although each state is intact. If the file is missing, the CLI reads the state, and the next run writes the file
 * again.
 *
 * @param backendUrl The backend's URL. A backend that is not a folder has no such files.
 * @param cwd The folder that a relative path in the URL is relative to.
 */
export function emptyAttributes(backendUrl: string, cwd: string): string[] {
  if (!backendUrl.startsWith("file://")) return [];
  const stacks = path.join(backendFolder(backendUrl, cwd), ".pulumi", "stacks");
  if (!fs.existsSync(stacks)) return [];
  return fs
    .readdirSync(stacks, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ENDING))
    .map((name) => path.join(stacks, name))
    .filter((file) => fs.statSync(file, { throwIfNoEntry: false })?.size === 0);
}

/** The name of the stack, without its project, that an attributes file belongs to. */
export function stackOf(attributes: string): string {
  return path.basename(attributes, ENDING);
}

const ENDING = ".json.attrs";

/** The error to show if a killed run has left an empty attributes file, because of which the CLI lists no stacks. */
export function emptyAttributesError(backendUrl: string, cwd: string): Error | undefined {
  const [empty] = emptyAttributes(backendUrl, cwd);
  if (empty === undefined) return undefined;
  const next = `Run npx pulumi-mailmodo recover --stack ${stackOf(empty)} first.`;
  return new Error(`A killed run left an empty attributes file of the stack ${stackOf(empty)} (${empty}). ${next}`);
}
