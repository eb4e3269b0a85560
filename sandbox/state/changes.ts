import type { Mail } from "../mail/mail";
import type { Contact } from "./contact";
import type { Instance } from "./instance";
import type { LoggedRequest } from "./loggedRequest";

/** What changed since it was last taken. */
export interface Change {
  /** Everything was removed. What else is listed came after that. */
  readonly isReset: boolean;
  readonly instances: readonly Instance[];
  readonly requests: readonly LoggedRequest[];
  readonly mails: readonly Mail[];
  readonly contacts: readonly Contact[];
}

/** Collects what changes while somebody listens. */
export class Changes {
  private listener: (() => void) | undefined;
  private isReset = false;
  private readonly instances = new Set<Instance>();
  private readonly requests = new Set<LoggedRequest>();
  private readonly mails = new Set<Mail>();
  private readonly contacts = new Set<Contact>();

  get isWatched(): boolean {
    return this.listener !== undefined;
  }

  get isEmpty(): boolean {
    const { instances, requests, mails, contacts } = this;
    return instances.size + requests.size + mails.size + contacts.size === 0 && !this.isReset;
  }

  /** @param listener Called at each change. Undefined: nobody listens, and nothing is collected. */
  listen(listener: (() => void) | undefined): void {
    this.listener = listener;
    if (listener === undefined) this.take();
  }

  instance(instance: Instance): void {
    this.add(this.instances, instance);
  }

  request(request: LoggedRequest): void {
    this.add(this.requests, request);
  }

  mail(mail: Mail): void {
    this.add(this.mails, mail);
  }

  contact(contact: Contact): void {
    this.add(this.contacts, contact);
  }

  /** Something changed that only the sandbox's state shows. */
  state(): void {
    this.listener?.();
  }

  reset(): void {
    this.take();
    this.isReset = this.isWatched;
    this.state();
  }

  /** What changed, at most so many of each kind. The rest remains. */
  take(limit = Infinity): Change {
    const { isReset } = this;
    this.isReset = false;
    return {
      isReset,
      instances: takeFrom(this.instances, limit),
      requests: takeFrom(this.requests, limit),
      mails: takeFrom(this.mails, limit),
      contacts: takeFrom(this.contacts, limit),
    };
  }

  private add<T>(changed: Set<T>, item: T): void {
    if (this.listener === undefined) return;
    changed.add(item);
    this.listener();
  }
}

function takeFrom<T>(changed: Set<T>, limit: number): T[] {
  const taken: T[] = [];
  for (const item of changed) {
    if (taken.length >= limit) break;
    taken.push(item);
    changed.delete(item);
  }
  return taken;
}
