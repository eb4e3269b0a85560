import type * as pulumi from "@pulumi/pulumi";
import {
  changedInPlace,
  changedReplacing,
  problemsOf,
  withDefaults,
  withoutDefaults,
  withStackOf,
  type EnrollmentState,
  type RecordedInputs,
} from "../model/inputs";
import { asciiAddress } from "../model/addresses";
import { maskAddress } from "../text/masking";
import { UnconfirmedError } from "../mailmodo/errors";
import type { Connection } from "../mailmodo/transport";
import { checkFailures } from "./checkFailures";
import { Operation } from "./operation";
import { RecordedAsUnconfirmed } from "./recordedFailure";
import { configure, session } from "./session";
import { valueOrProblem } from "../settings/settingsError";

/**
 * The lifecycle of one enrollment: the methods that the engine calls. A preview runs only check and diff, which send
 * nothing.
 *
 * | verb   | request |
 * |--------|---------|
 * | check  | none: refuses invalid inputs and settings |
 * | diff   | none: finds what replaces the enrollment and what changes in place |
 * | create | start, once |
 * | update | none; after an unconfirmed start: abort by address, again once the start can no longer take effect, then start |
 * | delete | abort, by instance id; after an unconfirmed start: by address, again once the start can no longer take effect |
 */
const enrollmentLifecycle = {
  configure,

  async check(_olds: RecordedInputs, news: RecordedInputs): Promise<pulumi.dynamic.CheckResult<RecordedInputs>> {
    const inputs = withDefaults(news);
    const failures = await checkFailures((recipients) => problemsOf(inputs, recipients));
    if (typeof inputs.email === "string") session.thisRun.want("enrollment", [inputs.email]);
    // One form for all requests and records, as in a cohort. The domain that it might imitate was refused above.
    const email = typeof inputs.email === "string" ? asciiAddress(inputs.email) : inputs.email;
    return { inputs: withoutDefaults({ ...inputs, email }), failures };
  },

  async diff(_id: string, olds: EnrollmentState, news: RecordedInputs): Promise<pulumi.dynamic.DiffResult> {
    // A refresh removes the engine's own flag of an unconfirmed start, so an unconfirmed start must count as a change.
    const isUnconfirmed = olds.instanceId === undefined;
    // A delete would abort by address, and so stop other instances too. Update reports that instead.
    const mustNotReplace = isUnconfirmed && olds.allowDuplicateEmail === true;
    const replaces = mustNotReplace ? [] : changedReplacing(olds, news);
    const { value: to } = await valueOrProblem(() => session.connect());
    if (!isUnconfirmed && to !== undefined && (await session.abortsBegun(to, olds.stack))(olds))
      replaces.push("instanceId");
    return {
      changes: isUnconfirmed || replaces.length > 0 || changedInPlace(olds, news),
      replaces,
      // Otherwise the address would be started before the old enrollment is aborted, and be in the journey twice.
      deleteBeforeReplace: true,
    };
  },

  async create(inputs: RecordedInputs): Promise<{ id: string; outs: EnrollmentState }> {
    const state = await run(async (operation) => start(operation, await session.connect(), inputs));
    return { id: state.instanceId, outs: state };
  },

  async update(id: string, olds: EnrollmentState, news: RecordedInputs): Promise<{ outs: EnrollmentState }> {
    const { instanceId, status, startedAt } = olds;
    if (instanceId !== undefined) return { outs: { ...news, instanceId, status, startedAt } };

    // Aborting by address would also stop the other instances that allowDuplicateEmail allows for the address.
    if (olds.allowDuplicateEmail === true) {
      const what = `Could not settle journey ${news.journeyId} for ${maskAddress(news.email)}: whether it was started is not known.`;
      throw new RecordedAsUnconfirmed(id, olds, what);
    }
    return run(async (operation) => {
      const to = await session.connect();
      await abort(operation, to, withStackOf(olds, news), true);
      return { outs: await start(operation, to, news) };
    });
  },

  async delete(_id: string, state: EnrollmentState): Promise<void> {
    await run(async (operation) => abort(operation, await session.connectTo("abort"), state));
  },
} satisfies pulumi.dynamic.ResourceProvider<RecordedInputs, EnrollmentState>;

// The module itself must be the provider, because the loader text in the state requires it and never changes.
export = enrollmentLifecycle;

/** Runs an operation, and says so while it waits because Mailmodo asks to slow down. */
function run<T>(work: (operation: Operation) => Promise<T>): Promise<T> {
  return session.slowDownNotice.during(() => Operation.run(work));
}

type Started = EnrollmentState & { instanceId: string };

async function start(operation: Operation, to: Connection, inputs: RecordedInputs): Promise<Started> {
  const startedAt = new Date().toISOString();
  try {
    const instanceId = await operation.start(to, withDefaults(inputs));
    return { ...inputs, instanceId, status: "started", startedAt };
  } catch (error) {
    if (!(error instanceof UnconfirmedError)) throw error;
    const sentAt = error.startSentAt === undefined ? startedAt : new Date(error.startSentAt).toISOString();
    const state: EnrollmentState = { ...inputs, status: "unconfirmed", startedAt: sentAt };
    throw new RecordedAsUnconfirmed(`unconfirmed:${inputs.journeyId}`, state, error.message);
  }
}

async function abort(operation: Operation, to: Connection, state: EnrollmentState, willRestart = false): Promise<void> {
  const enrollment = { ...withDefaults(state), startSentAt: Date.parse(state.startedAt) };
  const words = await operation.abort(to, enrollment, willRestart);
  if (words === undefined) return;
  // Pulumi shows the plugin's output as information under the stack.
  console.log(`Nothing left to abort in journey ${state.journeyId} for ${maskAddress(state.email)}: "${words}"`);
}
