import { InvalidArgumentError, type Command } from "commander";
import { inert } from "../text/inert";
import { WRONG_USE } from "./usageError";

/** Lets the commands that are added from now on report usage errors alike: on one line, and with their exit code. */
export function reportWrongUse(program: Command): Command {
  return program
    .configureOutput({ outputError: (text, write) => write(`${inert(text.trim())}\n`) })
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : WRONG_USE));
}

/** Parses an option's value. What is wrong with it is a usage error. */
export function argument<T>(parse: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return parse(text);
    } catch (error) {
      throw new InvalidArgumentError((error as Error).message);
    }
  };
}

/**
 * Ends the help of a command.
 *
 * @param examples How to run it, without `npx`, which finds it in the project.
 * @param exitCodes What each means, as a sentence. That of a usage error is added.
 */
export function addHelpEnd(command: Command, examples: readonly string[], exitCodes: string): Command {
  const title = examples.length > 1 ? "Examples" : "Example";
  const lines = examples.map((example) => `  npx ${example}`).join("\n");
  return command.addHelpText(
    "after",
    `\n${title}:\n${lines}\n\nExit codes: ${exitCodes}; ${WRONG_USE} for a usage error.`,
  );
}
