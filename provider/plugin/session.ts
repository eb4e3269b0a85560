import type * as pulumi from "@pulumi/pulumi";
import { Deadline } from "../mailmodo/deadline";
import { RateLimit } from "../mailmodo/rateLimit";
import type { Connection, Outgoing } from "../mailmodo/transport";
import type { Enrollment } from "../model/enrollment";
import type { Recipients } from "../model/recipients";
import { formerApiKeyOf } from "../settings/apiKey";
import { allowedRecipients, keySources, readSettings, secretInUse, type ConfigReader } from "../settings/settings";
import { withAdvice } from "./advice";
import { EngineWatch } from "./engineWatch";
import { Journals } from "./journals";
import { OtherHolders } from "./otherHolders";
import { Progress } from "./progress";

/** What a plugin keeps from one operation to the next: the stack's config, the rate limit, the journals and the progress. */
export class Session {
  /** Set by each configure, which the engine calls once for each kind of resource, before any other method. */
  config: ConfigReader = { get: () => undefined };
  readonly journals = new Journals(() => formerApiKeyOf(keySources(this.config)));
  readonly otherHolders = new OtherHolders((stack) => this.journals.openStack(stack));
  private readonly progress = new Map<string, Progress>();
  private rateLimit = new RateLimit(1);

  constructor(readonly engine = new EngineWatch()) {}

  /**
   * The connection for one enrollment's requests, which together end within the time for one operation. The settings are
   * read each time, so that a key from the environment counts at once, whatever config the engine hands over.
   *
   * @throws {SettingsError}
   */
  async connect(): Promise<Connection> {
    const { requestsPerSecond, ...settings } = await readSettings(this.config);
    if (this.rateLimit.perSecond !== requestsPerSecond) this.rateLimit = new RateLimit(requestsPerSecond);
    return {
      ...settings,
      deadline: new Deadline(),
      pace: this.rateLimit,
      objection: (request) => this.objection(request),
    };
  }

  /** The same for an abort: an error says what helps in a destroy. */
  async connectToAbort(): Promise<Connection> {
    try {
      return await this.connect();
    } catch (error) {
      throw this.advised(error, "abort");
    }
  }

  /** @throws {SettingsError} The list is missing or wrong. */
  allowedRecipients(): Recipients {
    return allowedRecipients(this.config);
  }

  /** Adds to an error what a user can do now. */
  advised(error: unknown, call: "start" | "abort"): unknown {
    return withAdvice(error, call, secretInUse(this.config));
  }

  /** Tells whether an earlier run began to abort an enrollment and recorded nothing of it: then it may not run any more. */
  async abortsBegun(
    to: Connection,
    stack: string | undefined,
  ): Promise<(enrollment: Pick<Enrollment, "journeyId" | "email" | "instanceId">) => boolean> {
    const { unsettled } = await this.journals.of(to, stack);
    return (enrollment) => unsettled.abortsOf(enrollment).length > 0;
  }

  /** The progress of a cohort, over all of its shards. */
  progressOf(cohort: string): Progress {
    const progress = this.progress.get(cohort) ?? new Progress(cohort);
    this.progress.set(cohort, progress);
    return progress;
  }

  /** Ends every wait for a permit: the plugin is to stop. */
  releaseAll(): void {
    this.rateLimit.releaseAll();
  }

  /** The second line of defence, whatever the check said: no start leaves for an address outside the list. */
  private async objection({ call, body }: Outgoing): Promise<string | undefined> {
    if (call === "start" && !this.allowedRecipients().allows(body.email ?? "")) {
      return "the address is outside mailmodo:allowedRecipients";
    }
    return this.engine.objection();
  }
}

/** This plugin's. */
export let session = new Session();

/** Starts over, as another plugin does. For tests, where one process plays many; what watches the engine is the process's. */
export function beginSession(): Session {
  return (session = new Session(session.engine));
}

/**
 * The configure of every lifecycle. The plugin keeps a provider even if this fails and never calls it again, so it only
 * keeps the config; each method resolves the settings.
 */
export async function configure(request: pulumi.dynamic.ConfigureRequest): Promise<void> {
  session.config = request.config;
  session.engine.shutDownGracefully({ first: () => session.releaseAll(), last: () => session.journals.finish() });
}
