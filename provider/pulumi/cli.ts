import { spawn } from "node:child_process";
import { once } from "node:events";

/** How one run of the CLI ended, and what it printed. */
export interface CliRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a run of the CLI is given besides its arguments. */
export interface RunOptions {
  /** What it reads from its standard input. Default: nothing. */
  readonly input?: string;
  /** Takes each line as it is printed, on either stream. */
  readonly onLine?: (line: string) => void;
  /** Aborted, it asks the CLI to stop. */
  readonly signal?: AbortSignal;
  /** The environment, in place of the CLI's usual one. */
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
    return outputOf(what, await this.look(args));
  }

  /**
   * Runs a command that only reads, and runs it again where another run wrote at that moment: the attributes beside a
   * state are written in place, so that the CLI can find them empty ("EOF"), and a lock that it has listed may be gone
   * when it reads it.
   */
  async look(args: readonly string[]): Promise<CliRun> {
    let result = await this.run(args);
    for (let again = 0; again < 3 && WRITTEN_MEANWHILE.test(result.stderr); again++) result = await this.run(args);
    return result;
  }

  /** Runs the CLI to its end, whatever its exit code. @throws {Error} There is no CLI. */
  async run(args: readonly string[], { input, onLine, signal, env = this.env }: RunOptions = {}): Promise<CliRun> {
    const child = spawn("pulumi", [...args, "--non-interactive", "--color=never"], { cwd: this.cwd, env });
    const [out, err] = [new Lines(onLine), new Lines(onLine)];
    child.stdout.setEncoding("utf8").on("data", (text: string) => out.add(text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => err.add(text));
    // A CLI that refuses does not read its input to the end.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
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

/** Why the CLI failed, of all that it printed. */
export function reasonOf({ stderr }: CliRun): string {
  const lines = stderr.split("\n").map((line) => line.trim());
  const words = lines.filter((line) => line.startsWith("error:")).at(-1) ?? lines.filter(Boolean).at(-1) ?? "";
  return words.replace(/^error:\s*/, "").replace(/[^.]$/, "$&.");
}

const NO_CLI = "The Pulumi CLI (pulumi) is not on PATH. Install it: https://www.pulumi.com/docs/install.";
const WRITTEN_MEANWHILE = /: EOF$|\.pulumi\/locks\/.*NotFound/m;

function outputOf(what: string, result: CliRun): string {
  if (result.code !== 0) throw new Error(`Could not ${what}: ${reasonOf(result)}`);
  return result.stdout;
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
