import type { NotesOfOthers } from "../journal/notesOfOthers";
import type { UnsettledCall } from "../journal/unsealedNotes";
import { REFRESH_EVERY_MS } from "../journal/unsettledCalls";
import { MailmodoError } from "../mailmodo/errors";
import { LostAborts } from "../mailmodo/lateAbort";
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
  await new LostAborts(call).outlast(to);
}

/**
 * Waits until no abort by address of this run, or of another stack's on this machine, can end what is started next, and
 * remembers the start. From then on, such an abort of this run is held back. So no other one must begin in between, and this
 * comes after all else that a start waits for.
 */
export async function startAfterAborts(
  thisRun: ThisRun,
  ofOthers: Pick<NotesOfOthers, "abortsOf">,
  to: Connection,
  enrollment: Enrollment,
): Promise<BegunStart> {
  const outlasted = new Set<string>();
  for (let count = 0; ;) {
    const ofOther = ofOthers.abortsOf(enrollment).find((abort) => !outlasted.has(attemptKey(abort)));
    if (count < thisRun.countAborts(enrollment)) {
      count = thisRun.countAborts(enrollment);
      await outlastAbort(to, { ...enrollment, abortSentAt: await thisRun.lastLostAbort(enrollment) });
    } else if (ofOther === undefined) return thisRun.starting(enrollment);
    // It may be answered soon. Then nothing was lost.
    else if (!ofOther.isInFlight || !(await to.pace.rest(REFRESH_EVERY_MS))) {
      await outlastAbort(to, ofOther);
      outlasted.add(attemptKey(ofOther));
    }
  }
}

function attemptKey({ file, id, abortSentAt }: UnsettledCall): string {
  return [file, id, abortSentAt].join(" ");
}

/** Whether an attempt of an abort by address that failed may take effect later, and end what is started next. */
export function mayEndTheNext(error: unknown): boolean {
  const cause = withoutAdvice(error);
  return cause instanceof MailmodoError && cause.abortSentAt !== undefined;
}
