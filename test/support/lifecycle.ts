import * as fs from "node:fs";
import { spawnSync } from "node:child_process";
import * as os from "node:os";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { backendOf, journalFolder } from "../../provider/pulumi/backend";
import enrollmentLifecycle from "../../provider/plugin/enrollmentLifecycle";
import type { EnrollmentInputs } from "../../provider/model/inputs";
import { Journal } from "../../provider/journal/journal";
import { readOtherRuns } from "../../provider/journal/otherRuns";
import { OwnNotes } from "../../provider/journal/ownNotes";
import type { RunHeader } from "../../provider/journal/runFile";
import { stackIdentity, type StackIdentity } from "../../provider/journal/stackIdentity";
import { LOADER } from "../../provider/model/loader";
import { identify, isSameProcess, type ProcessIdentity } from "../../provider/processes/processIdentity";
import { SANDBOX_KEY } from "../../sandbox/server";

export const inputs: EnrollmentInputs = {
  journeyId: "6f1c2d3e-4a5b-4c6d-8e7f-90a1b2c3d4e5",
  email: "qa@seeds.example.com",
  data: { firstName: "Ada" },
  allowDuplicateEmail: false,
  abortReason: "preview closed",
  __provider: LOADER,
};

/** Configures a lifecycle as the plugin does: with the whole stack config. */
export async function configure(
  values: Record<string, string | undefined>,
  lifecycle: Pick<typeof enrollmentLifecycle, "configure"> = enrollmentLifecycle,
): Promise<void> {
  const config = { get: (name: string) => values[name] } as pulumi.dynamic.Config;
  await lifecycle.configure({ config });
}

/**
 * A stack config, with some of it changed. The limit is another each time, so that nothing of it is remembered from a test
 * whose clock was another one.
 */
export function settings(baseUrl: string, others: Record<string, string | undefined> = {}) {
  return {
    "mailmodo:apiKey": SANDBOX_KEY,
    "mailmodo:baseUrl": baseUrl,
    "mailmodo:allowedRecipients": '["*@seeds.example.com"]',
    "mailmodo:requestTimeoutSeconds": "0.5",
    "mailmodo:requestsPerSecond": String(1_000 + limits++),
    ...others,
  };
}

let limits = 0;

const homes: string[] = [];
process.once("exit", () => homes.forEach((home) => fs.rmSync(home, { recursive: true, force: true })));

/** Lets a journal be as a killed plugin left it. For this process it is the only one from now on. */
export async function leaveAsKilled(noted: (journal: Journal) => Promise<unknown>): Promise<void> {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-mailmodo-home-"));
  homes.push(home);
  process.env["PULUMI_HOME"] = home;
  const here = { env: process.env, folder: process.cwd(), askCli: () => undefined };
  const stack = stackIdentity(undefined, backendOf(here), pulumi.getProject());
  const journal = await openJournal({ folder: journalFolder(here), stack });
  await noted(journal);
  writeAs(journal.folder, deadProcess());
}

/** Opens the journal of a run that is this process's. */
export async function openJournal({
  folder,
  stack,
  apiKey = SANDBOX_KEY,
  formerApiKey = async () => undefined,
}: {
  folder: string;
  stack: StackIdentity;
  apiKey?: string;
  formerApiKey?: () => Promise<string | undefined>;
}): Promise<Journal> {
  const left = await readOtherRuns({ folder, stack, apiKey, formerApiKey });
  return new Journal(new OwnNotes(folder, { stack, plugin: identify()!, since: Date.now() }), left);
}

/** Makes the notes of this process look like those of another. */
export function writeAs(folder: string, plugin: ProcessIdentity): void {
  for (const name of fs.readdirSync(folder)) {
    const file = path.join(folder, name);
    const [first = "", ...notes] = fs.readFileSync(file, "utf8").split("\n");
    const header = JSON.parse(first) as RunHeader;
    if (!isSameProcess(header.plugin)) continue;
    fs.writeFileSync(file, [JSON.stringify({ ...header, plugin }), ...notes].join("\n"));
  }
}

/** A process of this machine that has ended. */
export function deadProcess(): ProcessIdentity {
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  return { ...identify()!, pid };
}

/** Runs something and gives the lines that it printed. */
export async function printed(something: () => Promise<unknown>): Promise<string[]> {
  const lines: string[] = [];
  const log = console.log;
  console.log = (line: string) => lines.push(line);
  try {
    await something();
  } finally {
    console.log = log;
  }
  return lines;
}
