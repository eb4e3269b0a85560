import type * as pulumi from "@pulumi/pulumi";
import { Deadline } from "../mailmodo/deadline";
import { RateLimit } from "../mailmodo/rateLimit";
import type { Call, Outgoing } from "../mailmodo/outgoing";
import type { Connection } from "../mailmodo/transport";
import { contactNote } from "../model/contactNote";
import type { Enrollment } from "../model/enrollment";
import { OUTSIDE_RECIPIENTS, type Recipients } from "../model/recipients";
import { formerApiKeyOf } from "../settings/apiKey";
import { refuseSuppressed } from "../settings/refuseSuppressed";
import { allowedRecipients, keySources, readSettings, secretInUse, type ConfigReader } from "../settings/settings";
import { withAdvice } from "./advice";
import { EngineWatch } from "./engineWatch";
import { Journals } from "./journals";
import { OtherEnrollments, type PendingStart } from "./otherEnrollments";
import { OwnContacts } from "./ownContacts";
import { Progress } from "./progress";
import { SlowDownNotice } from "./slowDownNotice";
import { SuppressionCheck } from "./suppressionCheck";
import { ThisRun } from "./thisRun";
import { EVERY_MS } from "./ticker";

/** What a plugin keeps between operations: the stack's config, the rate limit, the journals and the progress. */
export class Session {
  /** Set by each configure, which the engine calls once for each type of resource, before any other method. */
  config: ConfigReader = { get: () => undefined };
  readonly journals = new Journals(() => formerApiKeyOf(keySources(this.config)));
  readonly thisRun = new ThisRun();
  readonly otherEnrollments = new OtherEnrollments((stack) => this.journals.stackOf(stack), this.thisRun);
  readonly ownContacts = new OwnContacts((email, stack) => this.otherEnrollments.contactsInStack(email, stack));
  /** For enrollments that belong to no cohort. */
  readonly slowDownNotice = new SlowDownNotice(() => this.slowDownNote("enrollment"));
  readonly suppressionCheck = new SuppressionCheck();
  private readonly progress = new Map<string, Progress>();
  private rateLimit = new RateLimit(1);
  private slowDownBudgetMs = 0;

  constructor(readonly engine = new EngineWatch()) {}

  /**
   * A connection for one enrollment's requests, which share one deadline. The settings are read each time, so that a
   * key from the environment takes effect at once, whatever config the engine passes on.
   *
   * @throws {SettingsError} A setting is missing or invalid.
   */
  async connect(): Promise<Connection> {
    const { requestsPerSecond, slowDownTimeoutMs, ...settings } = await readSettings(this.config);
    if (this.rateLimit.perSecond !== requestsPerSecond) this.rateLimit = new RateLimit(requestsPerSecond);
    const deadline = new Deadline(slowDownTimeoutMs);
    this.slowDownBudgetMs = deadline.slowDownBudgetMs;
    return {
      ...settings,
      deadline,
      pace: this.rateLimit,
      reasonToHold: (request) => this.reasonToHold(request),
    };
  }

  /** The same for a call: its errors have advice that helps there, such as in a destroy. */
  async connectTo(call: Call): Promise<Connection> {
    try {
      return await this.connect();
    } catch (error) {
      throw this.advised(error, call);
    }
  }

  /** @throws {SettingsError} The list is missing or invalid. */
  allowedRecipients(): Recipients {
    return allowedRecipients(this.config);
  }

  /**
   * Whether the start of a contact that Mailmodo sends nothing is refused.
   *
   * @throws {SettingsError} The setting is invalid.
   */
  refuseSuppressed(): boolean {
    return refuseSuppressed(this.config);
  }

  /** Adds advice to an error. */
  advised(error: unknown, call: Call): unknown {
    return withAdvice(error, call, secretInUse(this.config));
  }

  /** Whether an earlier run began to change or archive a contact without recording the result. */
  async hasUnsettledCall(to: Connection, contact: { email: string; stack?: string }): Promise<boolean> {
    const { unsettled } = await this.journals.of(to, contact.stack);
    return unsettled.of(contactNote(contact)).length > 0;
  }

  /**
   * A start of a contact that an earlier run may have made without recording it: by a note, unless this run has ended it, or
   * by a pending operation of the state, which recover clears.
   *
   * @throws {Error} The state cannot be read.
   */
  async unsettledStart(
    to: Connection,
    { email, stack }: { email: string; stack?: string },
  ): Promise<PendingStart | undefined> {
    const { unsettled } = await this.journals.of(to, stack);
    const noted = unsettled.startsOf(email).find((start) => !this.thisRun.hasEnded(start));
    if (noted === undefined) return this.otherEnrollments.pendingStart(email, stack);
    return { journeyId: noted.journeyId, otherStack: undefined };
  }

  /**
   * Returns a test for whether an earlier run began to abort an enrollment without recording the result. Such an
   * enrollment may no longer run.
   */
  async abortsBegun(
    to: Connection,
    stack: string | undefined,
  ): Promise<(enrollment: Pick<Enrollment, "journeyId" | "email" | "instanceId">) => boolean> {
    const { unsettled } = await this.journals.of(to, stack);
    return (enrollment) => unsettled.abortsOf(enrollment).length > 0;
  }

  /** The progress of a cohort, across all of its shards. */
  progressOf(cohort: string): Progress {
    const progress = this.progress.get(cohort) ?? new Progress(cohort, console.log, () => this.slowDownNote("contact"));
    this.progress.set(cohort, progress);
    return progress;
  }

  /** Ends every wait for a permit, because the plugin is shutting down. */
  releaseAll(): void {
    this.rateLimit.releaseAll();
  }

  /** @param what What each request is about. */
  private slowDownNote(what: string): string | undefined {
    if (!this.rateLimit.wasRefusedWithin(EVERY_MS)) return undefined;
    const minutes = Math.round(this.slowDownBudgetMs / 6_000) / 10;
    return `Mailmodo asks to slow down: another run may use the same key. Each ${what} is tried for up to ${minutes} min.`;
  }

  /**
   * The second line of defense: whatever the check said, nothing is started, and no contact is changed, for an address
   * outside the list. An abort and a look-up do no harm there.
   */
  private async reasonToHold({ call, body }: Outgoing): Promise<string | undefined> {
    if (call !== "abort" && call !== "find" && !this.allowedRecipients().allows(body?.email ?? "")) {
      return OUTSIDE_RECIPIENTS;
    }
    return this.engine.reasonToHold();
  }
}

/** This plugin's session. */
export let session = new Session();

/**
 * Begins a new session, as a new plugin does. For tests, in which one process plays many plugins. The engine watch is
 * kept.
 */
export function beginSession(): Session {
  return (session = new Session(session.engine));
}

/**
 * The configure method of every lifecycle. The plugin keeps a provider even if this fails, and never calls it again. So
 * it only keeps the config, and each method resolves the settings.
 */
export async function configure(request: pulumi.dynamic.ConfigureRequest): Promise<void> {
  session.config = request.config;
  session.engine.shutDownGracefully({ first: () => session.releaseAll(), last: () => session.journals.close() });
}
