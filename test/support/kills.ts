import assert from "node:assert/strict";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import * as path from "node:path";
import { setTimeout } from "node:timers/promises";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { folderOf, processesLike } from "../../provider/processes";
import { profileOf } from "../../sandbox/profiles";
import { run } from "../../tools/workbench";
import { createProject, type Project } from "./project";

const CONTACTS = 20;

/** One run of Pulumi that is killed, and how. */
export interface Kill {
  readonly number: number;
  readonly phase: "up" | "replace" | "destroy";
  readonly victim: "cli" | "plugin";
  readonly signal: "SIGKILL" | "SIGINT" | "SIGTERM";
  /** After so many requests of the phase; 0 is as soon as there is a plugin, before the first. */
  readonly requests: number;
  /** With the last of them on its way, or answered. */
  readonly moment: "asked" | "answered";
  /** Whether the sandbox starts a second instance for an address, instead of refusing it. */
  readonly duplicatesAccepted: boolean;
  /** Whether the 20 contacts are a cohort; its replace is an update of each shard that changes every contact. */
  readonly cohort: boolean;
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
      victim: (["cli", "plugin"] as const)[Math.floor(number / 3) % 2]!,
      signal: pick(["SIGKILL", "SIGKILL", "SIGINT", "SIGTERM"] as const),
      requests: uniformInt(generator, 0, phase === "replace" ? 2 * CONTACTS : CONTACTS),
      moment: pick(["asked", "answered"] as const),
      duplicatesAccepted: pick([true, false]),
      cohort: number % 4 === 3,
    };
  });
}

export function describeKill(kill: Kill): string {
  const { phase, victim, signal, requests, moment, duplicatesAccepted, cohort } = kill;
  const other = duplicatesAccepted ? ", where Mailmodo starts duplicates" : "";
  const when = requests === 0 ? "before the first request" : `request ${requests} ${moment}`;
  return `${signal} to the ${victim} in ${phase}${cohort ? " of a cohort" : ""}, ${when}${other}`;
}

const PROGRAM = `
for (let i = 0; i < ${CONTACTS}; i++) {
  new JourneyEnrollment("qa" + i, {
    journeyId, email: stackAddress("qa" + i + "@seeds.example.com"), triggers: process.env.TRIGGER ? [process.env.TRIGGER] : [],
  });
}`;

const COHORT = `
new JourneyCohort("smoke", {
  journeyId, shards: 3,
  contacts: Array.from({ length: ${CONTACTS} }, (_, i) => ({
    email: stackAddress("qa" + i + "@seeds.example.com"), data: { round: process.env.TRIGGER ?? "0" },
  })),
});`;

/**
 * Kills a run, then does what the README's "Recovery" says: recover, up, destroy. Asserts that nobody was ever in the
 * journey twice, and that nothing runs at the end.
 */
export async function killAndRecover(kill: Kill): Promise<void> {
  const { project, close } = await createProject(kill.cohort ? COHORT : PROGRAM, {
    profile: profileOf(kill.duplicatesAccepted ? ["duplicate-accepted"] : []),
  });
  try {
    const trigger = kill.phase === "replace" ? { TRIGGER: "1" } : {};
    if (kill.phase !== "up") await project.succeed("up", "--yes", "--skip-preview");
    await killed(project, kill, trigger);

    const recover = () => recoverByCli(project);
    const first = await recover();
    assert.equal(first.code, 0, first.output);
    const second = await recover();
    assert.equal(second.stdout, "Nothing to recover in the stack test.\n", `${first.output}\n${second.output}`);

    const up = await project.pulumiWith(trigger, "up", "--yes", "--skip-preview");
    assert.equal(up.code, 0, `${first.output}\n${up.output}`);
    assert.equal(running(project), CONTACTS);
    await project.succeed("destroy", "--yes", "--skip-preview");

    assert.equal(running(project), 0);
    const doubled = project.sandbox.store.all().filter((instance) => instance.doubled);
    assert.deepEqual(doubled, [], "nobody is mailed twice");
  } finally {
    await close();
  }
}

/** Starts the run of the phase, and kills its victim at the moment. */
async function killed(project: Project, kill: Kill, env: Record<string, string>): Promise<void> {
  // Long enough that some requests are on their way at any moment.
  project.sandbox.faults.add({ kind: "delay", delayMs: 20 });
  const reached = momentReached(project, kill);
  const args = kill.phase === "destroy" ? ["destroy"] : ["up"];
  const cli = project.start(env, ...args, "--yes", "--skip-preview");
  const ended = once(cli, "exit");
  await Promise.race([reached, ended]);
  if (kill.victim === "cli") cli.kill(kill.signal);
  for (const pid of kill.victim === "plugin" ? pluginsOf(project) : []) process.kill(pid, kill.signal);
  await ended;
  project.sandbox.faults.clear();
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

/** Waits until the sandbox has been asked so often, and gives the answer that it is about to make. */
export function requestNumber(project: Project, number: number): Promise<ServerResponse> {
  let asked = 0;
  return new Promise((resolve) => {
    project.sandbox.app.server.prependListener("request", (request, response) => {
      if (request.url?.startsWith("/hooks/") && ++asked === number) resolve(response);
    });
  });
}

/** The processes that are the project's plugin. */
export function pluginsOf(project: Project): number[] {
  return processesLike("dynamic-provider")
    .map(({ pid }) => pid)
    .filter((pid) => folderOf(pid) === project.dir);
}

function running(project: Project): number {
  return project.sandbox.store.all().filter(({ status }) => status === "running").length;
}

export function recoverByCli(project: Project) {
  const bin = path.join(__dirname, "../../provider/dist/cli/main.js");
  return run(process.execPath, [bin, "recover", "--stack", "test", "--cwd", project.dir], project.dir, project.env);
}
