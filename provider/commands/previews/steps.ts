import type { PreviewStack } from "./previewStack";
import type { Stop } from "./stop";

/** The engine's runs for one preview, each with what is said and recorded of it. */
export class Steps {
  constructor(
    private readonly name: string,
    private readonly stack: PreviewStack,
    private readonly to: {
      readonly stop: Stop;
      /** Takes what is done, a line at a time. */
      readonly say: (line: string) => void;
      /** Takes what the step came to, unless it succeeded. */
      readonly record: (result: string) => Promise<void>;
    },
  ) {}

  /** @throws {Error} It failed; the message says what to do now. */
  async run(step: keyof typeof COMMANDS): Promise<void> {
    const { stop, say, record } = this.to;
    stop.throwIfStopped();
    say(step);
    const succeeded = await this.stack.run(COMMANDS[step], { onLine: say, signal: stop.signal });
    stop.throwIfStopped();
    if (succeeded) return;
    await record(`${step} failed`).catch((error: Error) => say(error.message));
    throw new Error(FAILED[step](this.name));
  }
}

const COMMANDS = { up: "up", "second preview": "preview", destroy: "destroy" } as const;

const orDown = (name: string) => `take it down: npx pulumi-mailmodo previews down --name ${name}`;
const FAILED: Readonly<Record<keyof typeof COMMANDS, (name: string) => string>> = {
  up: (name) => `${name} did not come up; the lines above say why. Fix that and run it again, or ${orDown(name)}.`,
  "second preview": (name) =>
    `${name} is up, but a second up would change it; the lines above say what. Make the program's inputs the same in each run, or ${orDown(name)}.`,
  destroy: (name) =>
    `${name} could not be taken down, and something may still run; the lines above say why. Fix that and run it again.`,
};
