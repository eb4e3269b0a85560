import { destroyCommand } from "../../text/stackCommands";
import type { PreviewStack } from "./previewStack";
import type { Stop } from "./stop";

/** One run of the engine: its title, its command, and the message if it fails. */
interface Step {
  readonly title: string;
  readonly command: "up" | "preview" | "destroy";
  readonly failure: (stack: Failed) => string;
}

/** What a message needs of the stack. */
type Failed = Pick<PreviewStack, "name" | "env">;

const downAdvice = ({ env }: Failed) => `destroy it: ${destroyCommand(env)}`;

export const UP: Step = {
  title: "up",
  command: "up",
  failure: (stack) =>
    `The up of ${stack.name} failed; the lines above say why. Fix that and run it again, or ${downAdvice(stack)}.`,
};

/** Pulumi's preview, which must show no changes. This is not `sweep --dry-run`, which runs no engine. */
export const DRY_RUN: Step = {
  title: "dry run",
  command: "preview",
  failure: (stack) =>
    `${stack.name} is up, but a second up would change it; the lines above say what. ` +
    `Make the program's inputs the same in each run, or ${downAdvice(stack)}.`,
};

export const DESTROY: Step = {
  title: "destroy",
  command: "destroy",
  failure: ({ name }) =>
    `The destroy of ${name} failed, and something may still run; the lines above say why. Fix that and run it again.`,
};

/** Runs the engine for one preview, and records what failed. */
export class Steps {
  constructor(
    private readonly stack: PreviewStack,
    private readonly stop: Pick<Stop, "throwIfStopped" | "signal">,
    /** Receives progress, one line at a time. */
    private readonly log: (line: string) => void,
    /** Records the result of a failed step, such as "up failed". */
    private readonly record: (result: string) => Promise<void>,
  ) {}

  /** @throws {Error} The step failed; the message says what to do now. */
  async run({ title, command, failure }: Step): Promise<void> {
    const { stack, stop, log } = this;
    stop.throwIfStopped();
    log(title);
    const succeeded = await stack.run(command, { onLine: log, signal: stop.signal });
    stop.throwIfStopped();
    if (succeeded) return;
    await this.record(`${title} failed`).catch((error: Error) => log(error.message));
    throw new Error(failure(stack));
  }
}
