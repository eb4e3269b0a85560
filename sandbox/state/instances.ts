import { randomUUID } from "node:crypto";
import type { Changes } from "./changes";

/** One run of a journey for one address. */
export interface Instance {
  /** Its place in the order of starts, from 1. */
  readonly number: number;
  /** Higher after each change of it. */
  revision: number;
  readonly instanceId: string;
  readonly journeyId: string;
  readonly email: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly startedAt: string;
  status: "running" | "aborted" | "finished";
  endedAt?: string;
  abortReason?: string;
  /** Set if the address was already in the journey and the start did not allow that: somebody is enrolled twice. */
  doubled?: true;
  /** How many of the journey's messages were sent. Undefined if the sandbox does not know the journey's steps. */
  sent?: number;
}

/** All instances that were ever started. */
export class Instances {
  private readonly byId = new Map<string, Instance>();
  private readonly byAddress = new Map<string, Instance[]>();

  /**
   * @param now The clock, in milliseconds since 1970.
   * @param durationMs How long a journey without steps runs before it finishes by itself.
   * @param hasSteps Whether the steps of a journey are known.
   */
  constructor(
    private readonly now: () => number,
    private readonly durationMs: number,
    private readonly hasSteps: (journeyId: string) => boolean,
    private readonly changes: Changes,
  ) {}

  start(journeyId: string, email: string, data: Record<string, unknown>, allowDuplicateEmail = false): Instance {
    const doubled = !allowDuplicateEmail && this.running(journeyId, email).length > 0;
    const instance: Instance = {
      number: this.byId.size + 1,
      revision: this.changes.nextRevision(),
      instanceId: randomUUID(),
      journeyId,
      email,
      data,
      startedAt: new Date(this.now()).toISOString(),
      status: "running",
      ...(doubled ? { doubled } : {}),
      ...(this.hasSteps(journeyId) ? { sent: 0 } : {}),
    };
    this.byId.set(instance.instanceId, instance);
    const key = keyOf(journeyId, email);
    const others = this.byAddress.get(key);
    if (others === undefined) this.byAddress.set(key, [instance]);
    else others.push(instance);
    this.changes.instance(instance);
    return instance;
  }

  /** @param instance A running instance. */
  abort(instance: Instance, reason: string | undefined): void {
    instance.status = "aborted";
    instance.endedAt = new Date(this.now()).toISOString();
    if (reason !== undefined) instance.abortReason = reason;
    this.touch(instance);
  }

  /** Says that an instance was changed. */
  touch(instance: Instance): void {
    instance.revision = this.changes.nextRevision();
    this.changes.instance(instance);
  }

  get(instanceId: string): Instance | undefined {
    const instance = this.byId.get(instanceId);
    return instance && this.asOfNow(instance);
  }

  find(journeyId: string, instanceId: string): Instance | undefined {
    const instance = this.byId.get(instanceId);
    return instance?.journeyId === journeyId ? this.asOfNow(instance) : undefined;
  }

  running(journeyId: string, email: string): Instance[] {
    return this.startedFor(journeyId, email).filter(({ status }) => status === "running");
  }

  /** All instances that were ever started for an address. */
  startedFor(journeyId: string, email: string): Instance[] {
    return (this.byAddress.get(keyOf(journeyId, email)) ?? []).map((instance) => this.asOfNow(instance));
  }

  /** All instances, in the order of their starts. */
  all(): Instance[] {
    return [...this.byId.values()].map((instance) => this.asOfNow(instance));
  }

  clear(): void {
    this.byId.clear();
    this.byAddress.clear();
  }

  /**
   * The instance with its current status: it counts as finished after its duration, though nothing sets that status.
   */
  private asOfNow(instance: Instance): Instance {
    const endsAt = Date.parse(instance.startedAt) + this.durationMs;
    if (instance.status !== "running" || instance.sent !== undefined || this.now() < endsAt) return instance;
    return { ...instance, status: "finished", endedAt: new Date(endsAt).toISOString() };
  }
}

function keyOf(journeyId: string, email: string): string {
  return `${journeyId} ${email.toLowerCase()}`;
}
