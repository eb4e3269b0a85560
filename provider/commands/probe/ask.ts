import * as readline from "node:readline";
import { maskAddress } from "../../text/masking";
import type { Target } from "./probeRun";
import { MAX_STARTS } from "./situations";

/** What the probe will do, one line each. */
export function announcement({ journeyId, email }: Target, baseUrl: string): string[] {
  return [
    `This asks ${baseUrl}, with your key, one request a second, for about a quarter of a minute.`,
    `It sends at most ${MAX_STARTS} starts of journey ${journeyId} for ${maskAddress(email)}: at most ${MAX_STARTS} enrollments, each with ` +
      "the journey's first message, to that one address. It aborts all of them, also if it fails or is stopped.",
    "The address must not be enrolled in the journey: an abort by address would end that too.",
  ];
}

/**
 * Asks on the terminal whether to go on. Ctrl-C and an end of the input mean no.
 *
 * @param onInterrupt Called at Ctrl-C, which a terminal hands to the question instead of the process.
 */
export function isConfirmed(onInterrupt: () => void): Promise<boolean> {
  const terminal = readline.createInterface({ input: process.stdin, output: process.stderr });
  return new Promise((resolve) => {
    terminal.once("SIGINT", () => {
      onInterrupt();
      terminal.close();
    });
    terminal.once("close", () => resolve(false));
    terminal.question("Go on? [y/N] ", (answer) => {
      resolve(/^y(es)?$/i.test(answer.trim()));
      terminal.close();
    });
  });
}
