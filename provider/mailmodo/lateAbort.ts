import { maskAddress } from "../text/masking";
import type { MailmodoError } from "./errors";
import { mayTakeEffectForMs, rememberSent } from "./lateEffect";
import { outlast } from "./outlast";
import type { Connection } from "./transport";

/** What an abort by address is about. */
interface Address {
  readonly journeyId: string;
  readonly email: string;
  /** When an earlier run sent one whose answer was lost, in milliseconds since 1970. Default: it did not. */
  readonly abortSentAt?: number | undefined;
}

/** Whether a lost abort by address may still take effect. */
export function mayStillAbort({ journeyId, email, abortSentAt }: Address, lateEffectMs: number | undefined): boolean {
  return mayTakeEffectForMs({ journeyId, email, sentAt: abortSentAt }, lateEffectMs) > 0;
}

/**
 * The attempts of an abort by address whose answers were lost. Each may take effect late, and would end what the next start
 * of the address begins. An abort by instance id cannot.
 */
export class LostAborts {
  /** When those of this run were sent, in milliseconds since 1970. */
  private readonly sentAt: number[] = [];

  constructor(private readonly address: Address) {}

  /** Does one abort, and remembers which of its attempts was lost. */
  async during<T extends { readonly lostAt: number | undefined }>(abort: () => Promise<T>): Promise<T> {
    try {
      const result = await abort();
      if (result.lostAt !== undefined) this.add(rememberSent(this.address, result.lostAt));
      return result;
    } catch (error) {
      this.add((error as Partial<MailmodoError>).abortSentAt);
      throw error;
    }
  }

  /** An error of the client that says when the last one of this run was sent that may take effect yet. */
  inError<T>(error: T, lateEffectMs: number | undefined): T {
    const late = this.sentAt.filter((abortSentAt) => mayStillAbort({ ...this.address, abortSentAt }, lateEffectMs));
    return Object.assign(error as object, { abortSentAt: late.length === 0 ? undefined : Math.max(...late) }) as T;
  }

  /**
   * Waits until none of them can take effect any more, even beyond the connection's deadline: nothing records an abort, so
   * the run must not go on, or end, before.
   *
   * @throws {LateCallError} The process began to shut down during the wait. The error says when to try again.
   */
  async outlast(connection: Connection): Promise<void> {
    const { journeyId, email } = this.address;
    for (const sentAt of [this.address.abortSentAt, ...this.sentAt]) {
      const sent = { journeyId, email, sentAt };
      const failed = { operation: "abort", journeyId, subject: maskAddress(email) } as const;
      const began = performance.now();
      await outlast(connection, { sent, what: "abort", failed, outlastsDeadline: true });
      connection.deadline.exclude(performance.now() - began);
    }
  }

  private add(sentAt: number | undefined): void {
    if (sentAt !== undefined) this.sentAt.push(sentAt);
  }
}
