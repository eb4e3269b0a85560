import { formerApiKeyOf } from "../../settings/apiKey";
import { NotesOfOthers } from "../../journal/notesOfOthers";
import { readOtherRuns } from "../../journal/otherRuns";
import { Deadline } from "../../mailmodo/deadline";
import { RateLimit } from "../../mailmodo/rateLimit";
import type { Connection } from "../../mailmodo/transport";
import { allowedRecipients, keySources, readSettings, type ConfigReader } from "../../settings/settings";
import { Aborts } from "./aborts";
import { Archives } from "./archives";
import { hasPendingUpdates, type Deployment } from "../../pulumi/deployment";
import { ContactDoubts } from "./contactDoubts";
import { finishNotes, leftoverCalls, type LeftoverCalls } from "./leftoverCalls";
import { LeftoverContacts } from "./leftoverContacts";
import { assertUnlocked } from "./lock";
import { holderOf } from "../lockOwner";
import { heldLocks } from "../../pulumi/heldLocks";
import { OtherStacks } from "../../pulumi/otherStacks";
import { ContactUsers } from "./contactUsers";
import { CurrentRuns, runsOf } from "./currentRuns";
import { RecordedIndex } from "../../pulumi/recordedIndex";
import type { ContactDoubt } from "../../pulumi/settledState";
import type { StateResource } from "../../pulumi/stateResource";
import { adviceToRun, type InternalOptions } from "./nextCommands";
import type { Recovery } from "./recoverOptions";
import { sentAtLatest } from "./sentAtLatest";
import { Settlement } from "./settlement";
import { slowDownLine } from "./slowDownLine";
import { atMostEvery } from "../../async/atMostEvery";
import { maskAddress } from "../../text/masking";
import { count } from "../../text/wording";
import { unlock, type UnlockedStack } from "./unlockedStack";

/** One recovery of one stack. */
export class RecoveryRun {
  private pending = 0;
  private doubts: ReadonlyMap<StateResource, ContactDoubt> = new Map();

  private constructor(
    private readonly unlocked: UnlockedStack,
    private readonly state: Deployment,
    private readonly leftover: LeftoverCalls,
    private readonly aborts: Aborts,
    private readonly settlement: Settlement,
    private readonly archives: Archives,
    private readonly contactDoubts: ContactDoubts,
    private readonly contacts: LeftoverContacts,
  ) {}

  /** Frees the lock of a dead run, waits for what the run left behind, and reads the state and the journal. */
  static async prepare(options: InternalOptions): Promise<RecoveryRun> {
    const unlocked = await unlock(options);
    const { stack, config, identity, folder, env, next, log } = unlocked;
    const state = await stack.state();
    // A run may have begun elsewhere while this one waited for survivors. Then the state is that run's, not a dead one's.
    const secretsProvider = state.secrets_providers?.state?.url;
    assertUnlocked(stack.name, await heldLocks(stack, secretsProvider), runsOf(folder, identity), next.again);
    const seenAt = performance.now();
    const read: ConfigReader = { get: (key) => config[key] };
    const { apiKey, requestsPerSecond, slowDownTimeoutMs, ...settings } = await readSettings(read, env);
    const pace = new RateLimit(requestsPerSecond);
    const limits = () => ({ pace, deadline: new Deadline(slowDownTimeoutMs) });
    const always = { log, onWait: slowDownLine(log), reasonToHold: async () => undefined };
    const connect = (): Connection => ({ ...settings, ...limits(), ...always, apiKey });
    const formerApiKey = () => formerApiKeyOf(keySources(read, env));

    const index = new RecordedIndex(state);
    const isLocked = async () => (await heldLocks(stack, secretsProvider)).length > 0;
    const currentRuns = new CurrentRuns(folder, identity, isLocked);
    const runs = await readOtherRuns({ folder, stack: identity, apiKey, formerApiKey });
    const namesOfStacks = async () => (await stack.siblings()).names;
    const leftover = await leftoverCalls({
      ...options,
      runs,
      name: stack.name,
      namesOfStacks,
      again: next.again,
      isRecorded: (instanceId) => index.entryOf({ instanceId }) !== undefined,
    });
    const otherStacks = new OtherStacks(async () => (await stack.siblings()).others, LOOK_AGAIN_MS);
    const stop = atMostEvery(LOOK_AGAIN_MS, () => reasonToStop(unlocked, state));
    const aborts = new Aborts(otherStacks, currentRuns, connect, next.again, log, stop);
    // A note that cannot be read may be of a start that is later.
    const latest = sentAtLatest(seenAt, leftover.areComplete ? unlocked.notedSince : undefined);
    const settlement = new Settlement(index, aborts, currentRuns, latest, next, log, {
      areNotesComplete: leftover.areComplete,
      hasPendingUpdates: hasPendingUpdates(state),
      nothingElseRuns: options.nothingElseRuns === true,
      lateEffectMs: settings.lateEffectMs,
    });
    const notes = new NotesOfOthers({ folder, stack: identity }, runs.sealing);
    const users = new ContactUsers(otherStacks, notes, namesOfStacks);
    const recipients = allowedRecipients(read);
    const archives = new Archives(aborts, users, connect, recipients, log, leftover.areComplete);
    const contacts = new LeftoverContacts(stack.name, index, settlement.ended, archives, latest, next, log);
    const doubts = new ContactDoubts(index, latest, next, log);
    return new RecoveryRun(unlocked, state, leftover, aborts, settlement, archives, doubts, contacts);
  }

