/** What the probe asks, in the order of its table. */
export const SITUATIONS = {
  wrongKey: "a wrong key",
  start: "a start",
  secondStart: "a second start while it runs",
  otherStart: "the same with allowDuplicateEmail",
  abort: "an abort by instance id",
  abortEnded: "an abort of what has ended",
  abortUnknown: "an abort of an unknown instance",
  startAfterAbort: "a start after the abort",
  abortAddress: "an abort by address",
  abortAddressAgain: "the same while another runs",
  abortAddressNone: "the same when nothing runs",
  invalidEmail: "an invalid address",
  unknownJourney: "an unknown journey",
  slowDown: "too many requests",
} as const;
export type Situation = keyof typeof SITUATIONS;

/** Those that are asked with a start. All others are aborts, which send no mail, whatever Mailmodo makes of them. */
export const STARTS: readonly Situation[] = ["start", "secondStart", "otherStart", "startAfterAbort"];
/** No probe sends more. */
export const MAX_STARTS = 3;
