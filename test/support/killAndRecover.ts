import assert from "node:assert/strict";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { profileOf } from "mailmodo-sandbox";
import type { Run } from "../../tools/workbench";
import { neighborOf } from "./killNeighbor";
import { CONTACTS, type Kill } from "./kills";
import { keepJournal, signalTo, startIn } from "./killSettings";
import { moveProgram } from "./moveProgram";
import { pluginsOf } from "./pluginsOf";
import { createProject, type Project } from "./project";
import { DESTROY, UP } from "./pulumiArgs";
import { recoverByCli } from "./recoverByCli";
import { requestNumber } from "./requestNumber";

/** How many contacts are resources. */
const RESOURCES = 5;

/** Contacts, whose values and list change with the trigger. */
const CONTACT_RESOURCES = `
const contacts = [...Array(${RESOURCES}).keys()].map((i) => new Contact("contact" + i, {
  email: stackAddress((process.env.BASE ?? "qa") + "-contact" + i + "@seeds.example.com"),
  list: process.env.TRIGGER ? "Others" : "Seeds", data: { round: process.env.TRIGGER ?? "0" },
}));`;

/** The first few are enrolled by their resources. */
const PROGRAM = `${CONTACT_RESOURCES}
for (let i = 0; i < ${CONTACTS}; i++) {
  new JourneyEnrollment("qa" + i, {
    journeyId, archiveContact: i >= ${RESOURCES} && process.env.ARCHIVES === "yes",
    email: contacts[i]?.email ?? stackAddress((process.env.BASE ?? "qa") + i + "@seeds.example.com"),
    triggers: process.env.TRIGGER ? [process.env.TRIGGER] : [],
  });
}`;

const COHORT = `${CONTACT_RESOURCES}
new JourneyCohort("smoke", {
  journeyId, shards: 3, archiveContact: process.env.ARCHIVES === "yes",
  contacts: Array.from({ length: ${CONTACTS} }, (_, i) => ({
    email: stackAddress((process.env.BASE ?? "qa") + i + "@seeds.example.com"), data: { round: process.env.TRIGGER ?? "0" },
  })),
});`;

/**
 * Kills a run, then does what docs/recovery.md says: recover, up, destroy. Asserts that nobody was ever in the
 * journey twice, that each contact is then as the program has it, that nothing runs at the end, that no contact is left
 * then that is to be archived, and that nothing else was touched.
 */
export async function killAndRecover(kill: Kill): Promise<void> {
  const { project, close } = await createProject(kill.cohort ? COHORT : PROGRAM, {
    profile: profileOf(kill.duplicatesAccepted ? ["duplicate-accepted"] : []),
  });
  try {
    project.env["ARCHIVES"] = kill.archives ? "yes" : "no";
    if (kill.setting === "main outside") moveProgram(project);
    const trigger = kill.phase === "replace" ? { TRIGGER: "1" } : {};
    const neighbor = await neighborOf(project, kill);
    if (kill.phase !== "up") await project.succeed(...UP);
    await killed(project, kill, trigger);
    await neighbor.goOn();

    const first = await recoverKilled(project);
    assert.equal(first.code, 0, first.output);
    const second = await recoverByCli(project);
    assert.equal(second.stdout, "Nothing to recover in the stack test.\n", `${first.output}\n${second.output}`);

    const up = await project.pulumiWith(trigger, ...UP);
    assert.equal(up.code, 0, `${first.output}\n${up.output}`);
    assert.equal(project.sandbox.running().length, CONTACTS + neighbor.size);
    checkContacts(project, kill);
    await project.succeed(...DESTROY);

    assert.equal(project.sandbox.running().length, neighbor.size);
    const doubled = project.sandbox.store.all().filter((instance) => instance.doubled);
    assert.deepEqual(doubled, [], "nobody is enrolled twice");
    const left = ownContacts(project).filter(({ archived }) => !archived).length;
    const enrolledOnly = kill.cohort ? CONTACTS : CONTACTS - RESOURCES;
    assert.equal(left, kill.archives ? 0 : enrolledOnly, "the stack's contacts that are not archived");
    neighbor.check();
  } finally {
    await close();
  }
}

function checkContacts(project: Project, { phase }: Kill): void {
  const contacts = ownContacts(project).filter(({ email }) => email.includes("-contact"));
  const [list, round] = phase === "replace" ? ["Others", "1"] : ["Seeds", "0"];
  assert.deepEqual(
    contacts.map(({ lists, data, archived }) => ({ lists, data, archived })),
    Array(RESOURCES).fill({ lists: [list], data: { round }, archived: false }),
    "each contact is as the program has it",
  );
}

function ownContacts({ sandbox }: Project) {
  return sandbox.contacts().filter(({ email }) => !email.startsWith("neighbor"));
}

/** In a container nothing proves a run dead that was killed before it noted anything: recover says so, and what to do. */
async function recoverKilled(project: Project): Promise<Run> {
  const first = await recoverByCli(project);
  return /--run-is-over/.test(first.output) ? recoverByCli(project, "--run-is-over") : first;
}

/** Starts the run of the phase, and kills its victim at the moment. */
async function killed(project: Project, kill: Kill, env: Record<string, string>): Promise<void> {
  // Long enough that some requests are on their way at any moment.
  project.sandbox.faults.add({ kind: "delay", delayMs: 20 });
  const reached = momentReached(project, kill);
  const cli = startIn(project, kill, env, kill.phase === "destroy" ? DESTROY : UP);
  const ended = once(cli, "exit");
  await Promise.race([reached, ended]);
  const plugins = kill.victim === "cli" ? [] : pluginsOf(project);
  if (kill.victim !== "plugin") signalTo(cli, kill);
  for (const pid of plugins) process.kill(pid, kill.signal);
  await ended;
  keepJournal(project);
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
