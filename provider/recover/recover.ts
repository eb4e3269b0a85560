import * as fs from "node:fs";
import { abortJourney } from "../mailmodo/client";
import { maskAddress } from "../mailmodo/errors";
import { connection } from "../settings";
import { Journal, type Enrollment } from "../journal";
import { count, freeLock, isWithin, outliveSurvivors } from "./deadRun";
import { Stack, type Deployment, type Recorded } from "./stack";

export interface RecoverOptions {
  /** The stack's name. */
  stack: string;
  /** The project's folder. Default: the current one. */
  cwd?: string;
  /** Takes what is done, a line at a time. Default: console.log. */
  log?: (line: string) => void;
  /** Where the CLI, the key and Pulumi's settings come from. Default: the process's. */
  env?: NodeJS.ProcessEnv;
}

/** What was done, and what was not. */
export interface Recovery {
  /** Enrollments that ran or may have run, and surely do not any more. */
  readonly aborted: number;
  /** Pending operations that were taken out of the state. */
  readonly cleared: number;
  readonly lockFreed: boolean;
  /** What a person must see to, one line each. The next call tries again. */
  readonly problems: readonly string[];
}

const TYPE = "pulumi-nodejs:dynamic/mailmodo:JourneyEnrollment";

/**
 * Mends a stack after a run of Pulumi was killed: waits for what the run left behind, frees its lock, aborts each start
 * that may have happened and is recorded nowhere, ends each abort that was begun and takes its enrollment out of the
 * state, and clears the pending operations. A second call does nothing.
 *
 * @throws {Error} The stack is locked by a run that may be alive, or the CLI fails. The message is one line.
 */
export async function recover(options: RecoverOptions): Promise<Recovery> {
  const env = options.env ?? process.env;
  const cwd = projectFolder(options.cwd ?? process.cwd());
  const log = options.log ?? console.log;
  const stack = new Stack(options.stack, cwd, env);

  const lockFreed = await freeLock(stack, log);
  await outliveSurvivors(cwd, log);

  const state = await stack.state();
  const config = await stack.config();
  const to = connection({ get: (name) => config[name] }, env);
  const journal = new Journal(to.apiKey, env["PULUMI_HOME"]);

  const pending = (state.pending_operations ?? []).filter(({ resource }) => resource.type === TYPE);
  const problems: string[] = [];
  let aborted = 0;

  /** Whether the enrollment surely does not run any more. */
  const abort = async (enrollment: Enrollment): Promise<boolean> => {
    const { journeyId, email, instanceId, abortReason: reason, allowDuplicateEmail } = enrollment;
    const what = `journey ${journeyId} for ${maskAddress(email)}`;
    if (instanceId === undefined && allowDuplicateEmail && isRecordedAsStarted(state, enrollment)) {
      problems.push(
        `A start of ${what} may have happened, and another one that is recorded runs for the address: aborting by address ` +
          "would stop both. Look at the journey in Mailmodo, or run pulumi destroy.",
      );
      return false;
    }
    try {
      const over = await abortJourney(to, { journeyId, email, instanceId, reason });
      log(over === undefined ? `Aborted ${what}.` : `Nothing left to abort in ${what}: "${over}"`);
      aborted += 1;
      return true;
    } catch (error) {
      problems.push((error as Error).message);
      return false;
    }
  };

  /** What the state still names, and is over. */
  const over = new Set<string>();
  for (const lost of journal.lost().filter(({ folder }) => isWithin(cwd, folder))) {
    const { call, instanceId } = lost;
    if (call === "start" && instanceId !== undefined && (await isRecorded(instanceId, state, stack))) {
      journal.forget(lost);
    } else if (await abort(lost)) {
      journal.forget(lost);
      if (instanceId !== undefined && has(state, instanceId)) over.add(instanceId);
    }
  }

  const cleared = new Set<string>();
  for (const { type, resource } of pending) {
    // A pending update concerns what the state holds, and the next run does it again.
    const isOpen = type === "creating" || type === "deleting";
    if (isOpen && !(await abort(enrollmentOf(resource, type)))) continue;
    cleared.add(resource.urn);
    if (type === "deleting") over.add(String(resource.outputs?.["instanceId"]));
  }
  if (cleared.size + over.size > 0) {
    await stack.remove(cleared, over);
    log(
      `Cleared ${count(cleared.size, "pending operation")} and took ${count(over.size, "ended enrollment")} out of the state.`,
    );
  }
  return { aborted, cleared: cleared.size, lockFreed, problems };
}

function projectFolder(folder: string): string {
  if (!fs.existsSync(folder)) throw new Error(`No folder ${folder}. Name the project's: --cwd <folder>.`);
  return fs.realpathSync(folder);
}

function enrollmentOf({ inputs = {}, outputs = {} }: Recorded, type: "creating" | "deleting"): Enrollment {
  const { journeyId, email, abortReason, allowDuplicateEmail, instanceId } = type === "creating" ? inputs : outputs;
  return {
    journeyId: String(journeyId),
    email: String(email),
    abortReason: String(abortReason),
    allowDuplicateEmail: allowDuplicateEmail === true,
    ...(typeof instanceId === "string" ? { instanceId } : {}),
  };
}

/** Whether the state has a confirmed start of the same address in the same journey. */
function isRecordedAsStarted(state: Deployment, { journeyId, email }: Enrollment): boolean {
  return enrollments(state).some(
    (outputs) =>
      outputs["instanceId"] !== undefined &&
      outputs["journeyId"] === journeyId &&
      String(outputs["email"]).toLowerCase() === email.toLowerCase(),
  );
}

/** Whether a stack of the project records the instance: then it is no loss, wherever the plugin died. */
async function isRecorded(instanceId: string, state: Deployment, stack: Stack): Promise<boolean> {
  if (has(state, instanceId)) return true;
  for (const other of await stack.others()) if (has(await other.state(), instanceId)) return true;
  return false;
}

function has(state: Deployment, instanceId: string): boolean {
  return enrollments(state).some((outputs) => outputs["instanceId"] === instanceId);
}

function enrollments({ resources = [] }: Deployment): Record<string, unknown>[] {
  return resources.filter(({ type }) => type === TYPE).map(({ outputs = {} }) => outputs);
}
