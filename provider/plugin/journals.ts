import { execFileSync } from "node:child_process";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { Journal, type Note } from "../journal/journal";
import { leftRuns } from "../journal/leftRuns";
import { OwnNotes } from "../journal/ownNotes";
import { stackIdentity, type StackIdentity } from "../journal/stackIdentity";
import type { Connection } from "../mailmodo/transport";
import { identify } from "../processes/processIdentity";
import { backendOf, journalFolder, type Workplace } from "../pulumi/backend";
import { engineAbove } from "../pulumi/engineProcess";
import { isPlugin } from "../pulumi/pluginProcess";
import type { Stack } from "../pulumi/stack";

/** The journals of a plugin, by stack, and the notes of calls that its engine has the answers to. */
export class Journals {
  private readonly own = new Map<string, OwnNotes>();
  private readonly opened = new Map<string, Promise<Journal>>();
  private readonly answered: Note[] = [];
  private readonly engine = isPlugin() ? engineAbove() : undefined;

  /** @param formerApiKey The API key before a rotation, where it is still kept. */
  constructor(private readonly formerApiKey: () => Promise<string | undefined>) {}

  /** @param stack As the resource has it: `organization/project/stack`. */
  of({ apiKey }: Connection, stack: string | undefined): Promise<Journal> {
    // Asked for each contact; what the rest depends on is looked up once for each of these.
    const which = JSON.stringify([apiKey, stack, ...PLACES.map((name) => process.env[name])]);
    const journal = this.opened.get(which) ?? this.open(apiKey, stack);
    this.opened.set(which, journal);
    return journal;
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

  /** Loaded here: hardly any run needs the CLI. */
  async openStack(stack: string): Promise<Stack> {
    const { Stack } = await import("../pulumi/stack");
    const { env, folder } = this.workplace;
    return new Stack(stack, folder, env);
  }

  /** The engine's: its relative paths are relative to its own folder, not to the program's. */
  private get workplace(): Workplace {
    const { folder = process.cwd(), bin } = this.engine ?? {};
    const env = { ...process.env, PATH: [bin, process.env["PATH"]].filter(Boolean).join(path.delimiter) };
    return { env, folder, askCli: () => whoami(env, folder) };
  }

  private async open(apiKey: string, fullName: string | undefined): Promise<Journal> {
    const folder = journalFolder(this.workplace);
    const stack = stackIdentity(fullName, backendOf(this.workplace), pulumi.getProject());
    const own = this.notesOf(folder, stack);
    const { formerApiKey } = this;
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
