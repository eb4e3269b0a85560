import { spawn } from "node:child_process";
import { once } from "node:events";
import { NO_CLI, readByCli, type CliRun } from "../recover/cli";

/** What a run of the engine is given besides its arguments. */
export interface RunOptions {
  /** Takes each line as it is printed, on either stream. */
  readonly onLine?: (line: string) => void;
  /** Aborted, it asks the CLI to stop. */
  readonly signal?: AbortSignal;
  /** Variables in the place of the process's own. */
  readonly env?: NodeJS.ProcessEnv;
}

/** The Pulumi CLI, in a project's folder. */
export class Cli {
  private running = 0;

  constructor(
    readonly cwd: string,
    readonly env: NodeJS.ProcessEnv,
  ) {}

  /** Whether a run has not ended yet. */
  get isBusy(): boolean {
    return this.running > 0;
  }

  /**
   * Runs the CLI to its end and gives what it printed.
   *
   * @param what What it does, for the error: "list the stacks".
   * @throws {Error} It failed: one line, in the CLI's words.
   */
  async succeed(what: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
    return outputOf(what, await this.run(args, options));
  }

  /** As `succeed`, for a command that only reads. */
  async read(what: string, args: readonly string[]): Promise<string> {
    return outputOf(what, await readByCli(() => this.run(args)));
  }

  /** Runs the CLI to its end. @throws {Error} There is no CLI. */
  async run(args: readonly string[], { onLine, signal, env = this.env }: RunOptions = {}): Promise<CliRun> {
    const child = spawn("pulumi", [...args, "--non-interactive", "--color=never"], {
      cwd: this.cwd,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [out, err] = [new Lines(onLine), new Lines(onLine)];
    child.stdout.setEncoding("utf8").on("data", (text: string) => out.add(text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => err.add(text));
    const interrupt = () => void child.kill("SIGINT");
    signal?.addEventListener("abort", interrupt);
    // The second signal ends an engine that waits for its backend; left alone it would hold its lock for minutes.
    const end = () => void child.kill("SIGTERM");
    process.once("exit", end);
    this.running += 1;
    try {
      const [code] = (await once(child, "close")) as [number | null];
      return { code, stdout: out.text, stderr: err.text };
    } catch (error) {
      throw new Error(NO_CLI, { cause: error });
    } finally {
      this.running -= 1;
      process.off("exit", end);
      signal?.removeEventListener("abort", interrupt);
    }
  }
}

/** Gathers text and hands on each line that is not blank, once it is whole. */
class Lines {
  text = "";
  private rest = "";

  constructor(private readonly onLine: ((line: string) => void) | undefined) {}

  add(text: string): void {
    this.text += text;
    const lines = (this.rest + text).split("\n");
    this.rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") this.onLine?.(line.trimEnd());
  }
}

function outputOf(what: string, { code, stdout, stderr }: CliRun): string {
  if (code !== 0) throw new Error(`Could not ${what}: ${reason(stderr)}`);
  return stdout;
}

/** Why the CLI failed, of all that it printed. */
function reason(stderr: string): string {
  const lines = stderr.split("\n").map((line) => line.trim());
  const words = lines.filter((line) => line.startsWith("error:")).at(-1) ?? lines.filter(Boolean).at(-1) ?? "";
  return words.replace(/^error:\s*/, "").replace(/[^.]$/, "$&.");
}
