import { UnconfirmedError } from "../mailmodo/errors";
import type { Connection } from "../mailmodo/transport";
import { mailboxKey } from "../model/addresses";
import {
  changesOf,
  digestOf,
  DOUBTFUL,
  parseContacts,
  parseRecords,
  recordsAsJson,
  type Changes,
  type RecordedContact,
} from "../model/contacts";
import { enrollmentOf } from "../model/enrollment";
import { withStackOf } from "../model/inputs";
import { idOf, numbersOf, type ShardInputs, type ShardState } from "../model/shard";
import { valueOrProblem } from "../settings/settingsError";
import { mayHaveTakenEffect } from "./advice";
import { ContactError, ContactFailures } from "./contactFailures";
import { Operation } from "./operation";
import type { Progress } from "./progress";
import { RecordedFailure } from "./recordedFailure";
import { session } from "./session";
import { nextAfter, otherSpelling, plainError, unconfirmedStays } from "./shardMessages";

/** The changes that make a shard match its inputs. */
export async function changesTo(olds: ShardState, news: ShardInputs): Promise<Changes> {
  const { value: connection } = await valueOrProblem(() => session.connect());
  const wasAbortBegun = connection === undefined ? () => false : await session.abortsBegun(connection, olds.stack);
  const { journeyId } = olds;
  return changesOf(parseRecords(olds.contacts), parseContacts(news.contacts), (email, instanceId) =>
    wasAbortBegun({ journeyId, email, instanceId }),
  );
}

/**
 * Makes a shard match its inputs: aborts the removed contacts, aborts and starts the changed ones, starts the added
 * ones.
 *
 * @returns The new state of the shard.
 * @throws {RecordedFailure} Some contacts failed. It carries the new state.
 * @throws {Error} All contacts of a new shard failed, and none may run. The engine records nothing.
 */
export async function reconcile(news: ShardInputs, recorded: ShardState, changes: Changes): Promise<ShardState> {
  const olds = withStackOf(recorded, news);
  const isNew = parseRecords(olds.contacts).size === 0;
  const { contacts, failures } = await ShardReconciliation.run(
    olds,
    async (shard) => {
      // All of these come first: a removed contact may be a wanted one in another spelling.
      await shard.abortEach(changes.removed);
      await shard.startEach(news, changes);
    },
    numbersOf(news),
  );
  const state = { ...news, contacts: recordsAsJson(contacts) };
  if (failures.count === 0) return state;
  const message = failures.describe(news, changes.removed.length + changes.changed.length + changes.added.length);
  // After a plain error the engine keeps the old state. That is right only if there was none.
  if (isNew && contacts.size === 0) throw plainError(`${message} Nothing is running for this shard.`);
  const unconfirmed = [...contacts.values()].filter(({ instanceId }) => instanceId === undefined).length;
  throw new RecordedFailure(idOf(news), state, `${message} ${nextAfter(unconfirmed, news)}`);
}

/**
 * Aborts all contacts of a shard.
 *
 * @throws {Error} Some contacts failed.
 */
export async function abortAll(state: ShardState): Promise<void> {
  const emails = [...parseRecords(state.contacts).keys()];
  session.progressOf(state.cohort).assumeSize(state.size);
  const { failures } = await ShardReconciliation.run(state, async (shard) => {
    await shard.abortEach(emails);
    // A failed delete leaves all contacts in the state. The unfinished notes say which of them no longer run.
    if (shard.failures.count > 0) shard.operation.leaveAbortsUnfinished();
  });
  if (failures.count === 0) return;
  throw plainError(`${failures.describe(state, emails.length)} The shard stays in the state: run it again.`);
}

/** One create, update or delete of a shard. */
class ShardReconciliation {
  /** The contacts that run or may run at this point. */
  readonly contacts: Map<string, RecordedContact>;
  readonly failures: ContactFailures;
  private readonly progress: Progress;

  private constructor(
    private readonly recorded: ShardState,
    readonly operation: Operation,
    numbers: ReadonlyMap<string, number> | undefined,
  ) {
    this.failures = new ContactFailures(numbers);
    this.contacts = parseRecords(recorded.contacts);
    this.progress = session.progressOf(recorded.cohort);
  }

  /**
   * Does the work as one operation, and prints its progress.
   *
   * @param numbers The contacts' places in the program's list, by address. Default: not known, as in a destroy.
   */
  static run(
    recorded: ShardState,
    work: (shard: ShardReconciliation) => Promise<void>,
    numbers?: ReadonlyMap<string, number>,
  ): Promise<ShardReconciliation> {
    return Operation.run(async (operation) => {
      const shard = new ShardReconciliation(recorded, operation, numbers);
      await shard.progress.during(() => work(shard));
      return shard;
    });
  }

  async abortEach(emails: readonly string[]): Promise<void> {
    const alreadyEnded: string[] = [];
    await this.failures.each(emails, async (email) => {
      const words = await this.abort(await session.connectTo("abort"), email);
      if (words !== undefined) alreadyEnded.push(words);
      this.progress.count("aborted");
    });
    if (alreadyEnded.length === 0) return;
    const { cohort } = this.recorded;
    console.log(
      `${cohort}: nothing left to abort for ${alreadyEnded.length} of ${emails.length} contacts: "${alreadyEnded[0]}"`,
    );
  }

  /** Starts the changed and the added contacts. Aborts each changed contact first. */
  async startEach(news: ShardInputs, { removed, changed, added }: Changes): Promise<void> {
    const wanted = parseContacts(news.contacts);
    const notAborted = new Set(removed.filter((email) => this.contacts.has(email)).map(mailboxKey));
    await this.failures.each([...changed, ...added], async (email) => {
      const to = await session.connect();
      if (notAborted.has(mailboxKey(email))) throw new ContactError(otherSpelling(email, news));
      const contact = this.contacts.get(email);
      if (contact !== undefined) {
        const mustNotAbort = contact.instanceId === undefined && this.recorded.allowDuplicateEmail;
        if (mustNotAbort) throw new ContactError(unconfirmedStays(email, news));
        await this.abort(to, email, true);
      }
      await this.start(to, news, email, wanted[email]!);
    });
  }

  private async start(
    to: Connection,
    news: ShardInputs,
    email: string,
    data: ReturnType<typeof parseContacts>[string],
  ) {
    const digest = digestOf(data);
    try {
      const instanceId = await this.operation.start(to, { ...enrollmentOf({ ...news, email }), data });
      this.contacts.set(email, { instanceId, digest });
      this.progress.count("started");
    } catch (error) {
      if (error instanceof UnconfirmedError) {
        this.contacts.set(email, { instanceId: undefined, digest, startSentAt: error.startSentAt });
      }
      throw error;
    }
  }

  /**
   * Aborts a contact and removes it from the state. If a failed abort may have taken effect, marks the contact as
   * doubtful.
   */
  private async abort(to: Connection, email: string, willRestart = false): Promise<string | undefined> {
    const contact = this.contacts.get(email);
    const { instanceId, startSentAt } = contact ?? {};
    const enrollment = enrollmentOf({ ...this.recorded, email, instanceId, startSentAt });
    try {
      const words = await this.operation.abort(to, enrollment, willRestart);
      this.contacts.delete(email);
      return words;
    } catch (error) {
      // An unconfirmed contact is in doubt already, and keeps the time of its start.
      if (instanceId !== undefined && mayHaveTakenEffect(error))
        this.contacts.set(email, { instanceId, digest: DOUBTFUL });
      throw error;
    }
  }
}
