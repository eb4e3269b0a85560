import * as readline from "node:readline";
import { maskAddress } from "../../text/masking";
import type { Interruption } from "./interruption";
import type { Target } from "./probeRun";
import { MAX_STARTS } from "./situations";

/**
 * What the probe will do, one line each.
 *
 * @param everyMs The time between two requests, in milliseconds.
 */
export function announcement({ journeyId, email }: Target, baseUrl: string, everyMs: number): string[] {
  const every = everyMs <= 1000 ? "a second" : `every ${inWords(everyMs)}`;
  return [
    `This asks ${baseUrl}, with your key, one request ${every}, for about ${inWords(everyMs * USUAL_REQUESTS)}.`,
    `It sends at most ${MAX_STARTS} starts of journey ${journeyId} for ${maskAddress(email)}: at most ${MAX_STARTS} enrollments, each with ` +
      "the journey's first message, to that one address. It aborts all of them, also if it fails or is stopped.",
    "The address must not be enrolled in the journey: an abort by address would end that too.",
  ];
}

/** With the aborts at the end. */
const USUAL_REQUESTS = 13;

function inWords(ms: number): string {
  return ms < 120_000 ? `${Math.ceil(ms / 1000)} s` : `${Math.ceil(ms / 60_000)} min`;
}

/**
 * Asks on the terminal whether to go on. A signal and an end of the input mean no.
 *
 * @param interruption Gets Ctrl-C, which a terminal hands to the question instead of the process.
 */
export function isConfirmed(interruption: Interruption): Promise<boolean> {
  const { signal } = interruption;
  const terminal = readline.createInterface({ input: process.stdin, output: process.stderr, signal });
  return new Promise((resolve) => {
    let answer: string | undefined;
    terminal.once("SIGINT", () => interruption.interrupt("SIGINT"));
    terminal.once("close", () => {
      // Without an answer, the cursor is still beside the question.
      if (answer === undefined) process.stderr.write("\n");
      resolve(/^y(es)?$/i.test(answer?.trim() ?? ""));
    });
    terminal.question("Go on? [y/N] ", (typed) => {
      answer = typed;
      terminal.close();
    });
  });
}
