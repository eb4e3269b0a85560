import { randomUUID } from "node:crypto";
import type { Journeys, Step } from "./journeys";
import { LateEffects } from "./lateEffects";
import { mailOf, type Mail } from "./mail";

/** One run of a journey for one address. */
export interface Instance {
  readonly instanceId: string;
  readonly journeyId: string;
  readonly email: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly startedAt: string;
  status: "running" | "aborted" | "finished";
  endedAt?: string;
  abortReason?: string;
  /** Set where the address ran in the journey already, and the start did not allow that: somebody is mailed twice. */
  doubled?: true;
  /** How many of the journey's mails were sent, where the sandbox knows them. After the last one it is finished. */
  sent?: number;
}

/** A mail that is to be sent. */
export interface Due {
  readonly instance: Instance;
  /** Which of the journey's steps, from 0. */
  readonly index: number;
  readonly at: number;
}

/** One request to the two calls, and how it was answered. Headers are not kept, so the key is not. */
export interface JournalEntry {
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly status: number;
  readonly answer: unknown;
  /** What went wrong on purpose. */
  readonly fault?: string;
}

/** The sandbox's books: what runs, what ended, what was asked and what was mailed. In memory only. */
export class Store {
  private readonly instances = new Map<string, Instance>();
  private journal: JournalEntry[] = [];
  private sent: Mail[] = [];
  private readonly late: LateEffects;
  private readonly now: () => number;

  /**
   * @param now The clock, in milliseconds since 1970.
   * @param journeyDurationMs How long a journey runs before it finishes by itself, if its mails are not known.
   */
  constructor(
    now: () => number,
    private readonly journeyDurationMs: number,
    private readonly journeys: Journeys,
  ) {
    this.late = new LateEffects(now);
    this.now = this.late.now;
  }

  start(journeyId: string, email: string, data: Record<string, unknown>, allowDuplicateEmail = false): Instance {
    const doubled = !allowDuplicateEmail && this.running(journeyId, email).length > 0;
    const instance: Instance = {
      instanceId: randomUUID(),
      journeyId,
      email,
      data,
      startedAt: this.time(),
      status: "running",
      ...(doubled ? { doubled } : {}),
      ...(this.journeys.has(journeyId.toLowerCase()) ? { sent: 0 } : {}),
    };
    this.instances.set(instance.instanceId, instance);
    return instance;
  }

  abort(instance: Instance, reason: string | undefined): void {
    instance.status = "aborted";
    instance.endedAt = this.time();
    if (reason !== undefined) instance.abortReason = reason;
  }

  /** Does something so much later, by the clock: before anything else is asked of the books after that time. */
  later(ms: number, act: () => void): void {
    this.late.add(ms, act);
  }

  find(journeyId: string, instanceId: string): Instance | undefined {
    return this.all().find((instance) => instance.journeyId === journeyId && instance.instanceId === instanceId);
  }

  running(journeyId: string, email: string): Instance[] {
    return this.ever(journeyId, email).filter((instance) => instance.status === "running");
  }

  /** What was started for an address, whether it runs or not. */
  ever(journeyId: string, email: string): Instance[] {
    return this.all().filter(
      (instance) => instance.journeyId === journeyId && instance.email.toLowerCase() === email.toLowerCase(),
    );
  }

  /** All instances in the order of their starts, those whose time is over as finished. */
  all(): Instance[] {
    this.late.catchUp();
    const instances = [...this.instances.values()];
    for (const instance of instances) {
      const end = Date.parse(instance.startedAt) + this.journeyDurationMs;
      if (instance.status !== "running" || instance.sent !== undefined || this.now() < end) continue;
      instance.status = "finished";
      instance.endedAt = new Date(end).toISOString();
    }
    return instances;
  }

  /** What has fallen due, in the order in which it did. */
  due(): Due[] {
    return this.unsent()
      .filter(({ at }) => at <= this.now())
      .sort((a, b) => a.at - b.at);
  }

  /** When the next mail falls due, or the next late call takes effect, which may be a start of a journey with mails. */
  nextDueAt(): number | undefined {
    if (this.journeys.size === 0) return undefined;
    const times = this.unsent()
      .map(({ at }) => at)
      .concat(this.late.times());
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Enters a mail into the books, or nothing where its instance runs no more. */
  send({ instance, index, at }: Due): Mail | undefined {
    const steps = this.stepsOf(instance);
    const step = steps[index];
    const runs = instance.status === "running" && this.instances.has(instance.instanceId);
    if (!runs || step === undefined) return undefined;
    const mail = mailOf(instance, index, step, new Date(at).toISOString());
    this.sent.push(mail);
    instance.sent = index + 1;
    if (instance.sent === steps.length) {
      instance.status = "finished";
      instance.endedAt = mail.at;
    }
    return mail;
  }

  mails(): readonly Mail[] {
    return this.sent;
  }

  record(entry: Omit<JournalEntry, "at">): void {
    this.journal.push({ at: this.time(), ...entry });
  }

  requests(): readonly JournalEntry[] {
    return this.journal;
  }

  reset(): void {
    this.instances.clear();
    this.journal = [];
    this.sent = [];
    this.late.clear();
  }

  private unsent(): Due[] {
    this.late.catchUp();
    if (this.journeys.size === 0) return [];
    return [...this.instances.values()]
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

  private time(): string {
    return new Date(this.now()).toISOString();
  }
}
