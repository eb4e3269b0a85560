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
import { RecordedAsUnconfirmed, withAdvice } from "./lifecycleErrors";
import { allowedRecipients, connection, SettingsError, type ConfigReader } from "./settings";

// Set before each method: the plugin configures a provider once, before its first use.
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
  },

  async check(_olds: EnrollmentInputs, news: EnrollmentInputs): Promise<pulumi.dynamic.CheckResult<EnrollmentInputs>> {
    const inputs = withDefaults(news);
    const settings = [() => connection(config), () => allowedRecipients(config)].map(settingsProblem);
    const recipients = settings[1] === undefined ? allowedRecipients(config) : undefined;
    const problems = [...settings, ...problemsOf(inputs, recipients)].filter((problem) => problem !== undefined);
    // With a property's name the engine would print the property's value, and so a full address.
    return { inputs, failures: problems.map((reason) => ({ property: "", reason })) };
  },

  async diff(_id: string, olds: EnrollmentState, news: EnrollmentInputs): Promise<pulumi.dynamic.DiffResult> {
    const replaces = changedReplacing(olds, news);
    return {
      changes: replaces.length > 0 || changedInPlace(olds, news),
      replaces,
      // Started before the old one is aborted, the address would be in the journey twice.
      deleteBeforeReplace: true,
    };
  },

  async create(inputs: EnrollmentInputs): Promise<{ id: string; outs: EnrollmentState }> {
    const state = await start(inputs);
    return { id: state.instanceId, outs: state };
  },

  async update(id: string, olds: EnrollmentState, news: EnrollmentInputs): Promise<{ outs: EnrollmentState }> {
    const { instanceId, status, startedAt } = olds;
    if (instanceId !== undefined) return { outs: { ...news, instanceId, status, startedAt } };

    // Aborting by address would also stop the other instances that allowDuplicateEmail lets run for it.
    if (news.allowDuplicateEmail) {
      const what = `Could not mend journey ${news.journeyId} for ${maskAddress(news.email)}: whether it was started is not known.`;
      throw new RecordedAsUnconfirmed(id, { ...news, status, startedAt }, what);
    }
    await abort(olds);
    return { outs: await start(news) };
  },

  async delete(_id: string, state: EnrollmentState): Promise<void> {
    await abort(state);
  },
} satisfies pulumi.dynamic.ResourceProvider<EnrollmentInputs, EnrollmentState>;

// The module is the provider: the loader text in the state, which never changes, requires it so.
export = enrollmentLifecycle;

async function start(inputs: EnrollmentInputs): Promise<EnrollmentState & { instanceId: string }> {
  const startedAt = new Date().toISOString();
  try {
    const instanceId = await startJourney(connection(config), inputs);
    return { ...inputs, instanceId, status: "started", startedAt };
  } catch (error) {
    if (!(error instanceof UnconfirmedError)) throw withAdvice(error);
    const state: EnrollmentState = { ...inputs, status: "unconfirmed", startedAt };
    throw new RecordedAsUnconfirmed(`unconfirmed:${inputs.journeyId}`, state, error.message);
  }
}

async function abort({ journeyId, email, instanceId, abortReason }: EnrollmentState): Promise<void> {
  try {
    const over = await abortJourney(connection(config), { journeyId, email, instanceId, reason: abortReason });
    if (over !== undefined) {
      // The plugin's output is shown under the stack, as information.
      console.log(`Nothing left to abort in journey ${journeyId} for ${maskAddress(email)}: "${over}"`);
    }
  } catch (error) {
    throw withAdvice(error);
  }
}

function settingsProblem(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
}
