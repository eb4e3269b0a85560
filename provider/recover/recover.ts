import * as fs from "node:fs";
import { markOf } from "../addresses";
import { formerApiKeyOf } from "../apiKey";
import { atATime } from "../atATime";
import { abortJourney } from "../mailmodo/client";
import { maskAddress, RefusedError, UnconfirmedError } from "../mailmodo/errors";
import { connection, keySources } from "../settings";
import { openJournal, type Enrollment, type LostCall } from "../journal";
import { count, freeLock, isWithin, outliveSurvivors } from "./deadRun";
import { attemptsOf, entriesOf, isOurs, type Entry } from "./recorded";
import { Stack } from "./stack";

export interface RecoverOptions {
  /** The stack's name. */
  stack: string;
  /** The project's folder. Default: the current one. */
  cwd?: string;
  /** The stack's settings. Default: the stack's own, Pulumi.<stack>.yaml. */
  configFile?: string;
  /** How old, in milliseconds, the lock of another machine must be to be a dead run's. Default: it never is. */
  lockDeadAfterMs?: number;
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
  /** Enrollments that were taken out of the state. */
  readonly ended: number;
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
  const stack = new Stack(options.stack, cwd, env, options.configFile);

  if (await stack.mendAttributes()) log("Took away a file of the backend's that the kill left empty.");
  // Read before anything is asked of the stack: that it is there at all, too.
  const { secrets_providers: secrets } = await stack.state();
  const locks = await stack.locks(secrets?.state?.url);
  const lockFreed = await freeLock(stack, locks, log, options.lockDeadAfterMs);
  await outliveSurvivors(cwd, log);

  const state = await stack.state();
  const config = await stack.config();
  const read = { get: (name: string) => config[name] };
  const { apiKey } = await connection(read, env);
  const isHere = (folder: string) => isWithin(cwd, folder);
  const journal = await openJournal(apiKey, env["PULUMI_HOME"], isHere, () => formerApiKeyOf(keySources(read, env)));
  const entries = (state.resources ?? []).flatMap(entriesOf);
  const byInstance = new Map(entries.map((entry) => [entry.instanceId, entry]));
  const byMark = new Map<string, Entry[]>();
  for (const entry of entries) {
    const mark = markOf(entry);
    byMark.set(mark, [...(byMark.get(mark) ?? []), entry]);
  }
  const problems: string[] = [];
  const over = new Map<string, Set<string>>();
  let aborted = 0;
  let nothingLeft = 0;

  /**
   * Whether the enrollment surely does not run any more.
   *
   * @param isNeeded Whether anything depends on it. An abort of an instance that was taken out of the state since, by hand,
   *   may fail for ever.
   */
  const abort = async (enrollment: Enrollment, isNeeded = true): Promise<boolean> => {
    const { journeyId, email, instanceId, abortReason: reason } = enrollment;
    try {
      const words = await abortJourney(await connection(read, env), { journeyId, email, instanceId, reason });
      if (words === undefined) log(`Aborted ${describe(enrollment)}.`);
      else nothingLeft += 1;
      aborted += 1;
      return true;
    } catch (error) {
      const isPassing = error instanceof UnconfirmedError;
      if (isNeeded || !(isPassing || error instanceof RefusedError)) {
        problems.push((error as Error).message);
        return false;
      }
      log(
        `${error.message} No stack records it, so ${isPassing ? "the next recover tries again" : "it is left at that"}.`,
      );
      return !isPassing;
    }
  };

  const isOver = ({ urn, email }: Entry) => over.get(urn)?.has(email) === true;
  /** Whether the state has a confirmed start of the address in the journey, beside one that is over. */
  const isRunning = (enrollment: Enrollment, but?: Entry) =>
    byMark
      .get(markOf(enrollment))
      ?.some((entry) => entry.instanceId !== undefined && entry.instanceId !== but?.instanceId && !isOver(entry)) ===
    true;

