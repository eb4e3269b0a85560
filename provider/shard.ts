import {
  changesOf,
  digestOf,
  DOUBTFUL,
  inOrder,
  parseContacts,
  parseRecords,
  unconfirmedRecord,
  type Changes,
  type ContactRecord,
  type Contacts,
} from "./contacts";
import { problemsOf, withStackOf } from "./inputs";
import type { Enrollment } from "./enrollment";
import { mayHaveTakenEffect, RecordedFailure } from "./lifecycleErrors";
import { maskAddress, UnconfirmedError } from "./mailmodo/errors";
import type { Connection } from "./mailmodo/transport";
import { abortsBegun, connect, connectToAbort, Operation } from "./operation";
import { progressOf } from "./progress";
import type { Recipients } from "./recipients";
import { attempt } from "./settingsError";
import { nextAfter, plain, stillThere, unclear } from "./shardMessages";
import { ContactError, Troubles } from "./troubles";

/** A shard's inputs: the contacts of a cohort whose addresses hash to it. */
export interface ShardInputs {
  /** The cohort's name. */
  readonly cohort: string;
  readonly shard: number;
  /** Of the cohort's plan. */
  readonly shards: number;
  /** How many contacts the whole cohort has. A change of it alone changes nothing here. */
  readonly size: number;
  readonly journeyId: string;
  /** JSON: from address to personalization values. */
  readonly contacts: string;
  readonly allowDuplicateEmail: boolean;
  readonly abortReason: string;
  readonly triggers?: readonly unknown[];
  /** `organization/project/stack`. States of 0.1.0 do not tell. */
  readonly stack?: string;
  readonly __provider: string;
}

/** What the state holds of a shard. Its `contacts`, JSON too, are from address to {@link ContactRecord}. */
export type ShardState = ShardInputs;

export function idOf({ cohort, shard }: ShardInputs): string {
  return `${cohort}/${shard}`;
}

/** What is wrong with the first contact that something is wrong with, and how many more there are. */
export function contactsProblem(contacts: Contacts, recipients: Recipients | undefined): string | undefined {
  const problems = Object.entries(contacts).flatMap(([email, data]) => {
    const [problem] = problemsOf({ email, data }, recipients, ["email", "data"]);
    return problem === undefined ? [] : [`The contact ${maskAddress(email)}: ${problem}`];
  });
  const more = problems.length - 1;
  return more > 0 ? `${problems[0]} ${more} more of this shard ${more === 1 ? "has" : "have"} problems.` : problems[0];
}

/**
 * Whether the shard must not be replaced: that would abort its unconfirmed contacts by address, and so stop the other
 * instances that allowDuplicateEmail lets run for them.
 */
export function mustStay({ allowDuplicateEmail, contacts }: ShardState): boolean {
  return allowDuplicateEmail && [...parseRecords(contacts).values()].some(([instanceId]) => instanceId === null);
}

export async function changesTo(olds: ShardState, news: ShardInputs): Promise<Changes> {
  const { value: to } = await attempt(connect);
  const wasAbortBegun = to === undefined ? () => false : await abortsBegun(to, olds.stack);
  const { journeyId } = olds;
  return changesOf(parseRecords(olds.contacts), parseContacts(news.contacts), (email, instanceId) =>
    wasAbortBegun({ journeyId, email, instanceId }),
  );
}

/**
 * Aborts the gone, aborts and starts the changed, starts the new.
 *
 * @returns What is then true of the shard.
 * @throws {RecordedFailure} Some of it failed; it carries what is true. A plain error, if nothing runs.
 */
