import type { Instance, Instances } from "../state/instances";
import type { Changes } from "../state/changes";
import type { Journeys, Step } from "./journeys";
import { mailOf, type Mail } from "./mail";

/** A message that is to be sent. */
export interface Due {
  readonly instance: Instance;
  /** Which of the journey's steps it is, from 0. */
  readonly index: number;
  /** When it is due, in milliseconds since 1970. */
  readonly at: number;
}

/** The messages of the journeys whose steps the sandbox knows: those that were sent, and those that are due. */
export class Outbox {
  private sent: Mail[] = [];

  constructor(
    private readonly instances: Instances,
    private readonly journeys: Journeys,
    private readonly changes: Changes,
  ) {}

  get hasJourneys(): boolean {
    return this.journeys.size > 0;
  }

  all(): readonly Mail[] {
    return this.sent;
  }

  /** The unsent messages that are due by a time, in order. */
  dueBy(now: number): Due[] {
    return this.unsent()
      .filter(({ at }) => at <= now)
      .sort((a, b) => a.at - b.at);
  }

  /** When the next message is due. Undefined if there is none. */
  nextDueAt(): number | undefined {
    const times = this.unsent().map(({ at }) => at);
    return times.length === 0 ? undefined : times.reduce((a, b) => Math.min(a, b));
  }

  /** Sends a message. Returns undefined if its instance no longer runs. */
  send({ instance, index, at }: Due): Mail | undefined {
    const steps = this.stepsOf(instance);
    const step = steps[index];
    const runs = this.instances.find(instance.journeyId, instance.instanceId)?.status === "running";
    if (!runs || step === undefined) return undefined;
    const mail = {
      id: this.sent.length + 1,
      revision: this.changes.nextRevision(),
      ...mailOf(instance, index, step, new Date(at).toISOString()),
    };
    this.sent.push(mail);
    this.changes.mail(mail);
    instance.sent = index + 1;
    if (instance.sent === steps.length) {
      instance.status = "finished";
      instance.endedAt = mail.at;
    }
    this.instances.touch(instance);
    return mail;
  }

  /** Records where a message was delivered to, or why not. */
  delivered(mail: Mail, result: Pick<Mail, "deliveredTo" | "problem">): void {
    Object.assign(mail, result, { revision: this.changes.nextRevision() });
    this.changes.mail(mail);
  }

  /** The messages of an instance that are still to be sent, in order. */
  dueOf({ instanceId }: Instance): Due[] {
    return this.unsent().filter(({ instance }) => instance.instanceId === instanceId);
  }

  clear(): void {
    this.sent = [];
  }

  private unsent(): Due[] {
    if (!this.hasJourneys) return [];
    return this.instances
      .all()
      .filter(({ status }) => status === "running")
      .flatMap((instance) =>
        this.stepsOf(instance)
          .map(({ afterMs }, index) => ({ instance, index, at: Date.parse(instance.startedAt) + afterMs }))
          .slice(instance.sent),
      );
  }

  private stepsOf({ journeyId }: Instance): readonly Step[] {
    return this.journeys.get(journeyId.toLowerCase()) ?? [];
  }
}
