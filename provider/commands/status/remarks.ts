import ms from "ms";
import { parseStackName } from "../../pulumi/stackName";
import { previewRecoveryAdvice, recoverCommand } from "../../text/recoverAdvice";
import { count } from "../../text/wording";
import { since } from "./ages";
import type { LeftoverView, StackView } from "./view";

/**
 * What a report says of a stack besides its enrollments, as lines.
 *
 * @param isOfOthers Whether the stack may be of another project than that of the folder.
 */
export function remarksOn(stack: StackView, now: number, isOfOthers: boolean): string[] {
  const { enrollments, cohorts, preview, lock, encrypted, error } = stack;
  const isEmpty = enrollments.length + cohorts.length === 0 && encrypted === undefined && error === undefined;
  return [
    ...(preview === undefined ? [] : [`Preview: ${expiry(preview.expires, now)}.`]),
    ...(lock === undefined ? [] : [lockLine(lock, now)]),
    ...notesLines(stack, now),
    ...nextLines(stack, isOfOthers),
    ...(encrypted === undefined ? [] : [encryptedLine(encrypted)]),
    ...(error === undefined ? [] : [error]),
    ...(isEmpty ? ["Nothing is enrolled."] : []),
  ];
}

function expiry(expires: string | undefined, now: number): string {
  if (expires === undefined) return "expiry unknown";
  const leftMs = Date.parse(expires) - now;
  return leftMs > 0 ? `expires in ${ms(leftMs)}` : `expired ${ms(-leftMs)} ago`;
}

function lockLine(lock: NonNullable<StackView["lock"]>, now: number): string {
  const holder = `${lock.holder}${since(lock, now)}`;
  if (lock.liveness === "alive") return `A run is in progress: ${holder}.`;
  if (lock.liveness === "dead") return `Locked by a run that has ended: ${holder}.`;
  return `Locked by ${holder}. Whether that run has ended cannot be determined from here.`;
}

function notesLines({ leftover, undecided }: StackView, now: number): string[] {
  const notes = (one: LeftoverView) => `notes of ${count(one.calls, "call")} on this machine${since(one, now)}`;
  return [
    ...(leftover === undefined ? [] : [`A run that has ended left ${notes(leftover)}.`]),
    ...(undecided === undefined
      ? []
      : [`There are ${notes(undecided)}. Whether their run has ended cannot be determined from here.`]),
  ];
}

/** What to do now, if a run has left something or may have. */
function nextLines(stack: StackView, isOfOthers: boolean): string[] {
  const { enrollments, cohorts, leftover, undecided, lock, lockUnknown = false } = stack;
  const isPending = enrollments.some(({ state }) => state === "pending") || cohorts.some(({ pending }) => pending > 0);
  // Where locks are known, a run in progress has one.
  const isAbandoned = isPending && lock === undefined && !lockUnknown;
  if (leftover !== undefined || lock?.liveness === "dead" || isAbandoned)
    return [`A run was killed or failed. Next: ${recovery(stack, isOfOthers)}.`];
  const mayBeAbandoned = undecided !== undefined || lock?.liveness === "undecided" || (isPending && lockUnknown);
  if (!mayBeAbandoned || lock?.liveness === "alive") return [];
  return [`If no run is in progress any more: ${recovery(stack, isOfOthers)}.`];
}

function recovery({ name, preview }: StackView, isOfOthers: boolean): string {
  const { project } = parseStackName(name);
  const where = isOfOthers && project !== undefined ? ` --cwd <folder of ${project}>` : "";
  return preview === undefined ? recoverCommand(name, where) : previewRecoveryAdvice(name, { options: where });
}

function encryptedLine({ enrollments, cohorts, reason }: NonNullable<StackView["encrypted"]>): string {
  const parts = [
    ...(enrollments > 0 ? [count(enrollments, "enrollment")] : []),
    ...(cohorts > 0 ? [count(cohorts, "cohort")] : []),
  ];
  return `Encrypted, so not shown: ${parts.join(" and ")}. ${reason}`;
}
