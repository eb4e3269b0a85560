import * as fs from "node:fs";
import * as path from "node:path";
import { formerApiKeyOf } from "../../settings/apiKey";
import { backendOf, journalFolder } from "../../pulumi/backend";
import { readOtherRuns } from "../../journal/otherRuns";
import { stackIdentity, type StackIdentity } from "../../journal/stackIdentity";
import { Deadline } from "../../mailmodo/deadline";
import { RateLimit } from "../../mailmodo/rateLimit";
import type { Connection } from "../../mailmodo/transport";
import { keySources, readSettings, type ConfigReader } from "../../settings/settings";
import { Aborts } from "./aborts";
import { hasPendingUpdates, type Deployment } from "../../pulumi/deployment";
import { finishNotes, leftoverCalls, type LeftoverCalls } from "./leftoverCalls";
import { assertUnlocked, holderOf, freeLocks, notedSince } from "./lock";
import { heldLocks } from "../../pulumi/heldLocks";
import { ownSettings, readProject } from "../../pulumi/project";
import { TAGS } from "../previews/preview";
import { OtherStacks } from "../../pulumi/otherStacks";
import { CurrentRuns, runsOf } from "./currentRuns";
import { RecordedIndex } from "../../pulumi/recordedIndex";
import type { Recovery, RecoverOptions } from "./recoverOptions";
import { sentAtLatest } from "./sentAtLatest";
import { Settlement } from "./settlement";
import { Stack } from "../../pulumi/stack";
import { waitForSurvivors } from "./survivors";
import { atMostEvery } from "../../async/atMostEvery";
import { count } from "../../text/wording";

/** One recovery of one stack. */
export class RecoveryRun {
  private pending = 0;

  private constructor(
    private readonly unlocked: UnlockedStack,
    private readonly state: Deployment,
    private readonly leftover: LeftoverCalls,
    private readonly aborts: Aborts,
    private readonly settlement: Settlement,
  ) {}

  /** Frees the lock of a dead run, waits for what the run left behind, and reads the state and the journal. */
  static async prepare(options: RecoverOptions): Promise<RecoveryRun> {
    const unlocked = await unlock(options);
    const { stack, config, identity, folder, env, log } = unlocked;
    const state = await stack.state();
    // A run may have begun elsewhere while this one waited for survivors. Then the state is that run's, not a dead one's.
    const secretsProvider = state.secrets_providers?.state?.url;
    assertUnlocked(stack.name, await heldLocks(stack, secretsProvider), runsOf(folder, identity));
    const seenAt = performance.now();
    const read: ConfigReader = { get: (key) => config[key] };
    const { apiKey, requestsPerSecond, slowDownTimeoutMs, ...settings } = await readSettings(read, env);
    const pace = new RateLimit(requestsPerSecond);
    const limits = () => ({ pace, deadline: new Deadline(slowDownTimeoutMs) });
    const connect = (): Connection => ({ ...settings, ...limits(), apiKey, log, reasonToHold: async () => undefined });
    const formerApiKey = () => formerApiKeyOf(keySources(read, env));

    const index = new RecordedIndex(state);
    const currentRuns = new CurrentRuns(folder, identity);
    const leftover = await leftoverCalls({
      ...options,
      runs: await readOtherRuns({ folder, stack: identity, apiKey, formerApiKey }),
      name: stack.name,
      namesOfStacks: async () => (await stack.siblings()).names,
      isRecorded: (instanceId) => index.entryOf({ instanceId }) !== undefined,
    });
    const reasonToStop = async () => {
      const [lock] = await heldLocks(stack, secretsProvider);
      if (lock !== undefined)
        return `the stack ${stack.name} is locked by ${holderOf(lock)}. Wait for that run, then recover again`;
      const hasChanged = await stack.hasChangedSince(state);
      return hasChanged ? "the state of the stack has changed since; recover again" : undefined;
    };
    const otherStacks = new OtherStacks(async () => (await stack.siblings()).others, LOOK_AGAIN_MS);
    const aborts = new Aborts(otherStacks, currentRuns, connect, log, atMostEvery(LOOK_AGAIN_MS, reasonToStop));
    // A note that cannot be read may be of a start that is later.
    const latest = sentAtLatest(seenAt, leftover.areComplete ? unlocked.notedSince : undefined);
    const settlement = new Settlement(index, aborts, currentRuns, latest, log, {
      areNotesComplete: leftover.areComplete,
      hasPendingUpdates: hasPendingUpdates(state),
      nothingElseRuns: options.nothingElseRuns === true,
      lateEffectMs: settings.lateEffectMs,
    });
    return new RecoveryRun(unlocked, state, leftover, aborts, settlement);
  }

  /** Aborts what may run and is recorded nowhere, and completes the aborts that were begun. */
  async settle(): Promise<void> {
    this.pending = await this.settlement.settle(this.leftover.calls, this.state);
    const others = (this.state.pending_operations?.length ?? 0) - this.pending;
    // Writing the state drops every pending operation.
    if (others > 0 && this.pending + this.settlement.ended.size > 0) {
      this.aborts.problems.push(
        `The state has ${count(others, "pending operation")} of other resources, which only you can judge. ` +
          `Once you have, clear all of them: pulumi refresh --clear-pending-creates --stack ${this.unlocked.stack.name}.`,
      );
    }
    this.aborts.logAlreadyEnded();
  }

