import * as fs from "node:fs";
import * as path from "node:path";
import { otherRecoveryAdvice } from "../text/recoverAdvice";
import { backendFolder } from "./backend";

/**
 * The empty attributes files of a backend. A backend in a folder keeps an attributes file next to each state, and next to
 * the tags of each stack, and writes it in place. A kill at that moment, a full disk or a power cut leaves the file empty.
 * The CLI then cannot read any state of the project ("EOF") or finds no tags ("null"), although both are intact. If the
 * file is missing, the CLI reads what it belongs to, and the next run writes the file again.
 *
 * @param backendUrl The backend's URL. A backend that is not a folder has no such files.
 * @param cwd The folder that a relative path in the URL is relative to.
 */
function emptyAttributes(backendUrl: string, cwd: string): Attributes[] {
  if (!backendUrl.startsWith("file://")) return [];
  const stacks = path.join(backendFolder(backendUrl, cwd), ".pulumi", "stacks");
  if (!fs.existsSync(stacks)) return [];
  return fs.readdirSync(stacks, { recursive: true, encoding: "utf8" }).flatMap((name) => {
    const [, folder = "", stack, of] = ATTRIBUTES.exec(name.split(path.sep).join("/")) ?? [];
    const file = path.join(stacks, name);
    if (stack === undefined || fs.statSync(file, { throwIfNoEntry: false })?.size !== 0) return [];
    return [{ file, stack, project: folder === "" ? undefined : folder, isOfState: of !== "pulumi-tags" }];
  });
}

/** An attributes file. */
interface Attributes {
  readonly file: string;
  /** The name of its stack, without the project. */
  readonly stack: string;
  /** Its stack's project. Undefined in a backend of an old kind. */
  readonly project: string | undefined;
  /** Whether it belongs to the state, and not to the tags. */
  readonly isOfState: boolean;
}

const ATTRIBUTES = /^(?:(.+)\/)?([^/]+)\.(json|json\.gz|json\.zst|pulumi-tags)\.attrs$/;

/**
 * Removes the empty attributes files of some stacks.
 *
 * @param isMeant Whether the stack is one of these.
 * @returns The names of the stacks that had some, without their project.
 */
export function removeEmptyAttributes(
  backendUrl: string,
  cwd: string,
  isMeant: (stack: Pick<Attributes, "stack" | "project">) => boolean,
): string[] {
  const empty = emptyAttributes(backendUrl, cwd).filter(isMeant);
  for (const { file } of empty) fs.rmSync(file, { force: true });
  return [...new Set(empty.map(({ stack }) => stack))];
}

/** The error to show if a killed run has left an empty attributes file, because of which the CLI lists no stacks. */
export function emptyAttributesError(backendUrl: string, cwd: string): Error | undefined {
  const empty = emptyAttributes(backendUrl, cwd).find(({ isOfState }) => isOfState);
  if (empty === undefined) return undefined;
  const { stack, file } = empty;
  const next = `Next, ${otherRecoveryAdvice(stack)}.`;
  return new Error(`A killed run left an empty attributes file of the stack ${stack} (${file}). ${next}`);
}
