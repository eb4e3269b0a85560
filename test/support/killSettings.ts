import { spawn, type ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { journalOf } from "./journalOf";
import type { Kill } from "./kills";
import { inNamespaces } from "./namespaces";
import type { Project } from "./project";

/** Starts the run that is killed, in the setting of its kill. */
export function startIn(
  project: Project,
  { setting }: Kill,
  env: Record<string, string>,
  args: readonly string[],
): ChildProcess {
  const isolated = isolatedRun(project, setting, ["pulumi", ...args, "--non-interactive"]);
  if (isolated !== undefined) {
    const [program, ...rest] = isolated;
    return spawn(program!, rest, { cwd: project.dir, env: { ...project.env, ...env }, stdio: "ignore" });
  }
  const hourAhead = `${process.env["NODE_OPTIONS"] ?? ""} --require ${JSON.stringify(path.join(__dirname, "hourAhead.js"))}`;
  return project.start(setting === "clock set back" ? { ...env, NODE_OPTIONS: hourAhead } : env, ...args);
}

/** The command line that runs another one with process ids, or a disk for the journal, of its own. */
function isolatedRun(project: Project, setting: Kill["setting"], command: string[]): string[] | undefined {
  if (setting === "in a container") return inNamespaces(["pid"], command);
  if (setting !== "full disk") return undefined;
  const folder = journalOf(project.env);
  for (const one of [folder, `${folder}.left`]) fs.mkdirSync(one, { recursive: true });
  const small = `mount -t tmpfs -o size=8k none ${folder} && { "$@"; cp ${folder}/* ${folder}.left; }`;
  return inNamespaces(["mount"], ["sh", "-c", small, "sh", ...command]);
}

/** Sends it the signal. In a container, or on a disk of its own, the run is the child of what made that. */
export function signalTo(cli: ChildProcess, { setting, signal }: Kill): void {
  if (setting !== "in a container" && setting !== "full disk") return void cli.kill(signal);
  // A run that a full disk has refused may have ended before its kill.
  if (cli.exitCode !== null || cli.signalCode !== null) return;
  const children = fs.readFileSync(`/proc/${cli.pid}/task/${cli.pid}/children`, "utf8").trim();
  for (const pid of children.split(" ").filter(Boolean)) process.kill(Number(pid), signal);
}

/** What lay on the small disk is on the large one again. */
export function keepJournal({ env }: Project): void {
  const left = `${journalOf(env)}.left`;
  if (fs.existsSync(left)) fs.cpSync(left, journalOf(env), { recursive: true });
}
