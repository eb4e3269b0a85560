import { Caller } from "./caller";
import { announcement, isConfirmed } from "./ask";
import type { Options } from "./options";
import { ALL_RIGHT, MAY_STILL_RUN, NOT_RIGHT } from "./exitCodes";
import { Interruption } from "./interruption";
import { answerOf, isRefused, refusalsOfRunning, wasSlowedDown, type Observation } from "./observation";
import { phraseFor } from "./phrase";
import { PrivateText } from "./privateText";
import { INVENTED_KEY, ProbeRun, type Target } from "./probeRun";
import { ProfileFile } from "./profileFile";
import { resultOf, type ProbeResult } from "./result";
import { setUp, type Setup } from "./setup";
import { Started } from "./started";
import { UsageError, WRONG_USE } from "../usageError";

/** How the command ends, and what it prints. */
interface Ending {
  readonly result?: ProbeResult;
  readonly exitCode: number;
}

/**
 * Runs the whole command but its printing.
 *
 * @param log Receives the progress and every problem, one line at a time.
 * @param env The environment with the key and Pulumi's settings. Default: the process's.
 */
export async function runProbe(options: Options, log: (line: string) => void, env = process.env): Promise<Ending> {
  try {
    if (!options.yes && !process.stdin.isTTY)
      throw new UsageError("There is no terminal to ask on. Nothing was sent. If it may send mail, add --yes.");
    const file = options.out === undefined ? undefined : new ProfileFile(options.out);
    const setup = await setUp(options, env, log);
    return await new ProbeCommand(options, setup, file, log).run();
  } catch (error) {
    log((error as Error).message);
    return { exitCode: error instanceof UsageError ? WRONG_USE : NOT_RIGHT };
  }
}

/** One probe, from the question to the end of what it started. */
class ProbeCommand {
  private readonly target: Target;
  private readonly started: Started;
  private readonly interruption: Interruption;
  private readonly probe: ProbeRun;
  private phase: "question" | "probe" | "end" = "question";

  constructor(
    private readonly options: Options,
    private readonly setup: Setup,
    private readonly file: ProfileFile | undefined,
    private readonly log: (line: string) => void,
  ) {
    const { journey: journeyId, email, secondInstance } = options;
    this.target = { journeyId, email, secondInstance };
    this.started = new Started(journeyId, email);
    this.interruption = new Interruption(
      (signal) => this.stop(signal),
      () => this.leave(),
    );
    const reasonToHold = async () => (this.interruption.isSet ? "the probe was stopped" : undefined);
    const caller = new Caller(() => setup.connect({ reasonToHold }), email);
    this.probe = new ProbeRun(caller, this.started, this.target, log);
  }

  async run(): Promise<Ending> {
    this.interruption.listen();
    try {
      if (!(await this.mayGoOn())) {
        this.log("Nothing was sent.");
        return { exitCode: this.interruption.exitCode ?? NOT_RIGHT };
      }
      const isComplete = await this.ask();
      const mayStillRun = await this.endAll();
      try {
        return this.ending(isComplete, mayStillRun);
      } catch (error) {
        for (const line of mayStillRun) this.log(line);
        throw error;
      }
    } finally {
      this.interruption.close();
    }
  }

  private async mayGoOn(): Promise<boolean> {
    const { settings, pace } = this.setup;
    for (const line of announcement(this.target, settings.baseUrl, pace.everyMs)) this.log(line);
    const isConfirmedHere = this.options.yes || (await isConfirmed(this.interruption));
    return isConfirmedHere && !this.interruption.isSet;
  }

  /** Returns whether all that can be asked was asked. */
  private async ask(): Promise<boolean> {
    this.phase = "probe";
    try {
      await this.probe.run();
      return true;
    } catch (error) {
      if (!this.interruption.isSet) this.log((error as Error).message);
      return false;
    }
  }

  /** Ends what was started. Returns what may still run, one line each. */
  private endAll(): Promise<string[]> {
    this.phase = "end";
    if (this.started.count > 0) this.log("Ending what the probe started.");
    return this.started.endAll(() => {
      const alreadyOver = [...this.setup.settings.alreadyOver, ...this.knownPhrases()];
      return this.setup.connect({ reasonToHold: async () => undefined, alreadyOver });
    });
  }

  /** What Mailmodo said of instances that had certainly ended. It means the same of others. */
  private knownPhrases(): string[] {
    const known = (["abortEnded", "abortAddressNone"] as const).map((name) => this.probe.observations.get(name));
    const others = refusalsOfRunning(this.probe.observations);
    return known.flatMap((one) =>
      one !== undefined && isRefused(one) ? (phraseFor(one, others, this.text) ?? []) : [],
    );
  }

  private get text(): PrivateText {
    return new PrivateText({ ...this.probe.sent, keys: [this.setup.settings.apiKey, INVENTED_KEY] });
  }

  private ending(isComplete: boolean, mayStillRun: readonly string[]): Ending {
    const { settings } = this.setup;
    const { stack, out } = this.options;
    const context = { ...settings, target: this.target, text: this.text, stack, isComplete, mayStillRun };
    const result = resultOf(this.probe, context);
    const isWritten = this.file !== undefined && this.write(this.file, result);
    const areRight = result.rows.every(({ verdict }) => verdict === "right" || verdict === "not asked");
    const isRight = isComplete && areRight && isWritten === (this.file !== undefined);
    const usualCode = this.interruption.exitCode ?? (isRight ? ALL_RIGHT : NOT_RIGHT);
    return {
      result: isWritten && out !== undefined ? { ...result, file: out } : result,
      exitCode: mayStillRun.length === 0 ? usualCode : MAY_STILL_RUN,
    };
  }

  /** Returns whether the file is written. If not, a line says why. */
  private write(file: ProfileFile, { profile, unplayable }: ProbeResult): boolean {
    try {
      const problem = this.cutOffProblem() ?? unplayableProblem(unplayable);
      if (problem !== undefined)
        throw new Error(`No file was written: ${problem}. --json prints what was seen, as profile.`);
      file.write(profile);
      return true;
    } catch (error) {
      this.log((error as Error).message);
      return false;
    }
  }

  /** What is cut off would look as if Mailmodo answered so. */
  private cutOffProblem(): string | undefined {
    if (this.interruption.isSet) return "the probe was stopped";
    const isAnswered = (one: Observation) => answerOf(one) !== undefined && !wasSlowedDown(one);
    const areAnswered = [...this.probe.observations.values()].every(isAnswered);
    return areAnswered ? undefined : "not every call was answered";
  }

  private stop(signal: NodeJS.Signals): void {
    if (this.phase === "question") return this.log(`Received ${signal}; stopping.`);
    const again = ["SIGINT", "SIGQUIT"].includes(signal) ? "Press Ctrl-C again" : "Send it again";
    this.log(`Received ${signal}; ending what the probe started. ${again} to exit at once.`);
    // The waits of the aborts at the end go on: without them, what was started would run on.
    if (this.phase === "probe") this.setup.pace.interrupt();
  }

  private leave(): void {
    for (const line of this.started.left) this.log(line);
    process.exit(this.started.left.length > 0 ? MAY_STILL_RUN : this.interruption.exitCode);
  }
}

function unplayableProblem(phrases: readonly string[]): string | undefined {
  return phrases.length === 0 ? undefined : `a profile cannot hold ${phrases.join(", ")}`;
}