  /** Writes the state if everything in it is settled, then finishes the notes. */
  async commit(): Promise<Recovery> {
    const { stack, lockFreed, log } = this.unlocked;
    const { aborted, problems, undecided } = this.aborts;
    // A note and a pending operation may be of one start.
    const all = [...new Set([...this.leftover.undecided, ...undecided, ...problems])];
    const { ended, settled } = this.settlement;
    if (problems.length > 0) {
      // A start that is settled affects no state. The next recover need not abort it again.
      const starts = settled.filter(({ kind }) => kind === "start");
      finishNotes(this.leftover, starts);
      return { aborted, cleared: 0, ended: 0, lockFreed, problems: all };
    }

    const endedCount = [...ended.values()].reduce((sum, emails) => sum + emails.size, 0);
    if (this.pending + endedCount > 0) {
      await stack.clear(ended, this.state);
      log(
        `Cleared ${count(this.pending, "pending operation")} and removed ${count(endedCount, "ended enrollment")} from the state.`,
      );
    }
    // Last, because the notes are needed until the state is written.
    finishNotes(this.leftover, settled);
    return { aborted, cleared: this.pending, ended: endedCount, lockFreed, problems: all };
  }
}

/** Reading the other stacks starts the CLI for each, so a recovery of many contacts must not do it for each request. */
const LOOK_AGAIN_MS = 5_000;

/** A stack that no run has locked, and for which no plugin of a dead run can still send anything. */
interface UnlockedStack {
  readonly stack: Stack;
  readonly config: Readonly<Record<string, string>>;
  readonly identity: StackIdentity;
  /** The journal's folder. */
  readonly folder: string;
  readonly lockFreed: boolean;
  /** Since when each start has a note in that folder, in milliseconds since 1970. Undefined if that is not known. */
  readonly notedSince: number | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly log: (line: string) => void;
}

async function unlock(options: RecoverOptions): Promise<UnlockedStack> {
  const { log = console.log, env = process.env } = options;
  const cwd = projectFolder(options.cwd ?? process.cwd());
  const configFile = options.configFile && path.resolve(options.configFile);
  const stack = new Stack(options.stack, cwd, env, configFile);
  if (await stack.repairAttributes()) log("Removed an empty attributes file left by the killed run.");

  // First, because this also checks that the stack exists.
  const state = await stack.state();
  const secretsProvider = state.secrets_providers?.state?.url;
  const { fullName, locks } = await stack.occupancy(secretsProvider);
  const url = await stack.backendUrl();
  const identity = stackIdentity(withProject(fullName, state), backendOf({ env, folder: cwd, askCli: () => url }));
  const folder = journalFolder({ env, folder: cwd });
  const config = await configOf(stack, options.configFile !== undefined);
  const runs = runsOf(folder, identity);
  const lockFreed = await freeLocks(locks, { ...options, stack, secretsProvider, runs, log });
  await waitForSurvivors(runsOf(folder, identity), cwd, log);
  return { stack, config, identity, folder, lockFreed, notedSince: notedSince(locks, runs), env, log };
}

/**
 * The stack's config. With the wrong settings, another Mailmodo would be asked to abort, and would know nothing of what
 * runs.
 */
async function configOf(stack: Stack, isNamed: boolean): Promise<Record<string, string>> {
  const name = stack.name.split("/").at(-1)!;
  const isOwn = isNamed || ownSettings(readProject(stack.cwd), name) !== undefined;
  if (!isOwn && TAGS.created in (await stack.tags()))
    throw new Error(
      `The stack ${name} is a preview, whose settings recover does not know. Run pulumi-mailmodo previews up --name ${name}, or ` +
        "previews down: both recover it first.",
    );
  const config = await stack.config();
  if (config["mailmodo:allowedRecipients"] !== undefined) return config;
  throw new Error(
    `The config of the stack ${name} has no mailmodo:allowedRecipients, so it is not the one that the stack enrolled with. Name its ` +
      "settings file (--config-file <file>), or set mailmodo:allowedRecipients.",
  );
}

/** An old kind of backend leaves the project out of a stack's full name. The URNs in the state contain it. */
function withProject(fullName: string, { resources = [] }: Deployment): string {
  if (fullName.split("/").length === 3) return fullName;
  const project = resources[0]?.urn.split("::")[1];
  if (project !== undefined) return `organization/${project}/${fullName}`;
  throw new Error(
    `The project of the stack ${fullName} cannot be determined: its backend is of an old kind. Run: pulumi state upgrade.`,
  );
}

function projectFolder(folder: string): string {
  if (!fs.existsSync(folder))
    throw new Error(`The folder ${folder} does not exist. Name the project's folder: --cwd <folder>.`);
  return fs.realpathSync(folder);
}
