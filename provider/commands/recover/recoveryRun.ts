import * as fs from "node:fs";
import { formerApiKeyOf } from "../../settings/apiKey";
import { backendOf, journalFolder } from "../../pulumi/backend";
import { leftRuns } from "../../journal/leftRuns";
import { stackIdentity, type StackIdentity } from "../../journal/stackIdentity";
import { Deadline } from "../../mailmodo/deadline";
import { RateLimit } from "../../mailmodo/rateLimit";
import type { Connection } from "../../mailmodo/transport";
import { keySources, readSettings, type ConfigReader } from "../../settings/settings";
import { Aborts } from "./aborts";
import type { Deployment } from "../../pulumi/deployment";
import { finishNotes, leftCalls, type LeftCalls } from "./leftCalls";
import { freeLocks } from "./lock";
import { OtherStacks } from "../../pulumi/otherStacks";
import { Present, runsOf } from "./present";
import { RecordedIndex } from "../../pulumi/recordedIndex";
import type { Recovery, RecoverOptions } from "./recovery";
import { Settlement } from "./settlement";
import { Stack } from "../../pulumi/stack";
import { outliveSurvivors } from "./survivors";
import { count } from "../../text/describe";

/** One recovery of one stack. */
export class RecoveryRun {
  private readonly settlement: Settlement;
  private pending = 0;

  private constructor(
    private readonly unlocked: UnlockedStack,
    private readonly state: Deployment,
    private readonly left: LeftCalls,
    private readonly aborts: Aborts,
    index: RecordedIndex,
    present: Present,
  ) {
    this.settlement = new Settlement(index, aborts, present, unlocked.log);
  }

  /** Frees the lock of a dead run, waits for what it left behind, and reads what there is. */
  static async prepare(options: RecoverOptions): Promise<RecoveryRun> {
    const unlocked = await unlock(options);
    const { stack, identity, folder, env, log } = unlocked;
    const state = await stack.state();
    const config = await stack.config();
    const read: ConfigReader = { get: (key) => config[key] };
    const { apiKey, requestsPerSecond, ...settings } = await readSettings(read, env);
    const pace = new RateLimit(requestsPerSecond);
    const connect = (): Connection => {
      return { ...settings, apiKey, pace, deadline: new Deadline(), objection: async () => undefined };
    };
    const formerApiKey = () => formerApiKeyOf(keySources(read, env));

    const index = new RecordedIndex(state);
    const present = new Present(folder, identity);
    const left = await leftCalls({
      ...options,
      left: await leftRuns({ folder, stack: identity, apiKey, formerApiKey }),
      name: stack.name,
      namesOfStacks: () => stack.names(),
      isRecorded: (instanceId) => index.entryOf({ instanceId }) !== undefined,
    });
    const aborts = new Aborts(new OtherStacks(stack), present, connect, log);
    return new RecoveryRun(unlocked, state, left, aborts, index, present);
  }

  /** Aborts what may run and is recorded nowhere, and ends what was begun to be ended. */
  async settle(): Promise<void> {
    await this.settlement.settleCalls(this.left.calls);
    this.pending = await this.settlement.settlePending(this.state);
    const others = (this.state.pending_operations?.length ?? 0) - this.pending;
    if (this.pending > 0 && others > 0) {
      this.aborts.problems.push(
        `${count(others, "pending operation")} of other resources are in the state, which only you can judge. ` +
          `Then clear all of them: pulumi refresh --clear-pending-creates --stack ${this.unlocked.stack.name}.`,
      );
    }
    this.aborts.conclude();
  }

  /** Writes the state if everything in it is settled, and after it finishes the notes. */
  async commit(): Promise<Recovery> {
    const { stack, lockFreed, log } = this.unlocked;
    const { aborted, problems, undecided } = this.aborts;
    const all = [...this.left.undecided, ...undecided, ...problems];
    if (problems.length > 0) return { aborted, cleared: 0, ended: 0, lockFreed, problems: all };

    const { ended, settled } = this.settlement;
    const endedCount = [...ended.values()].reduce((sum, emails) => sum + emails.size, 0);
    if (this.pending + endedCount > 0) {
      await stack.clear(ended, this.state);
      log(
        `Cleared ${count(this.pending, "pending operation")} and took ${count(endedCount, "ended enrollment")} out of the state.`,
      );
    }
    // Last: until the state is written, the notes are needed.
    finishNotes(this.left, settled);
    return { aborted, cleared: this.pending, ended: endedCount, lockFreed, problems: all };
  }
}

/** A stack that no run holds, and of which no plugin is left that could still send something. */
interface UnlockedStack {
  readonly stack: Stack;
  readonly identity: StackIdentity;
  /** The journal's. */
  readonly folder: string;
  readonly lockFreed: boolean;
  readonly env: NodeJS.ProcessEnv;
  readonly log: (line: string) => void;
}

async function unlock(options: RecoverOptions): Promise<UnlockedStack> {
  const { log = console.log, env = process.env } = options;
  const cwd = projectFolder(options.cwd ?? process.cwd());
  const stack = new Stack(options.stack, cwd, env, options.configFile);
  if (await stack.mendAttributes()) log("Removed an empty attributes file left by the killed run.");

  // Read before anything is asked of the stack: that it is there at all, too.
  const state = await stack.state();
  const secretsProvider = state.secrets_providers?.state?.url;
  const { fullName, locks } = await stack.occupancy(secretsProvider);
  const url = await stack.backendUrl();
  const identity = stackIdentity(inFull(fullName, state), backendOf({ env, folder: cwd, askCli: () => url }));
  const folder = journalFolder({ env, folder: cwd });
  const runs = runsOf(folder, identity);
  const lockFreed = await freeLocks(locks, { ...options, stack, secretsProvider, runs, log });
  await outliveSurvivors(runsOf(folder, identity), cwd, log);
  return { stack, identity, folder, lockFreed, env, log };
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