  /**
   * Aborts what may run and is recorded nowhere, completes the aborts that were begun, and archives the contacts that no
   * state records.
   */
  async settle(): Promise<void> {
    const { pending_operations: operations = [] } = this.state;
    this.pending = await this.settlement.settle(this.leftover.calls, this.state);
    this.doubts = this.contactDoubts.of(operations, this.leftover.calls);
    // Last, so that no journey of a contact runs any more.
    await this.contacts.settle(this.leftover.calls, this.state);
    const others = operations.length - this.pending;
    // Writing the state drops every pending operation, and so does what clears the others.
    if (others > 0 && this.pending + this.settlement.ended.size > 0 && !this.contacts.needsPendingCreates) {
      const { stack, next } = this.unlocked;
      const clear = `pulumi refresh --clear-pending-creates --stack ${stack.name}`;
      this.aborts.problems.push(
        `The state has ${count(others, "pending operation")} of other resources, which only you can judge. ` +
          `Once you have, clear all of them: ${adviceToRun(clear, next)}.`,
      );
    }
    this.aborts.logAlreadyEnded();
  }

  /** Writes the state if everything in it is settled, then finishes the notes. */
  async commit(): Promise<Recovery> {
    const { stack, lockFreed, next, log } = this.unlocked;
    const { aborted, problems, undecided } = this.aborts;
    // A note and a pending operation may be of one start.
    const all = [...new Set([...this.leftover.undecided, ...undecided, ...problems])];
    const { ended } = this.settlement;
    const { archived } = this.archives;
    const contactsLeft = this.contacts.left.size;
    const settled = [...this.settlement.settled, ...this.contacts.settled];
    if (problems.length > 0) {
      // A start or a contact that is settled affects no state. The next recover need not abort or archive it again.
      const starts = settled.filter(({ kind }) => kind === "start" || kind === "add");
      finishNotes(this.leftover, starts);
      return { aborted, archived, contactsLeft, cleared: 0, ended: 0, lockFreed, problems: all };
    }

    const endedCount = [...ended.values()].reduce((sum, emails) => sum + emails.size, 0);
    if (this.pending + endedCount > 0) {
      const { doubts } = this;
      const { adds } = this.contacts;
      await stack.clear({ ended, doubts, adds }, this.state);
      for (const { email } of adds.values()) log(recordedLine(email, next.up));
      log(
        `Cleared ${count(this.pending, "pending operation")} and removed ${count(endedCount, "ended enrollment")} from the state.`,
      );
      // previews never runs only a part.
      if (next.preview === undefined && [...adds.values()].some(({ users }) => users.length > 0))
        log(wholeLine(next.up));
    }
    // Last, because the notes are needed until the state is written.
    finishNotes(this.leftover, settled);
    return { aborted, archived, contactsLeft, cleared: this.pending, ended: endedCount, lockFreed, problems: all };
  }
}

/** Why nothing more may be aborted by address: another run works on the stack. */
async function reasonToStop({ stack, next }: UnlockedStack, state: Deployment): Promise<string | undefined> {
  const [lock] = await heldLocks(stack, state.secrets_providers?.state?.url);
  if (lock !== undefined)
    return `the stack ${stack.name} is locked by ${holderOf(lock)}. Wait for that run, then ${next.again()}`;
  const hasChanged = await stack.hasChangedSince(state);
  return hasChanged ? `the state of the stack has changed since; ${next.again()}` : undefined;
}

function recordedLine(email: string, up: string): string {
  return (
    `The killed run may have added the contact ${maskAddress(email)}. It is recorded: the next ${up} adds it again; a ` +
    "destroy archives it."
  );
}

/**
 * The engine takes the dependencies of what it leaves out from the state, at once. It takes a program's registration of one
 * of them after that for a second resource with its URN.
 */
function wholeLine(up: string): string {
  return (
    `Run the next ${up} without --target and --exclude: with them, Pulumi may stop halfway ("Duplicate resource URN"), ` +
    "because in the state what enrolls the contact now depends on it."
  );
}

/** Reading the other stacks starts the CLI for each, so a recovery of many contacts must not do it for each request. */
const LOOK_AGAIN_MS = 5_000;
