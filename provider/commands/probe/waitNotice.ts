import type { ReasonToWait } from "../../mailmodo/transport";

/**
 * Says at once what one call waits for and for how long, unless that is a moment or the probe's own pace. Of many short
 * waits, one line in a while says it.
 *
 * @param everyMs The time between two requests by the probe's own pace, which it announces before.
 */
export function waitNotice(everyMs: number, log: (line: string) => void): (ms: number, why: ReasonToWait) => void {
  let unsaidMs = 0;
  let atMostUnsaidMs = SHORT_MS;
  return (ms, why) => {
    if (why === "permit" && ms <= everyMs * LATE) return;
    unsaidMs += ms;
    if (ms < SHORT_MS && unsaidMs < atMostUnsaidMs) return;
    unsaidMs = 0;
    atMostUnsaidMs = AGAIN_AFTER_MS;
    const waiting = `waiting ${Math.ceil(ms / 1000)} s`;
    const isAsked = why !== "retry";
    log(isAsked ? `Mailmodo asks to slow down: ${waiting}.` : `There was no clear answer: ${waiting} to ask again.`);
  };
}

/** Nobody wonders about a shorter wait. */
const SHORT_MS = 3_000;
const AGAIN_AFTER_MS = 15_000;
/** A request may come a little later than the pace allows. */
const LATE = 1.1;
