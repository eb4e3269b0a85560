import { Deadline } from "./deadline";
import { LateCallError, type FailedCall } from "./errors";
import {
  clockTime,
  isFromTheFuture,
  mayTakeEffectForMs,
  waitForLateEffect,
  type LateCall,
  type SentCall,
} from "./lateEffect";
import type { Connection } from "./transport";

/** A call whose answer was lost, and the one that must not count before that can no longer take effect: an archive itself. */
interface Lost {
  readonly sent: SentCall;
  readonly what: LateCall;
  /** The call, as its error describes it. */
  readonly failed: FailedCall;
  /** By `performance.now`. Default: by when it was sent; one that can no longer take effect is not waited for. */
  readonly mayTakeEffectUntil?: number;
  /** Whether to wait beyond the connection's deadline. Default: only if the age of what was sent is unknown. */
  readonly outlastsDeadline?: boolean | undefined;
}

/**
 * Waits until a lost call can no longer take effect, and returns the connection for the call after that.
 *
 * @throws {LateCallError} There is no time for that. The error says when to try again.
 */
export async function outlast(connection: Connection, lost: Lost): Promise<Connection> {
  const { sent, what, failed } = lost;
  const lateMs = mayTakeEffectForMs(sent, connection.lateEffectMs);
  if (lost.mayTakeEffectUntil === undefined && lateMs === 0) return connection;
  const mayTakeEffectUntil = lost.mayTakeEffectUntil ?? performance.now() + lateMs;
  const leftMs = Math.max(0, mayTakeEffectUntil - performance.now());
  // A later run would not know the age either. So this run waits, beyond its own deadline if necessary.
  const outlastsDeadline = lost.outlastsDeadline === true || isFromTheFuture(sent);
  const fits = outlastsDeadline || leftMs + connection.requestTimeoutMs <= connection.deadline.leftMs();
  if (fits && (await waitForLateEffect(connection, leftMs, what)))
    return outlastsDeadline
      ? { ...connection, deadline: new Deadline(connection.deadline.slowDownBudgetMs) }
      : connection;

  const from = Date.now() + Math.max(0, mayTakeEffectUntil - performance.now());
  const why = `its ${what}, sent at ${clockTime(sent.sentAt!)}, may still take effect. Run it again from ${clockTime(from)} on.`;
  const error = new LateCallError(failed, why, from);
  // Only an archive that waits for an add was not sent.
  error.mayHaveTakenEffect = what !== "add";
  throw error;
}
