import type { Changes } from "../state/changes";
import type { Effect } from "../state/effects";
import type { Instances } from "../state/instances";
import { Numbered } from "../state/numbered";
import type { Due, Schedule } from "../state/schedule";
import { mailOf, type Mail } from "./mail";

interface Parts {
  readonly instances: Instances;
  readonly schedule: Schedule;
  readonly changes: Changes;
  /** How many messages are kept. */
  readonly limit: number;
  /** Lets effects happen, all or none. */
  readonly commit: (effects: readonly Effect[]) => void;
}

/** The newest messages that were sent by the journeys whose steps the sandbox knows. */
export class Outbox {
  readonly kept: Numbered<Mail>;
  private lastRevision = 0;

  constructor(private readonly parts: Parts) {
    this.kept = new Numbered(parts.limit, ({ id }) => id);
  }

  /**
   * Sends the next message of an instance: records it, together with what it makes of its instance.
   *
   * @returns The message. It is to be delivered now.
   */
  send({ instance, at }: Due): Mail | undefined {
    const steps = this.parts.schedule.stepsOf(instance);
    const index = instance.sent ?? 0;
    const step = steps[index];
    if (step === undefined) return undefined;
    const id = this.kept.nextNumber;
    const time = new Date(at).toISOString();
    const mail: Mail = { id, revision: this.nextRevision(), ...mailOf(instance, index, step, time) };
    const sent = index + 1;
    const end = sent === steps.length ? ({ status: "finished", endedAt: time } as const) : {};
    this.parts.commit([{ mail }, { instance: this.parts.instances.changed(instance, { sent, ...end }) }]);
    return mail;
  }

  /** Records where a message was delivered to, or why not. */
  delivered(mail: Mail, result: Pick<Mail, "deliveredTo" | "problem">): void {
    // It was dropped or removed in between, and its id may be another's.
    if (this.kept.get(mail.id) !== mail) return;
    this.parts.commit([{ mail: { ...mail, ...result, revision: this.nextRevision() } }]);
  }

  ofInstance(instanceId: string): Mail[] {
    return this.kept.page().filter((mail) => mail.instanceId === instanceId);
  }

  /** Takes in a message that was sent or changed. Returns one that is dropped for it. */
  put(next: Mail): Mail | undefined {
    this.lastRevision = Math.max(this.lastRevision, next.revision);
    const known = this.kept.get(next.id);
    if (known === undefined) {
      this.parts.changes.mail(next);
      return this.kept.push(next);
    }
    // The same object, because the lists hold it.
    this.parts.changes.mail(Object.assign(known, next));
    return undefined;
  }

  /** @param lastId The highest id that was ever given. */
  clear(lastId = 0): void {
    this.kept.clear(lastId);
  }

  private nextRevision(): number {
    return ++this.lastRevision;
  }
}
