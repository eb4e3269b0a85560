import type { MailmodoError } from "../mailmodo/errors";
import { addressKey, mailboxKey } from "../model/addresses";
import type { Enrollment } from "../model/enrollment";

type Address = Pick<Enrollment, "journeyId" | "email">;

/** How a resource of the program uses a contact: it enrolls it, it is the contact, or it archives it. */
type Use = "enrollment" | "contact" | "archive";

/** A start of this run that may have taken effect. */
interface Start {
  readonly addressKey: string;
  /** Undefined until Mailmodo has confirmed it. */
  instanceId: string | undefined;
}

/** What becomes of a start that is remembered. */
export interface BegunStart {
  /** Mailmodo has confirmed it. */
  confirm(instanceId: string): void;
  /** It certainly had no effect. */
  forget(): void;
}

/** What this run has started, ended and been asked for. A state may not show it yet. */
export class ThisRun {
  private readonly starts = new Map<string, readonly Start[]>();
  /** The aborts by address: once one is over, when an attempt of it was sent that may take effect yet, if one was. */
  private readonly aborts = new Map<string, Promise<number | undefined>[]>();
  private readonly endedInstances = new Set<string>();
  private readonly endedAddresses = new Set<string>();
  private readonly uses = { enrollment: new Set<string>(), contact: new Set<string>(), archive: new Set<string>() };

  /**
   * Remembers a start, from before its request leaves: an abort by address would stop it as soon as it takes effect.
   */
  starting(enrollment: Address): BegunStart {
    const start: Start = { addressKey: addressKey(enrollment), instanceId: undefined };
    this.starts.set(mailboxKey(enrollment.email), [...this.startsOf(enrollment.email), start]);
    return {
      confirm: (instanceId) => void (start.instanceId = instanceId),
      forget: () => this.remove(enrollment.email, (one) => one === start),
    };
  }

  /** Remembers an abort while it is under way, and if it fails. Only one by address can end what is started next. */
  aborting<T>(enrollment: Address & Pick<Enrollment, "instanceId">, abort: Promise<T>): Promise<T> {
    if (enrollment.instanceId !== undefined) return abort;
    const key = addressKey(enrollment);
    const sentAt = abort.then(
      () => undefined,
      (error: Partial<MailmodoError>) => error.abortSentAt,
    );
    this.aborts.set(key, [...(this.aborts.get(key) ?? []), sentAt]);
    return abort;
  }

  /** How many aborts by address have begun so far. */
  countAborts(address: Address): number {
    return this.aborts.get(addressKey(address))?.length ?? 0;
  }

  /**
   * Waits until none of the aborts by address that have begun so far is under way.
   *
   * @returns When the last attempt was sent that may take effect yet, in milliseconds since 1970. Undefined if there is none.
   */
  async lastLostAbort(address: Address): Promise<number | undefined> {
    const sentAt = await Promise.all(this.aborts.get(addressKey(address)) ?? []);
    const lost = sentAt.filter((at) => at !== undefined);
    return lost.length === 0 ? undefined : Math.max(...lost);
  }

  /** Remembers a successful abort: of an instance or, without its id, of all that ran for the address. */
  ended({ instanceId, ...address }: Address & Pick<Enrollment, "instanceId">): void {
    const key = addressKey(address);
    if (instanceId === undefined) this.endedAddresses.add(key);
    else this.endedInstances.add(instanceId);
    this.remove(address.email, (start) =>
      instanceId === undefined ? start.addressKey === key : start.instanceId === instanceId,
    );
  }

  /** Whether this run has ended an enrollment that a state records. */
  hasEnded({ instanceId, ...address }: Address & Pick<Enrollment, "instanceId">): boolean {
    return (
      this.endedAddresses.has(addressKey(address)) || (instanceId !== undefined && this.endedInstances.has(instanceId))
    );
  }

  /** Whether this run has started an address in a journey and not ended it. */
  hasStarted(address: Address): boolean {
    const key = addressKey(address);
    return this.startsOf(address.email).some((start) => start.addressKey === key);
  }

  /** The same for a mailbox, in any journey. */
  enrolls(email: string): boolean {
    return this.startsOf(email).length > 0;
  }

  /** Remembers that a resource of the program uses contacts. A destroy runs no program. */
  want(use: Use, emails: Iterable<string>): void {
    for (const email of emails) this.uses[use].add(mailboxKey(email));
  }

  /** Whether a program runs that has resources of this package, as far as the engine has checked them. */
  get hasProgram(): boolean {
    return Object.values(this.uses).some(({ size }) => size > 0);
  }

  wants(use: Use, email: string): boolean {
    return this.uses[use].has(mailboxKey(email));
  }

  private startsOf(email: string): readonly Start[] {
    return this.starts.get(mailboxKey(email)) ?? [];
  }

  private remove(email: string, isEnded: (start: Start) => boolean): void {
    const left = this.startsOf(email).filter((start) => !isEnded(start));
    if (left.length > 0) this.starts.set(mailboxKey(email), left);
    else this.starts.delete(mailboxKey(email));
  }
}
