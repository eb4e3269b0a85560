import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import { NoAnswer, within } from "../async/within";

/** How one run of the CLI ended, and what it printed. */
export interface CliRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Options of one run of the CLI. */
export interface RunOptions {
  /** The text for its standard input. Default: none. */
  readonly input?: string;
  /** Receives each line as it is printed, on either stream. */
  readonly onLine?: (line: string) => void;
  /** Asks the CLI to stop when it is aborted. */
  readonly signal?: AbortSignal;
  /** The environment of this run. Default: the CLI's usual one. */
  readonly env?: NodeJS.ProcessEnv;
}

/** The Pulumi CLI, in a project's folder. */
export class Cli {
  private running = 0;

  /** @param limitMs How long one run may take. After that it is killed. Default: as long as it takes. */
  constructor(
    readonly cwd: string,
    readonly env: NodeJS.ProcessEnv,
    private readonly limitMs?: number,
  ) {}

  /** Whether any run is in progress. */
  get isBusy(): boolean {
    return this.running > 0;
  }

  /**
   * Runs the CLI to its end and returns its standard output.
   *
   * @param what What the command does, for the error message: "list the stacks".
   * @throws {Error} The command failed. The message is one line, in the CLI's words.
   */
  async succeed(what: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
    return outputOf(what, await this.run(args, options));
  }

  /**
   * The same as `succeed`, for a command that only reads.
   *
   * @throws {NoAnswer} The command takes longer than the limit. The message is one line.
   */
  async read(what: string, args: readonly string[]): Promise<string> {
    try {
      return outputOf(what, await this.runReadOnly(args));
    } catch (error) {
      if (error instanceof NoAnswer) throw new NoAnswer(`Could not ${what}: ${error.message}`);
      throw error;
    }
  }

  /**
   * Runs a command that only reads. Retries it if another run was writing at that moment. The CLI writes the attributes
   * next to a state in place, so it can find them empty ("EOF"). A lock that it has listed may be removed before it
   * reads the lock.
   */
  async runReadOnly(args: readonly string[]): Promise<CliRun> {
    let result = await this.run(args);
    for (let retry = 0; retry < 3 && WRITTEN_MEANWHILE.test(result.stderr); retry++) result = await this.run(args);
    return result;
  }

  /**
   * Runs the CLI to its end, whatever its exit code.
   *
   * @throws {NoAnswer} It takes longer than the limit, and was killed.
   * @throws {Error} The CLI is not installed.
   */
  async run(args: readonly string[], { input, onLine, signal, env = this.env }: RunOptions = {}): Promise<CliRun> {
    const child = spawn("pulumi", [...args, "--non-interactive", "--color=never"], { cwd: this.cwd, env });
    const [out, err] = [new Lines(onLine), new Lines(onLine)];
    child.stdout.setEncoding("utf8").on("data", (text: string) => out.add(text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => err.add(text));
    // A CLI that refuses a command does not read its input to the end.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
    const interrupt = () => void child.kill("SIGINT");
    signal?.addEventListener("abort", interrupt);
    endAtExit(child);
    this.running += 1;
    try {
      const closed = once(child, "close") as Promise<[number | null]>;
      const [code] = await (this.limitMs === undefined ? closed : within(closed, this.limitMs));
      return { code, stdout: out.text, stderr: err.text };
    } catch (error) {
      if (error instanceof NoAnswer) {
        child.kill("SIGKILL");
        throw error;
      }
      // Node.js reports a missing folder as if the command were missing.
      if (!fs.existsSync(this.cwd))
        throw new Error(`The folder ${this.cwd} does not exist. Name the project's folder: --cwd <folder>.`, {
          cause: error,
        });
      throw new Error(NO_CLI, { cause: error });
    } finally {
      this.running -= 1;
      hasEnded(child);
      signal?.removeEventListener("abort", interrupt);
    }
  }
}

/** The runs in progress. They share one listener: of more than ten, Node.js warns in the middle of Pulumi's output. */
const inProgress = new Set<ChildProcess>();

/**
 * Ends a run with this process. For an engine that is waiting for its backend this is the second signal, which ends it;
 * otherwise it would hold its lock for minutes.
 */
function endAtExit(child: ChildProcess): void {
  if (inProgress.size === 0) process.once("exit", endAll);
  inProgress.add(child);
}

function hasEnded(child: ChildProcess): void {
  inProgress.delete(child);
  if (inProgress.size === 0) process.off("exit", endAll);
}

function endAll(): void {
  for (const child of inProgress) child.kill("SIGTERM");
}

/** Extracts from the CLI's output why it failed. */
export function reasonOf({ stderr }: CliRun): string {
  const lines = stderr.split("\n").map((line) => line.trim());
  const words = lines.filter((line) => line.startsWith("error:")).at(-1) ?? lines.filter(Boolean).at(-1) ?? "";
  // Below "2 errors occurred:" there is a list of them.
  const list = words.endsWith(":") ? lines.filter((line) => LISTED.test(line)) : [];
  const reason =
    list.length > 0 ? list.map((line) => line.replace(LISTED, "")).join("; ") : words.replace(/^error:\s*/, "");
  return reason.replace(/[^.]$/, "$&.");
}

const LISTED = /^(?:\*|\d+\)) /;
const NO_CLI = "The Pulumi CLI (pulumi) is not on PATH. Install it: https://www.pulumi.com/docs/install.";
const WRITTEN_MEANWHILE = /: EOF$|\.pulumi\/locks\/.*NotFound/m;

function outputOf(what: string, result: CliRun): string {
  if (result.code !== 0) throw new Error(`Could not ${what}: ${reasonOf(result)}`);
  return result.stdout;
}

/** Collects text, and passes on each line that is not blank as soon as it is complete. */
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
