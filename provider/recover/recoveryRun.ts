import * as fs from "node:fs";
import { formerApiKeyOf } from "../apiKey";
import { backendOf, journalFolder } from "../backend";
import { leftRuns } from "../journal/leftRuns";
import { readRuns, type RunFile } from "../journal/runFile";
import { isOf, stackIdentity, type StackIdentity } from "../journal/stackIdentity";
import type { Connection } from "../mailmodo/transport";
import { connection, keySources, type ConfigReader } from "../settings";
import type { Deployment } from "./deployment";
import { finishNotes, leftCalls, type LeftCalls } from "./leftCalls";
import { freeLocks } from "./lock";
import { OtherStacks } from "./otherStacks";
import { RecordedIndex } from "./recordedIndex";
import type { Recovery, RecoverOptions } from "./recover";
import { Settlement } from "./settlement";
import { Stack } from "./stack";
import { outliveSurvivors } from "./survivors";
import { count } from "./words";

/** One recovery of one stack. */
export class RecoveryRun {
  private pending = 0;

  private constructor(
    private readonly stack: Stack,
    private readonly state: Deployment,
    private readonly left: LeftCalls,
    private readonly settlement: Settlement,
    private readonly lockFreed: boolean,
    private readonly log: (line: string) => void,
  ) {}

  /** Frees the lock of a dead run, waits for what it left behind, and reads what there is. */
  static async prepare(options: RecoverOptions): Promise<RecoveryRun> {
    const { stack: name, lockDeadAfterMs, runIsOver, log = console.log, env = process.env } = options;
    const cwd = projectFolder(options.cwd ?? process.cwd());
    const stack = new Stack(name, cwd, env, options.configFile);
    if (await stack.mendAttributes()) log("Removed an empty attributes file left by the killed run.");

    // Read before anything is asked of the stack: that it is there at all, too.
    const before = await stack.state();
    const secretsProvider = before.secrets_providers?.state?.url;
    const { fullName, locks } = await stack.occupancy(secretsProvider);
    const identity = stackIdentity(inFull(fullName, before), backendOf(env, cwd));
    const folder = journalFolder(env, cwd);
    const decided = { runs: runsOf(folder, identity), lockDeadAfterMs, runIsOver };
    const lockFreed = await freeLocks(locks, { stack, secretsProvider, log, ...decided });
    await outliveSurvivors(runsOf(folder, identity), cwd, log);

    const state = await stack.state();
    const config = await stack.config();
    const read: ConfigReader = { get: (key) => config[key] };
    const connect = (): Promise<Connection> => connection(read, env);
    const { apiKey } = await connect();
    const formerApiKey = () => formerApiKeyOf(keySources(read, env));
    const index = new RecordedIndex(state);
    const isRecorded = (instanceId: string) => index.entryOf({ instanceId }) !== undefined;
    const runs = await leftRuns({ folder, stack: identity, apiKey, formerApiKey });
    const left = leftCalls({ left: runs, name, isRecorded, lockDeadAfterMs, runIsOver });
    return new RecoveryRun(
      stack,
      state,
      left,
      new Settlement(index, new OtherStacks(stack), connect, log),
      lockFreed,
      log,
    );
  }

  /** Aborts what may run and is recorded nowhere, and ends what was begun to be ended. */
  async settle(): Promise<void> {
    const { settlement, state } = this;
    await settlement.settleCalls(this.left.calls);
    this.pending = await settlement.settlePending(state);
    const others = (state.pending_operations?.length ?? 0) - this.pending;
    if (this.pending > 0 && others > 0) {
      settlement.problems.push(
        `${count(others, "pending operation")} of other resources are in the state, which only you can judge. ` +
          `Then clear all of them: pulumi refresh --clear-pending-creates --stack ${this.stack.name}.`,
      );
    }
    settlement.conclude();
  }

  /** Writes the state if everything in it is settled, and after it finishes the notes. */
  async commit(): Promise<Recovery> {
    const { aborted, problems, undecided, ended, settled } = this.settlement;
    const isSettled = problems.length === 0;
    const endedCount = isSettled ? [...ended.values()].reduce((sum, emails) => sum + emails.size, 0) : 0;
    const cleared = isSettled ? this.pending : 0;
    if (cleared + endedCount > 0) {
      await this.stack.clear(ended, this.state);
      this.log(
        `Cleared ${count(cleared, "pending operation")} and took ${count(endedCount, "ended enrollment")} out of the state.`,
      );
    }
    // Last: until the state is written, the notes are needed.
    if (isSettled) finishNotes(this.left, settled);
    const { lockFreed } = this;
    return {
      aborted,
      cleared,
      ended: endedCount,
      lockFreed,
      problems: [...this.left.undecided, ...undecided, ...problems],
    };
  }
}

/** What runs of a stack have written. */
function runsOf(folder: string, stack: StackIdentity): RunFile[] {
  return readRuns(folder).runs.filter(({ header }) => header !== undefined && isOf(header.stack, stack));
}

/** A backend of the old kind leaves the project out of a stack's name; what the state records has it. */
function inFull(fullName: string, { resources = [] }: Deployment): string {
  if (fullName.split("/").length === 3) return fullName;
  const project = resources[0]?.urn.split("::")[1];
  if (project !== undefined) return `organization/${project}/${fullName}`;
  throw new Error(
    `The project of the stack ${fullName} cannot be told: its backend is of an old kind. Run: pulumi state upgrade.`,
  );
}

function projectFolder(folder: string): string {
  if (!fs.existsSync(folder)) throw new Error(`No folder ${folder}. Name the project's: --cwd <folder>.`);
  return fs.realpathSync(folder);
}
