import type * as pulumi from "@pulumi/pulumi";
import {
  changedInPlace,
  changedReplacing,
  problemsOf,
  withDefaults,
  withStackOf,
  type EnrollmentInputs,
  type EnrollmentState,
} from "../model/inputs";
import { maskAddress } from "../text/masking";
import { UnconfirmedError } from "../mailmodo/errors";
import type { Connection } from "../mailmodo/transport";
import { checkFailures } from "./checkFailures";
import { Operation } from "./operation";
import { RecordedAsUnconfirmed } from "./recordedFailure";
import { configure, session } from "./session";
import { attempt } from "../settings/settingsError";

/**
 * The life of one enrollment, as the engine calls it. check and diff are all that a preview runs, and they send nothing.
 *
 * | verb   | request |
 * |--------|---------|
 * | check  | none: refuses bad inputs and settings |
 * | diff   | none: says what replaces the enrollment and what changes in place |
 * | create | start, once |
 * | update | none; of an unconfirmed start: an abort by address, again once the start can take effect no more, then a start |
 * | delete | abort, by instance id; of an unconfirmed start: by address, again once it can take effect no more |
 */
const enrollmentLifecycle = {
  configure,

  async check(_olds: EnrollmentInputs, news: EnrollmentInputs): Promise<pulumi.dynamic.CheckResult<EnrollmentInputs>> {
    const inputs = withDefaults(news);
    return { inputs, failures: await checkFailures((recipients) => problemsOf(inputs, recipients)) };
  },

  async diff(_id: string, olds: EnrollmentState, news: EnrollmentInputs): Promise<pulumi.dynamic.DiffResult> {
    // A refresh takes the engine's own mark of an unconfirmed start away, so that it counts as a change by itself.
    const isUnconfirmed = olds.instanceId === undefined;
    // Its delete would abort by address, and so other instances too; update says so instead.
    const mustStay = isUnconfirmed && olds.allowDuplicateEmail;
    const replaces = mustStay ? [] : changedReplacing(olds, news);
    const { value: to } = await attempt(() => session.connect());
    if (!isUnconfirmed && to !== undefined && (await session.abortsBegun(to, olds.stack))(olds))
      replaces.push("instanceId");
    return {
      changes: isUnconfirmed || replaces.length > 0 || changedInPlace(olds, news),
      replaces,
      // Started before the old one is aborted, the address would be in the journey twice.
      deleteBeforeReplace: true,
    };
  },

  async create(inputs: EnrollmentInputs): Promise<{ id: string; outs: EnrollmentState }> {
    const state = await Operation.run(async (operation) => start(operation, await session.connect(), inputs));
    return { id: state.instanceId, outs: state };
  },

  async update(id: string, olds: EnrollmentState, news: EnrollmentInputs): Promise<{ outs: EnrollmentState }> {
    const { instanceId, status, startedAt } = olds;
    if (instanceId !== undefined) return { outs: { ...news, instanceId, status, startedAt } };

    // Aborting by address would also stop the other instances that allowDuplicateEmail lets run for it.
    if (olds.allowDuplicateEmail) {
      const what = `Could not settle journey ${news.journeyId} for ${maskAddress(news.email)}: whether it was started is not known.`;
      throw new RecordedAsUnconfirmed(id, olds, what);
    }
    return Operation.run(async (operation) => {
      const to = await session.connect();
      await abort(operation, to, withStackOf(olds, news), true);
      return { outs: await start(operation, to, news) };
    });
  },

  async delete(_id: string, state: EnrollmentState): Promise<void> {
    await Operation.run(async (operation) => abort(operation, await session.connectToAbort(), state));
  },
} satisfies pulumi.dynamic.ResourceProvider<EnrollmentInputs, EnrollmentState>;

// The module is the provider: the loader text in the state, which never changes, requires it so.
export = enrollmentLifecycle;

type Started = EnrollmentState & { instanceId: string };

async function start(operation: Operation, to: Connection, inputs: EnrollmentInputs): Promise<Started> {
  const startedAt = new Date().toISOString();
  try {
    const instanceId = await operation.start(to, inputs);
    return { ...inputs, instanceId, status: "started", startedAt };
  } catch (error) {
    if (!(error instanceof UnconfirmedError)) throw error;
    const sentAt = error.startSentAt === undefined ? startedAt : new Date(error.startSentAt).toISOString();
    const state: EnrollmentState = { ...inputs, status: "unconfirmed", startedAt: sentAt };
    throw new RecordedAsUnconfirmed(`unconfirmed:${inputs.journeyId}`, state, error.message);
  }
}

async function abort(operation: Operation, to: Connection, state: EnrollmentState, isRestarted = false): Promise<void> {
  const over = await operation.abort(to, { ...state, startSentAt: Date.parse(state.startedAt) }, isRestarted);
  if (over === undefined) return;
  // The plugin's output is shown under the stack, as information.
  console.log(`Nothing left to abort in journey ${state.journeyId} for ${maskAddress(state.email)}: "${over}"`);
}
