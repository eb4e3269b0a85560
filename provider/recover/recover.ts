import * as fs from "node:fs";
import { abortJourney } from "../mailmodo/client";
import { maskAddress } from "../mailmodo/errors";
import { connection } from "../settings";
import { Journal, type Enrollment, type LostCall } from "../journal";
import { count, freeLock, isWithin, outliveSurvivors } from "./deadRun";
import { ENROLLMENT, Stack, type Deployment, type Recorded } from "./stack";

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

  if (await stack.mendAttributes()) log("Took away a file of the backend's that the kill left empty.");
  // Read before anything is asked of the stack: that it is there at all, too.
  await stack.state();
  const lockFreed = await freeLock(stack, log);
  await outliveSurvivors(cwd, log);

  const state = await stack.state();
  const config = await stack.config();
  const read = { get: (name: string) => config[name] };
  const journal = new Journal(connection(read, env).apiKey, env["PULUMI_HOME"]);
  const problems: string[] = [];
  let aborted = 0;

  /** Whether the enrollment surely does not run any more. */
  const abort = async ({ journeyId, email, instanceId, abortReason: reason }: Enrollment): Promise<boolean> => {
    const what = describe({ journeyId, email });
    try {
      const over = await abortJourney(connection(read, env), { journeyId, email, instanceId, reason });
      log(over === undefined ? `Aborted ${what}.` : `Nothing left to abort in ${what}: "${over}"`);
      aborted += 1;
      return true;
    } catch (error) {
      problems.push((error as Error).message);
      return false;
    }
  };

  /** Whether a start that is recorded nowhere surely does not run any more. */
  const abortStart = async (start: Enrollment): Promise<boolean> => {
    if (start.instanceId !== undefined || !isRecordedAsStarted(state, start)) return abort(start);
    if (!start.allowDuplicateEmail) {
      // Mailmodo would not have started it again while the earlier one ran.
      log(`Left ${describe(start)} alone: it was started again since, and that is recorded.`);
      return true;
    }
    problems.push(
      `A start of ${describe(start)} may have happened, and another one that is recorded runs for the address: aborting ` +
        "by address would stop both. Look at the journey in Mailmodo; or run pulumi destroy, and recover again before the stack is removed.",
    );
    return false;
  };

  const settled: LostCall[] = [];
  /** The enrollments that the state still names, and that are over. */
  const over = new Set<string>();
  for (const lost of journal.lost().filter(({ folder }) => isWithin(cwd, folder))) {
    const urn = lost.instanceId && urnOf(state, lost.instanceId);
    const isElsewhere = lost.instanceId !== undefined && !urn && (await isRecordedElsewhere(lost.instanceId, stack));
    if (isElsewhere && lost.call === "abort") continue; // The other stack's own recover sees to it.
    const isRecorded = lost.call === "start" && (Boolean(urn) || isElsewhere);
    if (isRecorded || (await (lost.call === "start" ? abortStart(lost) : abort(lost)))) {
      settled.push(lost);
      if (urn && lost.call === "abort") over.add(urn);
    }
  }
  const unreadable = journal.unreadable().filter((folder) => isWithin(cwd, folder)).length;
  if (unreadable > 0) {
    problems.push(
      `Another API key is needed to read ${count(unreadable, "lost call")}: put the key of then into MAILMODO_API_KEY and recover ` +
        `again. If Mailmodo takes it no more, look at the journey there, and delete the notes in ${journal.folder}.`,
    );
  }

  const { pending_operations: pending = [] } = state;
  const ours = pending.filter(({ resource }) => resource.type === ENROLLMENT);
  for (const { type, resource } of ours) {
    // A pending update concerns what the state holds, and the next run does it again.
    if (type === "creating" && !isSettled(settled, resource)) await abortStart(enrollmentOf(resource.inputs));
    if (type === "deleting" && (await abort(enrollmentOf(resource.outputs)))) over.add(resource.urn);
  }
  const others = pending.length - ours.length;
  if (ours.length > 0 && others > 0) {
    problems.push(
      `${count(others, "pending operation")} of other resources are in the state, which only you can judge. ` +
        `Then clear all of them: pulumi refresh --clear-pending-creates --stack ${stack.name}.`,
    );
  }

  const cleared = problems.length === 0 ? ours.length : 0;
  if (problems.length === 0 && ours.length + over.size > 0) {
    await stack.clear(over, state);
    log(
      `Cleared ${count(cleared, "pending operation")} and took ${count(over.size, "ended enrollment")} out of the state.`,
    );
  }
  // Last: until the state is written, the notes are needed.
  if (problems.length === 0) for (const lost of settled) journal.forget(lost);
  return { aborted, cleared, lockFreed, problems };
}

function projectFolder(folder: string): string {
  if (!fs.existsSync(folder)) throw new Error(`No folder ${folder}. Name the project's: --cwd <folder>.`);
  return fs.realpathSync(folder);
}

function enrollmentOf(properties: Record<string, unknown> = {}): Enrollment {
  const { journeyId, email, abortReason, allowDuplicateEmail, instanceId } = properties;
  return {
    journeyId: String(journeyId),
    email: String(email),
    abortReason: String(abortReason),
    allowDuplicateEmail: allowDuplicateEmail === true,
    ...(typeof instanceId === "string" ? { instanceId } : {}),
  };
}

/** Whether a pending create is the start of which a note told already. */
function isSettled(settled: readonly LostCall[], { inputs }: Recorded): boolean {
  const { journeyId, email } = enrollmentOf(inputs);
  return settled.some((lost) => lost.call === "start" && lost.journeyId === journeyId && lost.email === email);
}

/** Whether the state has a confirmed start of the same address in the same journey. */
function isRecordedAsStarted(state: Deployment, { journeyId, email }: Enrollment): boolean {
  return enrollments(state)
    .map(({ outputs }) => enrollmentOf(outputs))
    .some(
      (other) =>
        other.instanceId !== undefined &&
        other.journeyId === journeyId &&
        other.email.toLowerCase() === email.toLowerCase(),
    );
}

/** Whether another stack of the project records the instance: then it is no loss, wherever the plugin died. */
async function isRecordedElsewhere(instanceId: string, stack: Stack): Promise<boolean> {
  for (const other of await stack.others()) if (urnOf(await other.state(), instanceId) !== undefined) return true;
  return false;
}

function urnOf(state: Deployment, instanceId: string): string | undefined {
  return enrollments(state).find(({ outputs }) => outputs?.["instanceId"] === instanceId)?.urn;
}

/** The old half of a replacement was aborted before the new one was started. */
function enrollments({ resources = [] }: Deployment): Recorded[] {
  return resources.filter(({ type, pendingReplacement }) => type === ENROLLMENT && pendingReplacement !== true);
}

function describe({ journeyId, email }: { journeyId: string; email: string }): string {
  return `journey ${journeyId} for ${maskAddress(email)}`;
}
