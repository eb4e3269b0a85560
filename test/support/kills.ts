import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout } from "node:timers/promises";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { profileOf } from "../../sandbox/profiles";
import type { Run } from "../../tools/workbench";
import { addStack, moveProgram, pluginsOf, recoverByCli, requestNumber } from "./killedRuns";
import { inNamespaces } from "./namespaces";
import { createProject, type Project } from "./project";

export { pluginsOf, recoverByCli, requestNumber };

const CONTACTS = 20;

/** One run of Pulumi that is killed, and how. */
export interface Kill {
  readonly number: number;
  readonly phase: "up" | "replace" | "destroy";
  readonly victim: "cli" | "plugin" | "both";
  readonly signal: "SIGKILL" | "SIGINT" | "SIGTERM";
  /** After so many requests of the phase; 0 is as soon as there is a plugin, before the first. */
  readonly requests: number;
  /** With the last of them on its way, or answered. */
  readonly moment: "asked" | "answered";
  /** Whether the sandbox starts a second instance for an address, instead of refusing it. */
  readonly duplicatesAccepted: boolean;
  /** Whether the 20 contacts are a cohort; its replace is an update of each shard that changes every contact. */
  readonly cohort: boolean;
  /**
   * What else there is: the program in a folder outside the project's; another run that must not be touched; a pid
   * namespace, as a container has, which the killed run has of its own; a clock that is set back by an hour after the kill; a
   * disk with room for some of the notes alone.
   */
  readonly setting: (typeof SETTINGS)[number];
}

/** As many kills as asked for; the same seed gives the same ones. */
export function kills(many: number, seed: number): Kill[] {
  const generator = xoroshiro128plus(seed);
  const pick = <T>(items: readonly T[]): T => items[uniformInt(generator, 0, items.length - 1)]!;
  return Array.from({ length: many }, (_, number) => {
    // Each phase and victim comes about equally often; the rest is chance.
    const phase = (["up", "replace", "destroy"] as const)[number % 3]!;
    return {
      number,
      phase,
      victim: (["cli", "plugin", "both"] as const)[Math.floor(number / 3) % 3]!,
      signal: pick(["SIGKILL", "SIGKILL", "SIGINT", "SIGTERM"] as const),
      requests: uniformInt(generator, 0, phase === "replace" ? 2 * CONTACTS : CONTACTS),
      moment: pick(["asked", "answered"] as const),
      duplicatesAccepted: pick([true, false]),
      cohort: number % 4 === 3,
      setting: SETTINGS[number % SETTINGS.length]!,
    };
  });
}

const SETTINGS = [
  "plain",
  "main outside",
  "another stack",
  "in a container",
  "another backend",
  "clock set back",
  "full disk",
] as const;

export function describeKill(kill: Kill): string {
  const { phase, victim, signal, requests, moment, duplicatesAccepted, cohort, setting } = kill;
  const other = duplicatesAccepted ? ", where Mailmodo starts duplicates" : "";
  const when = requests === 0 ? "before the first request" : `request ${requests} ${moment}`;
  const whom = victim === "both" ? "the cli and the plugin" : `the ${victim}`;
  const where = setting === "plain" ? "" : ` (${setting})`;
  return `${signal} to ${whom} in ${phase}${cohort ? " of a cohort" : ""}, ${when}${other}${where}`;
}

const PROGRAM = `
for (let i = 0; i < ${CONTACTS}; i++) {
  new JourneyEnrollment("qa" + i, {
    journeyId, email: stackAddress((process.env.BASE ?? "qa") + i + "@seeds.example.com"), triggers: process.env.TRIGGER ? [process.env.TRIGGER] : [],
  });
}`;

const COHORT = `
new JourneyCohort("smoke", {
  journeyId, shards: 3,
  contacts: Array.from({ length: ${CONTACTS} }, (_, i) => ({
    email: stackAddress((process.env.BASE ?? "qa") + i + "@seeds.example.com"), data: { round: process.env.TRIGGER ?? "0" },
  })),
});`;

/**
 * Kills a run, then does what the README's "Recovery" says: recover, up, destroy. Asserts that nobody was ever in the
 * journey twice, that nothing runs at the end, and that nothing else was touched.
 */
