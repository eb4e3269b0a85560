import { randomUUID } from "node:crypto";

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

/** The sandbox's books: what runs, what ended, and what was asked. In memory only. */
export class Store {
  private readonly instances = new Map<string, Instance>();
  private journal: JournalEntry[] = [];

  /**
   * @param now The clock, in milliseconds since 1970.
   * @param journeyDurationMs How long a journey runs before it finishes by itself.
   */
  constructor(
    private readonly now: () => number,
    private readonly journeyDurationMs: number,
  ) {}

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
    };
    this.instances.set(instance.instanceId, instance);
    return instance;
  }

  abort(instance: Instance, reason: string | undefined): void {
    instance.status = "aborted";
    instance.endedAt = this.time();
    if (reason !== undefined) instance.abortReason = reason;
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
    const instances = [...this.instances.values()];
    for (const instance of instances) {
      const end = Date.parse(instance.startedAt) + this.journeyDurationMs;
      if (instance.status !== "running" || this.now() < end) continue;
      instance.status = "finished";
      instance.endedAt = new Date(end).toISOString();
    }
    return instances;
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
  }

  private time(): string {
    return new Date(this.now()).toISOString();
  }
}
