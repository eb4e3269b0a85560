import * as fs from "node:fs";
import { spawnSync } from "node:child_process";
import * as os from "node:os";
import * as path from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import enrollmentLifecycle from "../../provider/enrollmentLifecycle";
import type { EnrollmentInputs } from "../../provider/inputs";
import { Journal } from "../../provider/journal";
import { LOADER } from "../../provider/loader";
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
export function leaveAsKilled(noted: (journal: Journal) => void): void {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-mailmodo-home-"));
  homes.push(home);
  process.env["PULUMI_HOME"] = home;
  const journal = new Journal(SANDBOX_KEY);
  noted(journal);
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  for (const name of fs.readdirSync(journal.folder)) {
    const file = path.join(journal.folder, name);
    fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace(`"pid":${process.pid}`, `"pid":${pid}`));
  }
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
