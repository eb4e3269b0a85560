import { Outbox } from "../mail/outbox";
import type { Journeys } from "../mail/journeys";
import type { Mail } from "../mail/mail";
import { Changes } from "./changes";
import type { Clock } from "./clock";
import type { ContactSeed } from "./contact";
import { ContactLists } from "./contactLists";
import { Contacts } from "./contacts";
import type { Effect, Keeper } from "./effects";
import type { Instance } from "./instance";
import { idMaker } from "./ids";
import { Instances } from "./instances";
import { LateCalls } from "./lateCalls";
import type { LoggedRequest } from "./loggedRequest";
import { RequestLog } from "./requestLog";
import { Schedule } from "./schedule";

/** How much is kept. What is older is dropped. */
interface Limits {
  readonly requests: number;
  readonly mails: number;
  readonly ended: number;
  readonly archived: number;
}

export interface StoreOptions {
  readonly clock: Clock;
  /** How long a journey without steps runs before it finishes by itself, in milliseconds. */
  readonly journeyDurationMs: number;
  readonly journeys: Journeys;
  readonly limits: Limits;
  /** The link that unsubscribes the contact of an instance. */
  readonly linkOf: (instanceId: string) => string;
  readonly seed?: number | undefined;
  /** Keeps it beyond the process. Undefined: it is in memory only. */
  readonly keeper?: Keeper | undefined;
}

/** All data of the sandbox: instances, contacts, requests and messages. Reading it changes nothing. */
export class Store {
  readonly changes = new Changes();
  readonly schedule: Schedule;
  readonly instances: Instances;
  readonly contacts: Contacts;
  readonly contactLists: ContactLists;
  readonly outbox: Outbox;
  readonly log: RequestLog;
  readonly late = new LateCalls();
  private actingAt: number | undefined;
  /** To be written together with the next effects. */
  private together: Effect[] = [];
  private dropped: Effect[] = [];

  constructor(private readonly options: StoreOptions) {
    const { clock, journeys, journeyDurationMs, limits, linkOf, seed, keeper } = options;
    const { changes, commit } = this;
    const now = () => this.actingAt ?? clock.now();
    const schedule = new Schedule(journeys, journeyDurationMs);
    this.schedule = schedule;
    this.instances = new Instances({
      now,
      schedule,
      changes,
      idOf: idMaker(seed),
      endedLimit: limits.ended,
      commit,
    });
    this.contacts = new Contacts({ now, changes, idOf: idMaker(seed, "contact"), archivedLimit: limits.archived });
    this.contactLists = new ContactLists({ now, idOf: idMaker(seed, "list") });
    this.outbox = new Outbox({
      instances: this.instances,
      contacts: this.contacts,
      schedule,
      changes,
      limit: limits.mails,
      linkOf,
      commit,
    });
    this.log = new RequestLog(now, changes, limits.requests);
    if (keeper !== undefined) this.restore(keeper);
  }

  /** All instances, in the order of their starts. */
  all(): Instance[] {
    return this.instances.all();
  }

  /** All requests to the vendor's calls, in order. */
  requests(): readonly LoggedRequest[] {
    return this.log.kept.page();
  }

  /** All messages that were sent, in order. */
  mails(): readonly Mail[] {
    return this.outbox.kept.page();
  }

  /** When something happens next: a message, an end, or a late call. Undefined if nothing does. */
  nextDueAt(): number | undefined {
    const { schedule, late } = this;
    const at = Math.min(schedule.nextMail?.at ?? Infinity, schedule.nextEnd?.at ?? Infinity, late.next?.at ?? Infinity);
    return at === Infinity ? undefined : at;
  }

  /**
   * Acts as at a time, and lets an effect happen together with those of the action: all or none.
   *
   * @throws What the action throws. Then nothing has happened.
   */
  actAt(at: number, effect: Effect, act: () => void): void {
    this.actingAt = at;
    this.together = [effect];
    try {
      act();
      if (this.together.length > 0) this.commit([]);
    } finally {
      this.actingAt = undefined;
      this.together = [];
    }
  }

  /** Sets contacts as they are at the vendor, all or none. */
  setContacts(seeds: readonly ContactSeed[]): void {
    this.commit(this.contactEffects(seeds));
  }

  /** What would set these contacts. */
  contactEffects(seeds: readonly ContactSeed[]): Effect[] {
    const names = seeds.flatMap(({ lists = [] }) => lists);
    const lists = this.contactLists.missing(names).map((list): Effect => ({ list }));
    return [...lists, ...this.contacts.changed(seeds).map((contact): Effect => ({ contact }))];
  }

  reset(): void {
    this.commit([{ reset: true }]);
  }

  /** Lets effects happen, all or none: first in the file, if there is one, so that memory never knows more. */
  readonly commit = (effects: readonly Effect[]): void => {
    const { keeper } = this.options;
    const all = this.together.length > 0 ? [...this.together, ...effects] : effects;
    keeper?.write(this.dropped.length > 0 ? [...this.dropped, ...all] : all);
    this.together = [];
    this.dropped = [];
    for (const effect of all) this.apply(effect);
  };

  private apply(effect: Effect): void {
    if ("instance" in effect)
      this.note(this.instances.put(effect.instance), ({ number }) => ({ droppedInstance: number }));
    else if ("mail" in effect) this.note(this.outbox.put(effect.mail), ({ id }) => ({ droppedMail: id }));
    else if ("contact" in effect)
      this.note(this.contacts.put(effect.contact), ({ number }) => ({ droppedContact: number }));
    else if ("list" in effect) this.contactLists.put(effect.list);
    else if ("late" in effect) this.late.put(effect.late);
    else if ("lateDone" in effect) this.late.remove(effect.lateDone);
    else if ("aheadMs" in effect) this.options.clock.set(effect.aheadMs);
    else if ("reset" in effect) {
      const { instances, contacts, contactLists, outbox, log, late } = this;
      for (const part of [instances, contacts, contactLists, outbox, log, late]) part.clear();
      this.changes.reset();
    }
  }

  private note<T>(dropped: T | undefined, effectOf: (dropped: T) => Effect): void {
    if (dropped === undefined || this.options.keeper === undefined) return;
    this.dropped.push(effectOf(dropped));
  }

  private restore(keeper: Keeper): void {
    const { aheadMs, instances, contacts, lists, mails, late, last } = keeper.read();
    this.outbox.clear((mails[0]?.id ?? last.mail + 1) - 1);
    this.late.clear(last.late);
    this.apply({ aheadMs });
    for (const dropped of this.instances.restore(instances, last.instance))
      this.note(dropped, ({ number }) => ({ droppedInstance: number }));
    for (const dropped of this.contacts.restore(contacts, last.contact))
      this.note(dropped, ({ number }) => ({ droppedContact: number }));
    for (const list of lists) this.apply({ list });
    for (const mail of mails) this.apply({ mail });
    for (const one of late) this.apply({ late: one });
  }
}
