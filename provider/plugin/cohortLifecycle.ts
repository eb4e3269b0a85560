import type * as pulumi from "@pulumi/pulumi";
import { parseContacts, parseRecords } from "../model/contacts";
import { changedInPlace, changedReplacing, problemsOf, UNKNOWN } from "../model/inputs";
import { contactsProblem, idOf, mustNotReplace, type ShardInputs, type ShardState } from "../model/shard";
import { destroyCommand } from "../text/stackCommands";
import { checkFailures } from "./checkFailures";
import { abortAll, changesTo, reconcile } from "./reconcileShard";
import { RecordedFailure } from "./recordedFailure";
import { configure, session } from "./session";

/**
 * The lifecycle of one shard of a cohort. It does for many addresses what `enrollmentLifecycle` does for one: the same
 * calls, by the same rules. The state always records what is true of each contact, even if the run fails half-way.
 *
 * | verb   | requests |
 * |--------|----------|
 * | check  | none: refuses invalid inputs and settings |
 * | diff   | none: finds the added, removed and changed contacts; a new journey, triggers or allowDuplicateEmail replaces the shard |
 * | create | a start for each contact |
 * | update | aborts the removed contacts, aborts and starts the changed ones, starts the added ones |
 * | delete | an abort for each contact |
 */
const cohortLifecycle = {
  configure,

  async check(olds: Partial<ShardInputs>, news: ShardInputs): Promise<pulumi.dynamic.CheckResult<ShardInputs>> {
    const failures = await checkFailures((recipients) => [
      ...problemsOf(news, recipients, ["journeyId", "allowDuplicateEmail", "abortReason", "triggers"]),
      news.contacts === UNKNOWN ? undefined : contactsProblem(parseContacts(news.contacts), recipients),
    ]);
    if (news.contacts !== UNKNOWN) session.thisRun.want("enrollment", Object.keys(parseContacts(news.contacts)));
    if (olds?.contacts === undefined && news.contacts !== UNKNOWN && failures.length === 0) expectAllStarts(news);
    return { inputs: news, failures };
  },

  async diff(_id: string, olds: ShardState, news: ShardInputs): Promise<pulumi.dynamic.DiffResult> {
    const others = changedReplacing(olds, news);
    const replaces = mustNotReplace(olds) ? [] : others;
    const isUnknown = news.contacts === UNKNOWN;
    const { removed, changed, added } = isUnknown
      ? { removed: [], changed: [], added: [] }
      : await changesTo(olds, news);

    const progress = session.progressOf(olds.cohort);
    const isReplaced = replaces.length > 0;
    progress.expect(olds.shard, "aborted", isReplaced ? parseRecords(olds.contacts).size : removed.length);
    if (isReplaced && !isUnknown) expectAllStarts(news);
    else progress.expect(olds.shard, "started", changed.length + added.length);
    return {
      changes:
        isUnknown || [others, removed, changed, added].some(({ length }) => length > 0) || changedInPlace(olds, news),
      replaces,
      // Otherwise the addresses would be started before the old ones are aborted, and be in the journey twice.
      deleteBeforeReplace: true,
    };
  },

  async create(inputs: ShardInputs): Promise<{ id: string; outs: ShardState }> {
    const added = Object.keys(parseContacts(inputs.contacts));
    const outs = await reconcile(inputs, { ...inputs, contacts: "{}" }, { removed: [], changed: [], added });
    return { id: idOf(inputs), outs };
  },

  async update(_id: string, olds: ShardState, news: ShardInputs): Promise<{ outs: ShardState }> {
    if (mustNotReplace(olds) && changedReplacing(olds, news).length > 0) {
      const why =
        "whether some of its contacts were started is not known, and aborting by address would stop others too";
      const what = `Could not replace shard ${olds.shard} of the cohort ${olds.cohort}: ${why}.`;
      throw new RecordedFailure(idOf(olds), olds, `${what} Check the journey in Mailmodo, or run ${destroyCommand()}.`);
    }
    return { outs: await reconcile(news, olds, await changesTo(olds, news)) };
  },

  async delete(_id: string, state: ShardState): Promise<void> {
    await abortAll(state);
  },
} satisfies pulumi.dynamic.ResourceProvider<ShardInputs, ShardState>;

export = cohortLifecycle;

function expectAllStarts({ cohort, shard, contacts }: ShardInputs): void {
  session.progressOf(cohort).expect(shard, "started", Object.keys(parseContacts(contacts)).length);
}
