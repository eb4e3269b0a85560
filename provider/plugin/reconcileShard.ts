import { UnconfirmedError } from "../mailmodo/errors";
import type { Connection } from "../mailmodo/transport";
import {
  changesOf,
  digestOf,
  DOUBTFUL,
  parseContacts,
  parseRecords,
  textOfRecords,
  type Changes,
  type RecordedContact,
} from "../model/contacts";
import type { Enrollment } from "../model/enrollment";
import { withStackOf } from "../model/inputs";
import { idOf, type ShardInputs, type ShardState } from "../model/shard";
import { attempt } from "../settings/settingsError";
import { mayHaveTakenEffect } from "./advice";
import { ContactError, ContactFailures } from "./contactFailures";
import { Operation } from "./operation";
import { RecordedFailure } from "./recordedFailure";
import { session } from "./session";
import { nextAfter, plain, stillThere, unclear } from "./shardMessages";

/** What has to be done so that a shard is as its inputs say. */
export async function changesTo(olds: ShardState, news: ShardInputs): Promise<Changes> {
  const { value: to } = await attempt(() => session.connect());
  const wasAbortBegun = to === undefined ? () => false : await session.abortsBegun(to, olds.stack);
  const { journeyId } = olds;
  return changesOf(parseRecords(olds.contacts), parseContacts(news.contacts), (email, instanceId) =>
    wasAbortBegun({ journeyId, email, instanceId }),
  );
}

/**
 * Makes a shard what its inputs say: aborts the gone, aborts and starts the changed, starts the added.
 *
 * @returns What is then true of the shard.
 * @throws {RecordedFailure} Some of it failed; it carries what is true. A plain error, if nothing runs.
 */
export async function reconcile(news: ShardInputs, recorded: ShardState, changes: Changes): Promise<ShardState> {
  const shard = new ShardReconciliation(withStackOf(recorded, news));
  const isNew = shard.contacts.size === 0;
  await shard.run(async () => {
    // First, and all of them: one may be a contact of today in another spelling.
    await shard.abortEach(changes.gone);
    await shard.startEach(news, changes);
  });

  const { contacts, failures } = shard;
  const state = { ...news, contacts: textOfRecords(contacts) };
  if (failures.count === 0) return state;
  const message = failures.describe(news, changes.gone.length + changes.changed.length + changes.added.length);
  // After a plain error the engine keeps what it had: right only where that was nothing.
  if (isNew && contacts.size === 0) throw plain(`${message} Nothing of it runs.`);
  const unconfirmed = [...contacts.values()].filter(({ instanceId }) => instanceId === undefined).length;
  throw new RecordedFailure(idOf(news), state, `${message} ${nextAfter(unconfirmed, news)}`);
}

/** Aborts whatever runs of the shard. */
export async function abortAll(state: ShardState): Promise<void> {
  const shard = new ShardReconciliation(state);
  const emails = [...shard.contacts.keys()];
  session.progressOf(state.cohort).expectAll(state.size);
  const { failures } = shard;
  await shard.run(async (operation) => {
    await shard.abortEach(emails);
    // A delete that fails leaves all of them in the state; the notes tell which do not run any more.
    if (failures.count > 0) operation.keepAborts();
  });
  if (failures.count === 0) return;
  throw plain(`${failures.describe(state, emails.length)} The shard stays in the state: run it again.`);
}

/** One create, update or delete of a shard. */
class ShardReconciliation {
  /** What is true of the contacts by now. */
  readonly contacts: Map<string, RecordedContact>;
  readonly failures = new ContactFailures();
  private operation!: Operation;

  constructor(private readonly recorded: ShardState) {
    this.contacts = parseRecords(recorded.contacts);
  }

  private get progress() {
    return session.progressOf(this.recorded.cohort);
  }

  /** Does the work as one operation, and shows how far it is. */
  run(work: (operation: Operation) => Promise<void>): Promise<void> {
    return Operation.run((operation) => {
      this.operation = operation;
      return this.progress.during(() => work(operation));
    });
  }

  async abortEach(emails: readonly string[]): Promise<void> {
    const alreadyOver: string[] = [];
    await this.failures.each(emails, async (email) => {
      const words = await this.abort(await session.connectToAbort(), email);
      if (words !== undefined) alreadyOver.push(words);
      this.progress.count("aborted");
    });
    if (alreadyOver.length === 0) return;
    const { cohort } = this.recorded;
    console.log(
      `${cohort}: nothing left to abort for ${alreadyOver.length} of ${emails.length} contacts: "${alreadyOver[0]}"`,
    );
  }

  /** Starts the changed and the added; aborts the changed before. */
  async startEach(news: ShardInputs, { gone, changed, added }: Changes): Promise<void> {
    const wanted = parseContacts(news.contacts);
    const stillThereInSomeSpelling = new Set(
      gone.filter((email) => this.contacts.has(email)).map((email) => email.toLowerCase()),
    );
    await this.failures.each([...changed, ...added], async (email) => {
      const to = await session.connect();
      if (stillThereInSomeSpelling.has(email.toLowerCase())) throw new ContactError(stillThere(email, news));
      const contact = this.contacts.get(email);
      if (contact !== undefined) {
        const isUnclear = contact.instanceId === undefined && this.recorded.allowDuplicateEmail;
        if (isUnclear) throw new ContactError(unclear(email, news));
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
      const instanceId = await this.operation.start(to, { ...enrollmentOf(news, email), data });
      this.contacts.set(email, { instanceId, digest });
      this.progress.count("started");
    } catch (error) {
      if (error instanceof UnconfirmedError) {
        this.contacts.set(email, { instanceId: undefined, digest, startSentAt: error.startSentAt });
      }
      throw error;
    }
  }

  /** Aborts a contact and forgets it. One whose abort may have taken effect is no longer recorded as what is wanted. */
  private async abort(to: Connection, email: string, isRestarted = false): Promise<string | undefined> {
    const contact = this.contacts.get(email);
    const { instanceId, startSentAt } = contact ?? {};
    const enrollment = { ...enrollmentOf(this.recorded, email), instanceId, startSentAt };
    try {
      const words = await this.operation.abort(to, enrollment, isRestarted);
      this.contacts.delete(email);
      return words;
    } catch (error) {
      // One that is unconfirmed is in doubt already, and keeps the time of its start.
      if (instanceId !== undefined && mayHaveTakenEffect(error))
        this.contacts.set(email, { instanceId, digest: DOUBTFUL });
      throw error;
    }
  }
}

function enrollmentOf({ journeyId, abortReason, allowDuplicateEmail, stack }: ShardState, email: string): Enrollment {
  return { journeyId, email, abortReason, allowDuplicateEmail, stack };
}
