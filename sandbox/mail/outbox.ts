import type { Changes } from "../state/changes";
import type { Effect } from "../state/effects";
import { suppressionOf } from "../state/contact";
import type { Contacts } from "../state/contacts";
import { stepsOver } from "../state/instance";
import type { Instances } from "../state/instances";
import { Numbered } from "../state/numbered";
import type { Due, Schedule } from "../state/schedule";
import { mailOf, type Mail } from "./mail";

interface Parts {
  readonly instances: Instances;
  readonly schedule: Schedule;
  readonly changes: Changes;
  readonly contacts: Contacts;
  /** The link that unsubscribes the contact of an instance. */
  readonly linkOf: (instanceId: string) => string;
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
   * Sends the next message of an instance: records it, together with what it makes of its instance. If the contact is
   * blocked or unsubscribed, the message is withheld, and the journey goes on.
   *
   * @returns The message. It is to be delivered now. Undefined: none is sent.
   */
  send({ instance, at }: Due): Mail | undefined {
    const { schedule, contacts, instances, linkOf, commit } = this.parts;
    const { instanceId, email, sent = 0, withheld = 0 } = instance;
    const steps = schedule.stepsOf(instance);
    const index = stepsOver(instance);
    const step = steps[index];
    if (step === undefined) return undefined;
    const time = new Date(at).toISOString();
    const end = index + 1 === steps.length ? ({ status: "finished", endedAt: time } as const) : {};
    const withheldReason = suppressionOf(contacts.get(email));
    if (withheldReason !== undefined) {
      commit([{ instance: instances.changed(instance, { withheld: withheld + 1, withheldReason, ...end }) }]);
      return undefined;
    }
    const numbers = { id: this.kept.nextNumber, revision: this.nextRevision() };
    const mail: Mail = { ...numbers, ...mailOf(instance, index, step, time, linkOf(instanceId)) };
    commit([{ mail }, { instance: instances.changed(instance, { sent: sent + 1, ...end }) }]);
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
