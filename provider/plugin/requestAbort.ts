import type { UnsettledCall } from "../journal/unsealedNotes";
import { MailmodoError } from "../mailmodo/errors";
import type { Connection } from "../mailmodo/transport";
import type { Enrollment } from "../model/enrollment";
import { withoutAdvice } from "./advice";
import type { BegunStart, ThisRun } from "./thisRun";

/**
 * Sends an abort. One by address returns once neither it nor those that earlier runs have sent can take effect late.
 *
 * @param earlier The aborts that earlier runs left unsettled.
 * @returns Mailmodo's words if there was nothing left to abort, otherwise undefined.
 */
export async function requestAbort(
  to: Connection,
  enrollment: Enrollment,
  earlier: readonly UnsettledCall[],
): Promise<string | undefined> {
  const { journeyId, email, instanceId, startSentAt, abortReason: reason } = enrollment;
  // Loaded by the first request. With axios it is most of the package's load time, and a preview sends nothing.
  const { abortJourney } = await import("../mailmodo/client");
  const sentAt = earlier.flatMap(({ abortSentAt }) => abortSentAt ?? []);
  const late = sentAt.length === 0 ? {} : { abortSentAt: Math.max(...sentAt) };
  return abortJourney(to, { journeyId, email, instanceId, reason, startSentAt, ...late });
}

/** Waits until an abort by address that was lost can no longer end what is started next. */
export async function outlastAbort(
  to: Connection,
  call: Pick<UnsettledCall, "journeyId" | "email" | "abortSentAt">,
): Promise<void> {
  if (call.abortSentAt === undefined) return;
  const { LostAborts } = await import("../mailmodo/lateAbort");
  await new LostAborts(call).outlast(to);
}

/**
 * Waits until no abort by address of this run can end what is started next, and remembers the start. From then on, such an
 * abort is held back. So no other one must begin in between, and this comes after all else that a start waits for.
 */
export async function startAfterAborts(thisRun: ThisRun, to: Connection, enrollment: Enrollment): Promise<BegunStart> {
  for (let outlasted = 0; outlasted < thisRun.countAborts(enrollment);) {
    outlasted = thisRun.countAborts(enrollment);
    await outlastAbort(to, { ...enrollment, abortSentAt: await thisRun.lastLostAbort(enrollment) });
  }
  return thisRun.starting(enrollment);
}

/** Whether an attempt of an abort by address that failed may take effect later, and end what is started next. */
export function mayEndTheNext(error: unknown): boolean {
  const cause = withoutAdvice(error);
  return cause instanceof MailmodoError && cause.abortSentAt !== undefined;
}