  /** Whether a start that is recorded nowhere surely does not run any more. */
  const abortStart = async (start: Enrollment, ended?: Entry): Promise<boolean> => {
    if (start.instanceId !== undefined || !isRunning(start, ended)) return abort(start);
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

  const end = ({ urn, email }: Entry) => void over.set(urn, (over.get(urn) ?? new Set()).add(email));

  let elsewhere: Promise<Set<string>> | undefined;
  /** Whether another stack of the project records the instance: then it is no loss, wherever the plugin died. */
  const isElsewhere = async (instanceId: string) => (await (elsewhere ??= instancesOf(stack.others()))).has(instanceId);

  const settled: LostCall[] = [];
  const seeTo = async (lost: LostCall) => {
    const { call, instanceId, confirmed } = lost;
    const entry = instanceId === undefined ? undefined : byInstance.get(instanceId);
    let isOther = false;
    try {
      isOther = instanceId !== undefined && entry === undefined && (await isElsewhere(instanceId));
    } catch (error) {
      // As with a passphrase of its own. An abort may then be the other's, and a start must not be ended if it is.
      const what = `${(error as Error).message} So ${describe(lost)} was left alone: whether another stack records it is not known.`;
      if (call === "abort") log(what);
      else problems.push(what);
      return;
    }
    if (isOther && call === "abort") return; // The other stack's own recover sees to it.
    // An abort by address was before whatever is recorded as started since.
    const isDone = call === "abort" ? confirmed || (instanceId === undefined && isRunning(lost)) : (entry ?? isOther);
    const isNeeded = instanceId === undefined || entry !== undefined;
    if (isDone || (await (call === "start" ? abortStart(lost) : abort(lost, isNeeded)))) {
      settled.push(lost);
      if (entry !== undefined && call === "abort") end(entry);
    }
  };
  const lostHere = journal.lost().filter(({ folder }) => isHere(folder));
  // Aborts first: what they ended is then not taken for what a start left running.
  for (const kind of ["abort", "start"] as const) {
    const some = lostHere.filter(({ call }) => call === kind);
    await atATime(some, seeTo);
  }
  const settledStarts = new Set(settled.filter(({ call }) => call === "start").map(markOf));
  const unreadable = journal.unreadable().filter(isHere).length;
  if (unreadable > 0) {
    problems.push(
      `Another API key is needed to read ${count(unreadable, "lost call")}: put the key of then into MAILMODO_API_KEY and recover ` +
        `again. If Mailmodo takes it no more, look at the journey there, and delete the notes in ${journal.folder}.`,
    );
  }

  const { pending_operations: pending = [] } = state;
  const ours = pending.filter(({ resource }) => isOurs(resource));
  for (const { type, resource } of ours) {
    const recorded = state.resources?.find(
      ({ urn, pendingReplacement }) => urn === resource.urn && !pendingReplacement,
    );
    if (type === "creating" || type === "updating") {
      const attempts = attemptsOf(resource, type === "updating" ? recorded : undefined);
      await atATime(attempts, async ({ start, ended }) => {
        if (start === undefined && isOver(ended)) return;
        // A note told of the start already.
        const isToldOf = start !== undefined && settledStarts.has(markOf(start));
        const isDone = isToldOf || (await (start === undefined ? abort(ended) : abortStart(start, ended)));
        if (isDone && ended !== undefined) end(ended);
      });
    }
    if (type === "deleting") {
      await atATime(entriesOf({ ...resource, pendingReplacement: false }), async (entry) => {
        if (!isOver(entry) && (await abort(entry))) end(entry);
      });
    }
  }
  const others = pending.length - ours.length;
  if (ours.length > 0 && others > 0) {
    problems.push(
      `${count(others, "pending operation")} of other resources are in the state, which only you can judge. ` +
        `Then clear all of them: pulumi refresh --clear-pending-creates --stack ${stack.name}.`,
    );
  }
  if (nothingLeft > 0)
    log(`Nothing was left to abort for ${count(nothingLeft, "start or abort", "starts or aborts")}.`);

  const cleared = problems.length === 0 ? ours.length : 0;
  const ended = problems.length === 0 ? [...over.values()].reduce((sum, emails) => sum + emails.size, 0) : 0;
  if (cleared + ended > 0) {
    await stack.clear(over, state);
    log(
      `Cleared ${count(cleared, "pending operation")} and took ${count(ended, "ended enrollment")} out of the state.`,
    );
  }
  // Last: until the state is written, the notes are needed.
  if (problems.length === 0) for (const lost of settled) journal.forget(lost);
  return { aborted, cleared, ended, lockFreed, problems };
}

function projectFolder(folder: string): string {
  if (!fs.existsSync(folder)) throw new Error(`No folder ${folder}. Name the project's: --cwd <folder>.`);
  return fs.realpathSync(folder);
}

/** The instances that stacks record. */
async function instancesOf(stacks: Promise<readonly Stack[]>): Promise<Set<string>> {
  const instances = new Set<string>();
  for (const stack of await stacks) {
    const { resources = [] } = await stack.state();
    for (const { instanceId } of resources.flatMap(entriesOf)) if (instanceId !== undefined) instances.add(instanceId);
  }
  return instances;
}

function describe({ journeyId, email }: { journeyId: string; email: string }): string {
  return `journey ${journeyId} for ${maskAddress(email)}`;
}
