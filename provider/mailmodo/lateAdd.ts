import { maskAddress } from "../text/masking";
import { mayTakeEffectForMs } from "./lateEffect";
import { outlast } from "./outlast";
import type { Connection } from "./transport";

/** An add whose answer was lost. */
interface LostAdd {
  readonly email: string;
  /** When it was sent, in milliseconds since 1970. Default: so long ago that it can no longer take effect. */
  readonly addSentAt?: number | undefined;
  /** Whether to wait beyond the connection's deadline. Default: only if the add's age is unknown. */
  readonly outlastsDeadline?: boolean;
}

/**
 * Waits until an add can no longer take effect. Before that, Mailmodo may not know the contact yet, and may make it after
 * it was asked to archive it.
 *
 * @returns The connection for the calls after that.
 * @throws {LateCallError} There is no time for that. The error says when to try again.
 */
export async function outlastAdd(connection: Connection, lost: LostAdd): Promise<Connection> {
  const { email, addSentAt, outlastsDeadline } = lost;
  const sent = { email, sentAt: addSentAt };
  const failed = { operation: "archive", subject: maskAddress(email) } as const;
  return outlast(connection, { sent, what: "add", failed, outlastsDeadline });
}

/** Whether an add may still take effect. */
export function mayStillBeAdded({ email, addSentAt }: LostAdd, lateEffectMs: number | undefined): boolean {
  return mayTakeEffectForMs({ email, sentAt: addSentAt }, lateEffectMs) > 0;
}