export async function killAndRecover(kill: Kill): Promise<void> {
  const { project, close } = await createProject(kill.cohort ? COHORT : PROGRAM, {
    profile: profileOf(kill.duplicatesAccepted ? ["duplicate-accepted"] : []),
  });
  try {
    if (kill.setting === "main outside") moveProgram(project);
    const trigger = kill.phase === "replace" ? { TRIGGER: "1" } : {};
    const neighbor = await neighborOf(project, kill);
    if (kill.phase !== "up") await project.succeed("up", "--yes", "--skip-preview");
    await killed(project, kill, trigger);
    await neighbor.goOn();

    const first = await recoverKilled(project);
    assert.equal(first.code, 0, first.output);
    const second = await recoverByCli(project);
    assert.equal(second.stdout, "Nothing to recover in the stack test.\n", `${first.output}\n${second.output}`);

    const up = await project.pulumiWith(trigger, "up", "--yes", "--skip-preview");
    assert.equal(up.code, 0, `${first.output}\n${up.output}`);
    assert.equal(running(project), CONTACTS + neighbor.size);
    await project.succeed("destroy", "--yes", "--skip-preview");

    assert.equal(running(project), neighbor.size);
    const doubled = project.sandbox.store.all().filter((instance) => instance.doubled);
    assert.deepEqual(doubled, [], "nobody is enrolled twice");
    neighbor.check();
  } finally {
    await close();
  }
}

/** In a container nothing proves a run dead that was killed before it noted anything: recover says so, and what to do. */
async function recoverKilled(project: Project): Promise<Run> {
  const first = await recoverByCli(project);
  return /--run-is-over/.test(first.output) ? recoverByCli(project, "--run-is-over") : first;
}

/** A stack in the same folder, or in another backend, with enrollments of its own. */
async function neighborOf(project: Project, { setting }: Kill) {
  if (setting !== "another stack" && setting !== "another backend")
    return { size: 0, goOn: async () => undefined, check: () => undefined };
  const env = { BASE: "neighbor", ...(await addStack(project, setting)) };
  const stack = env.PULUMI_STACK;
  const up = async () => {
    const { code, output } = await project.pulumiWith(env, "up", "--yes", "--skip-preview", "--stack", stack);
    assert.equal(code, 0, output);
  };
  const instances = () =>
    project.sandbox.store
      .all()
      .filter(({ email }) => email.startsWith("neighbor"))
      .map(({ instanceId, status }) => `${instanceId} ${status}`);
  await up();
  const before = instances();
  const check = () => assert.deepEqual(instances(), before, "the neighbor's enrollments are as they were");
  return {
    size: before.length,
    check,
    /** Its next run, and a recover of it, which does not end with 0 where notes of its namesake are left. */
    async goOn() {
      await up();
      await recoverByCli({ ...project, env: { ...project.env, ...env } }, "--stack", stack);
      check();
    },
  };
}

/** Starts the run of the phase, and kills its victim at the moment. */
async function killed(project: Project, kill: Kill, env: Record<string, string>): Promise<void> {
  // Long enough that some requests are on their way at any moment.
  project.sandbox.faults.add({ kind: "delay", delayMs: 20 });
  const reached = momentReached(project, kill);
  const args = [kill.phase === "destroy" ? "destroy" : "up", "--yes", "--skip-preview"];
  const cli = begin(project, kill, env, args);
  const ended = once(cli, "exit");
  await Promise.race([reached, ended]);
  const plugins = kill.victim === "cli" ? [] : pluginsOf(project);
  if (kill.victim !== "plugin") signalTo(cli, kill);
  for (const pid of plugins) process.kill(pid, kill.signal);
  await ended;
  // What lay on the small disk is on the large one again.
  const left = `${journalOf(project)}.left`;
  if (fs.existsSync(left)) fs.cpSync(left, journalOf(project), { recursive: true });
  project.sandbox.faults.clear();
}

function begin(project: Project, { setting }: Kill, env: Record<string, string>, args: string[]): ChildProcess {
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
  const folder = journalOf(project);
  for (const one of [folder, `${folder}.left`]) fs.mkdirSync(one, { recursive: true });
  const small = `mount -t tmpfs -o size=8k none ${folder} && { "$@"; cp ${folder}/* ${folder}.left; }`;
  return inNamespaces(["mount"], ["sh", "-c", small, "sh", ...command]);
}

function journalOf({ env }: Project): string {
  return path.join(env["PULUMI_HOME"]!, "mailmodo-journal");
}

/** In a container, or on a disk of its own, it is the child of what made that. */
function signalTo(cli: ChildProcess, { setting, signal }: Kill): void {
  if (setting !== "in a container" && setting !== "full disk") return void cli.kill(signal);
  const children = fs.readFileSync(`/proc/${cli.pid}/task/${cli.pid}/children`, "utf8").trim();
  for (const pid of children.split(" ").filter(Boolean)) process.kill(Number(pid), signal);
}

async function momentReached(project: Project, kill: Kill): Promise<void> {
  if (kill.requests === 0) {
    // No event tells of a process of another; a run that fails before it has a plugin ends the race by itself.
    for (let look = 0; look < 2_000 && pluginsOf(project).length === 0; look++) await setTimeout(10);
    return;
  }
  const response = await requestNumber(project, kill.requests);
  if (kill.moment === "answered") await once(response, "finish");
}

function running(project: Project): number {
  return project.sandbox.store.all().filter(({ status }) => status === "running").length;
}
