import { execFileSync } from "node:child_process";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { isTaggedFor, markOf } from "./addresses";
import { formerApiKeyOf } from "./apiKey";
import { backendOf, journalFolder, type Workplace } from "./backend";
import type { Enrollment } from "./enrollment";
import { engineAbove } from "./engineProcess";
import { Journal, type Note } from "./journal/journal";
import { leftRuns } from "./journal/leftRuns";
import { OwnNotes } from "./journal/ownNotes";
import { stackIdentity, type StackIdentity } from "./journal/stackIdentity";
import type { Connection } from "./mailmodo/transport";
import { isPlugin } from "./plugin";
import { identify } from "./processIdentity";
import type { OtherStacks } from "./recover/otherStacks";
import type { Stack } from "./recover/stack";
import { keySources, type ConfigReader } from "./settings";

/** What this process keeps for its engine: the stack's config, the journals, and the notes of what was answered. */
class Session {
  /** Set by each configure, which the plugin calls once for each kind of resource, before any other method. */
  config: ConfigReader = { get: () => undefined };
  private readonly own = new Map<string, OwnNotes>();
  private readonly journals = new Map<string, Promise<Journal>>();
  private readonly answered: Note[] = [];
  private readonly engine = isPlugin() ? engineAbove() : undefined;
  private readonly startedMarks = new Set<string>();
  private readonly endedInstances = new Set<string>();
  private others: Promise<OtherStacks> | undefined;
  /** What the stack's own state says runs, as it was when it was first asked for. */
  private recorded: Promise<readonly Enrollment[]> | undefined;

  /** @param stack As the resource has it: `organization/project/stack`. */
  journal({ apiKey }: Connection, stack: string | undefined): Promise<Journal> {
    // Asked for each contact; what the rest depends on is looked up once for each of these.
    const which = JSON.stringify([apiKey, stack, ...PLACES.map((name) => process.env[name])]);
    const journal = this.journals.get(which) ?? this.open(apiKey, stack);
    this.journals.set(which, journal);
    return journal;
  }

  /**
   * Who else enrolls an address, or may be about to: another stack of the project, or another resource of this one.
   *
   * @throws {Error} The states cannot be read.
   */
  async whoElseHas(enrollment: Enrollment): Promise<string | undefined> {
    if (!isPlugin() || enrollment.stack === undefined) return undefined;
    const mark = markOf(enrollment);
    const running = (await (this.recorded ??= this.readRecorded(enrollment.stack))).filter(
      (one) => markOf(one) === mark,
    );
    if (this.startedMarks.has(mark) || running.some(({ instanceId }) => !this.endedInstances.has(instanceId!)))
      return "another resource of this stack";
    // No other stack has an address with this one's tag.
    if (isTaggedFor(enrollment.email, enrollment.stack)) return undefined;
    this.others ??= this.openOthers(enrollment.stack);
    const other = await (await this.others).whichHas(enrollment);
    return other && `the stack ${other}`;
  }

  /** A start of this run that went well. */
  started(enrollment: { journeyId: string; email: string }): void {
    this.startedMarks.add(markOf(enrollment));
  }

  /** An abort of this run that went well. */
  ended({ instanceId }: Enrollment): void {
    if (instanceId !== undefined) this.endedInstances.add(instanceId);
  }

  /** Takes notes of calls that the engine has the answer to, or will have as soon as the operation has ended. */
  keep(notes: readonly Note[]): void {
    this.answered.push(...notes);
  }

  /** For the end of a run whose engine is there, so has recorded all answers. */
  finish(): void {
    for (const note of this.answered.splice(0)) note.finish();
    for (const own of this.own.values()) own.close();
  }

  /** The engine's: its relative paths are relative to its own folder, not to the program's. */
  private get workplace(): Workplace {
    const { folder = process.cwd(), bin } = this.engine ?? {};
    const env = { ...process.env, PATH: [bin, process.env["PATH"]].filter(Boolean).join(path.delimiter) };
    return { env, folder, askCli: () => whoami(env, folder) };
  }

  private async openOthers(stack: string): Promise<OtherStacks> {
    const { OtherStacks } = await import("./recover/otherStacks");
    return new OtherStacks(await this.openStack(stack));
  }

  private async readRecorded(stack: string): Promise<readonly Enrollment[]> {
    const { entriesOf } = await import("./recover/recorded");
    const { resources = [] } = await (await this.openStack(stack)).state();
    return resources.flatMap(entriesOf).filter(({ instanceId }) => instanceId !== undefined);
  }

  /** Loaded here: only a start of which nobody knows what became of it needs the CLI. */
  private async openStack(stack: string): Promise<Stack> {
    const { Stack } = await import("./recover/stack");
    const { env, folder } = this.workplace;
    return new Stack(stack, folder, env);
  }

  private async open(apiKey: string, fullName: string | undefined): Promise<Journal> {
    const folder = journalFolder(this.workplace);
    const stack = stackIdentity(fullName, backendOf(this.workplace), pulumi.getProject());
    const own = this.notesOf(folder, stack);
    const formerApiKey = () => formerApiKeyOf(keySources(this.config));
    const left = await leftRuns({ folder, stack, apiKey, formerApiKey, engine: this.engine?.identity });
    const journal = new Journal(own, left);
    for (const line of journal.complaints()) console.log(line);
    return journal;
  }

  private notesOf(folder: string, stack: StackIdentity): OwnNotes {
    const which = JSON.stringify([folder, stack]);
    const engine = this.engine?.identity;
    const header = { stack, plugin: identify()!, ...(engine === undefined ? {} : { engine }), since: Date.now() };
    const own = this.own.get(which) ?? new OwnNotes(folder, header);
    this.own.set(which, own);
    if (isPlugin()) own.keep();
    return own;
  }
}

/** What says where the journal is, and which backend is meant. */
const PLACES = ["PULUMI_HOME", "PULUMI_BACKEND_URL", "PULUMI_CREDENTIALS_PATH"];

/** The backend's URL, as the CLI tells it. */
function whoami(env: NodeJS.ProcessEnv, cwd: string): string | undefined {
  try {
    const text = execFileSync("pulumi", ["whoami", "--json"], { env, cwd, encoding: "utf8", stdio: "pipe" });
    return (JSON.parse(text) as { url?: string }).url;
  } catch {
    return undefined;
  }
}

export type { Session };

/** This plugin's. */
export let session = new Session();

/** Begins again with nothing, as another plugin does. For tests, where one process is many. */
export function beginSession(): Session {
  return (session = new Session());
}
