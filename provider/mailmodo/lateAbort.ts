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
  return mayTakeEffectForMs({ journeyId, email, startSentAt: abortSentAt }, lateEffectMs) > 0;
}

/**
 * The attempts of an abort by address whose answers were lost. Each may take effect late, and would end what the next start
 * of the address begins. An abort by instance id cannot.
 */
export class LostAborts {
  /** When they were sent, in milliseconds since 1970. */
  private readonly sentAt: number[] = [];

  constructor(private readonly address: Address) {
    this.add(address.abortSentAt);
  }

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

  /** An error of the client that says when the last of them was sent. */
  inError<T>(error: T): T {
    return this.sentAt.length === 0
      ? error
      : (Object.assign(error as object, { abortSentAt: this.sentAt.at(-1) }) as T);
  }

  /**
   * Waits until none of them can take effect any more, even beyond the connection's deadline: nothing records an abort, so
   * the run must not go on, or end, before.
   *
   * @throws {LateStartError} The process began to shut down during the wait. The error says when to try again.
   */
  async outlast(connection: Connection): Promise<void> {
    const { journeyId, email } = this.address;
    for (const startSentAt of this.sentAt) {
      const sent = { journeyId, email, startSentAt };
      const ms = mayTakeEffectForMs(sent, connection.lateEffectMs);
      if (ms === 0) continue;
      const failed = { operation: "abort", journeyId, subject: maskAddress(email) } as const;
      const began = performance.now();
      await outlast(connection, {
        sent,
        what: "abort",
        failed,
        mayTakeEffectUntil: began + ms,
        outlastsDeadline: true,
      });
      connection.deadline.exclude(performance.now() - began);
    }
  }

  private add(sentAt: number | undefined): void {
    if (sentAt !== undefined) this.sentAt.push(sentAt);
  }
}
