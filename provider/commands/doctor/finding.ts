import { NoAnswer } from "../../async/within";

/** What became of a check. `skipped`: it could not be made, and the text says why. */
export type Level = "ok" | "warning" | "failure" | "skipped";

/** One line of the diagnosis. */
export interface Finding {
  readonly level: Level;
  /** What is true, and what that means. */
  readonly text: string;
  /** What to do. Missing if there is nothing to do. */
  readonly advice?: string;
}

export function ok(text: string): Finding {
  return { level: "ok", text };
}

export function warning(text: string, advice: string): Finding {
  return { level: "warning", text, advice };
}

export function failure(text: string, advice?: string): Finding {
  return { level: "failure", text, ...(advice === undefined ? {} : { advice }) };
}

export function skipped(text: string): Finding {
  return { level: "skipped", text };
}

/** One thing to look at. */
export interface Check<T> {
  /** What is looked at, as the line names it. */
  readonly name: string;
  /** Looks at it. No finding: there is nothing of the kind here. */
  readonly run: (surroundings: T) => Promise<Finding | readonly Finding[]>;
}

/** A fact is missing that a check needs, and that another check reports on. */
export class Unknown extends Error {}

/**
 * A fact that another check reports on if it cannot be had.
 *
 * @param why What is missing, as a whole sentence.
 * @throws {Unknown} It cannot be had.
 */
export async function known<T>(fact: Promise<T>, why: string): Promise<T> {
  try {
    return await fact;
  } catch (error) {
    throw error instanceof Unknown ? error : new Unknown(why, { cause: error });
  }
}

/** What to do about an error: if nothing answered, look at the way there; otherwise what is given. */
export function adviceOn(error: unknown, otherwise: string, unanswered = "the network"): string {
  return error instanceof NoAnswer ? `Check ${unanswered}, and look for a firewall or a proxy on the way.` : otherwise;
}
