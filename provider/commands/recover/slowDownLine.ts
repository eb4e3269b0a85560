import type { ReasonToWait } from "../../mailmodo/transport";

/** Says that requests wait because Mailmodo asked for it. One line a minute, however many wait. */
export function slowDownLine(log: (line: string) => void): (ms: number, why: ReasonToWait) => void {
  let saidAt = -Infinity;
  return (ms, why) => {
    const now = performance.now();
    if (why !== "slowDown" || now - saidAt < AGAIN_AFTER_MS) return;
    saidAt = now;
    log(`Mailmodo asks to slow down: waiting ${Math.ceil(ms / 1000)} s.`);
  };
}

const AGAIN_AFTER_MS = 60_000;
