import type * as pulumi from "@pulumi/pulumi";
import {
  changedInPlace,
  changedReplacing,
  problemsOf,
  withDefaults,
  type EnrollmentInputs,
  type EnrollmentState,
} from "./inputs";
import { abortJourney, startJourney } from "./mailmodo/client";
import { maskAddress, UnconfirmedError } from "./mailmodo/errors";
import type { Connection } from "./mailmodo/transport";
import { RecordedAsUnconfirmed, withAdvice } from "./lifecycleErrors";
import { Journal, settleAll, type Enrollment } from "./journal";
import { leaveWell, whileBusy } from "./plugin";
import { allowedRecipients, connection, SettingsError, type ConfigReader } from "./settings";

// Set by configure, which the plugin calls once, before any other method.
let config: ConfigReader = { get: () => undefined };

/**
 * The life of one enrollment, as the engine calls it. check and diff are all that a preview runs, and they send nothing.
 *
 * | verb   | request |
 * |--------|---------|
 * | check  | none: refuses bad inputs and settings |
 * | diff   | none: says what replaces the enrollment and what changes in place |
 * | create | start, once |
 * | update | none, or mends an unconfirmed start |
 * | delete | abort, by instance id |
 */
const enrollmentLifecycle = {
  // The plugin keeps a provider even if this fails and never calls it again, so it only takes a note; settings are
  // resolved in each method.
  async configure(request: pulumi.dynamic.ConfigureRequest): Promise<void> {
    config = request.config;
    leaveWell(settleAll);
  },

  async check(_olds: EnrollmentInputs, news: EnrollmentInputs): Promise<pulumi.dynamic.CheckResult<EnrollmentInputs>> {
    const inputs = withDefaults(news);
    const settings = attempt(() => connection(config));
    const recipients = attempt(() => allowedRecipients(config));
    const problems = [settings.problem, recipients.problem, ...problemsOf(inputs, recipients.value)];
    // With a property's name the engine would print the property's value, and so a full address.
    return { inputs, failures: problems.filter(isText).map((reason) => ({ property: "", reason })) };
  },

  async diff(_id: string, olds: EnrollmentState, news: EnrollmentInputs): Promise<pulumi.dynamic.DiffResult> {
    // A refresh takes the engine's own mark of an unconfirmed start away, so that it counts as a change by itself.
    const isUnconfirmed = olds.instanceId === undefined;
    // Its delete would abort by address, and so other instances too; update says so instead.
    const mustStay = isUnconfirmed && olds.allowDuplicateEmail;
    const replaces = mustStay ? [] : changedReplacing(olds, news);
    if (!isUnconfirmed && wasAbortBegun(olds)) replaces.push("instanceId");
    return {
      changes: isUnconfirmed || replaces.length > 0 || changedInPlace(olds, news),
      replaces,
      // Started before the old one is aborted, the address would be in the journey twice.
      deleteBeforeReplace: true,
    };
  },

  async create(inputs: EnrollmentInputs): Promise<{ id: string; outs: EnrollmentState }> {
    const state = await whileBusy(() => start(connection(config), inputs));
    return { id: state.instanceId, outs: state };
  },

  async update(id: string, olds: EnrollmentState, news: EnrollmentInputs): Promise<{ outs: EnrollmentState }> {
    const { instanceId, status, startedAt } = olds;
    if (instanceId !== undefined) return { outs: { ...news, instanceId, status, startedAt } };

    // Aborting by address would also stop the other instances that allowDuplicateEmail lets run for it.
    if (olds.allowDuplicateEmail) {
      const what = `Could not mend journey ${news.journeyId} for ${maskAddress(news.email)}: whether it was started is not known.`;
      throw new RecordedAsUnconfirmed(id, olds, what);
    }
    return whileBusy(async () => {
      const to = connection(config);
      await abort(to, olds);
      return { outs: await start(to, news) };
    });
  },

  async delete(_id: string, state: EnrollmentState): Promise<void> {
    await whileBusy(() => abort(connectionToAbort(), state));
  },
} satisfies pulumi.dynamic.ResourceProvider<EnrollmentInputs, EnrollmentState>;

// The module is the provider: the loader text in the state, which never changes, requires it so.
export = enrollmentLifecycle;

async function start(to: Connection, inputs: EnrollmentInputs): Promise<EnrollmentState & { instanceId: string }> {
  const journal = new Journal(to.apiKey);
  await abortLost(to, journal, inputs);
  const note = journal.note("start", inputs);
  const startedAt = new Date().toISOString();
  try {
    const instanceId = await startJourney(to, inputs);
    note.confirm(instanceId);
    note.settle();
    return { ...inputs, instanceId, status: "started", startedAt };
  } catch (error) {
    if (!(error instanceof UnconfirmedError)) {
      note.drop();
      throw withAdvice(error, "start");
    }
    note.settle();
    const state: EnrollmentState = { ...inputs, status: "unconfirmed", startedAt };
    throw new RecordedAsUnconfirmed(`unconfirmed:${inputs.journeyId}`, state, error.message);
  }
}

/**
 * Aborts what earlier starts of the address left running when their plugin was killed, which the engine knows nothing
 * of. Where others may run for the address, `pulumi-mailmodo recover` sees to it: it knows which are recorded.
 */
async function abortLost(to: Connection, journal: Journal, inputs: EnrollmentInputs): Promise<void> {
  if (inputs.allowDuplicateEmail) return;
  for (const lost of journal.lost(inputs)) {
    if (lost.call === "start") await abort(to, lost);
    journal.forget(lost);
  }
}

/** Whether an abort of the enrollment was begun by a plugin that was killed in it: then it is not to be relied on. */
function wasAbortBegun({ journeyId, email, instanceId }: EnrollmentState): boolean {
  const { value: to } = attempt(() => connection(config));
  if (to === undefined) return false;
  const lost = new Journal(to.apiKey).lost({ journeyId, email });
  return lost.some((call) => call.call === "abort" && call.instanceId === instanceId);
}

async function abort(to: Connection, enrollment: Enrollment): Promise<void> {
  const { journeyId, email, instanceId, abortReason: reason } = enrollment;
  const journal = new Journal(to.apiKey);
  const note = journal.note("abort", enrollment);
  try {
    const over = await abortJourney(to, { journeyId, email, instanceId, reason });
    // The plugin's output is shown under the stack, as information.
    if (over !== undefined) {
      console.log(`Nothing left to abort in journey ${journeyId} for ${maskAddress(email)}: "${over}"`);
    }
    for (const lost of journal.lost(enrollment)) {
      if (lost.call === "abort" && lost.instanceId === instanceId) journal.forget(lost);
    }
  } catch (error) {
    throw withAdvice(error, "abort");
  } finally {
    note.settle();
  }
}

/** The connection for an abort; what is wrong with a setting is said with what helps in a destroy. */
function connectionToAbort(): Connection {
  try {
    return connection(config);
  } catch (error) {
    throw withAdvice(error, "abort");
  }
}

/** What reading a setting gives, or what is wrong with it. */
function attempt<T>(read: () => T): { value?: T; problem?: string } {
  try {
    return { value: read() };
  } catch (error) {
    if (error instanceof SettingsError) return { problem: error.message };
    throw error;
  }
}

function isText(value: string | undefined): value is string {
  return value !== undefined;
}