export async function bring(news: ShardInputs, recorded: ShardState, changes: Changes): Promise<ShardState> {
  const olds = withStackOf(recorded, news);
  const wanted = parseContacts(news.contacts);
  const known = parseRecords(olds.contacts);
  const isNew = known.size === 0;
  const progress = progressOf(news.cohort);
  const troubles = new Troubles();

  await Operation.run((operation) =>
    progress.during(async () => {
      // First, and all of them: one may be a contact of today in another spelling.
      await abortEach(operation, olds, known, changes.gone, troubles);
      const left = new Set(changes.gone.filter((email) => known.has(email)).map((email) => email.toLowerCase()));
      await troubles.each([...changes.changed, ...changes.added], async (email) => {
        const to = await connect();
        const data = wanted[email]!;
        const record = known.get(email);
        if (left.has(email.toLowerCase())) throw new ContactError(stillThere(email, news));
        if (record !== undefined) {
          if (record[0] === null && olds.allowDuplicateEmail) throw new ContactError(unclear(email, news));
          await abortOne(operation, to, olds, known, email, true);
        }
        try {
          known.set(email, [await operation.start(to, { ...enrollmentOf(news, email), data }), digestOf(data)]);
          progress.count("started");
        } catch (error) {
          if (error instanceof UnconfirmedError) known.set(email, unconfirmedRecord(data, error.startSentAt));
          throw error;
        }
      });
    }),
  );

  const state = { ...news, contacts: inOrder(known) };
  if (troubles.many === 0) return state;
  const message = troubles.describe(news, changes.gone.length + changes.changed.length + changes.added.length);
  // After a plain error the engine keeps what it had: right only where that was nothing.
  if (isNew && known.size === 0) throw plain(`${message} Nothing of it runs.`);
  const unconfirmed = [...known.values()].filter(([instanceId]) => instanceId === null).length;
  throw new RecordedFailure(idOf(news), state, `${message} ${nextAfter(unconfirmed, news)}`);
}

/** Aborts whatever runs of the shard. */
export async function abortAll(state: ShardState): Promise<void> {
  const known = parseRecords(state.contacts);
  const { size } = known;
  const progress = progressOf(state.cohort);
  progress.expectAll(state.size);
  const troubles = new Troubles();
  await Operation.run(async (operation) => {
    await progress.during(() => abortEach(operation, state, known, [...known.keys()], troubles));
    // A delete that fails leaves all of them in the state; the notes tell which do not run any more.
    if (troubles.many > 0) operation.keepAborts();
  });
  if (troubles.many > 0) throw plain(`${troubles.describe(state, size)} The shard stays in the state: run it again.`);
}

async function abortEach(
  operation: Operation,
  state: ShardState,
  known: Map<string, ContactRecord>,
  emails: readonly string[],
  troubles: Troubles,
): Promise<void> {
  const over: string[] = [];
  await troubles.each(emails, async (email) => {
    const words = await abortOne(operation, await connectToAbort(), state, known, email);
    if (words !== undefined) over.push(words);
    progressOf(state.cohort).count("aborted");
  });
  if (over.length > 0) {
    console.log(`${state.cohort}: nothing left to abort for ${over.length} of ${emails.length} contacts: "${over[0]}"`);
  }
}

/** Aborts a contact and forgets it. One whose abort may have taken effect is no longer recorded as what is wanted. */
async function abortOne(
  operation: Operation,
  to: Connection,
  state: ShardState,
  known: Map<string, ContactRecord>,
  email: string,
  isRestarted = false,
): Promise<string | undefined> {
  const record = known.get(email);
  const enrollment = { ...enrollmentOf(state, email, record), startSentAt: record?.[2] };
  try {
    const words = await operation.abort(to, enrollment, isRestarted);
    known.delete(email);
    return words;
  } catch (error) {
    // One that is unconfirmed is in doubt already, and keeps the time of its start.
    if (record !== undefined && record[0] !== null && mayHaveTakenEffect(error))
      known.set(email, [record[0], DOUBTFUL]);
    throw error;
  }
}

function enrollmentOf(shard: ShardInputs, email: string, record?: ContactRecord): Enrollment {
  const { journeyId, abortReason, allowDuplicateEmail, stack } = shard;
  return { journeyId, email, abortReason, allowDuplicateEmail, instanceId: record?.[0] ?? undefined, stack };
}
