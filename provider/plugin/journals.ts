import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { Journal } from "../journal/journal";
import { readOtherRuns } from "../journal/otherRuns";
import { OwnNotes } from "../journal/ownNotes";
import { stackIdentity, type StackIdentity } from "../journal/stackIdentity";
import type { Connection } from "../mailmodo/transport";
import { isRecorded } from "../model/contactNote";
import { identify } from "../processes/processIdentity";
import { backendOf, journalFolder, type CliContext } from "../pulumi/backend";
import { engineAbove } from "../pulumi/engineProcess";
import { isPlugin } from "../pulumi/pluginProcess";
import type { Stack } from "../pulumi/stack";
import { whoami } from "../pulumi/whoami";
import type { AnsweredNote } from "./journaledCall";

/** A plugin's journals, by stack, and the notes of calls whose answers its engine has. */
export class Journals {
  private readonly ownNotes = new Map<string, OwnNotes>();
  private readonly journals = new Map<string, Promise<Journal>>();
  private readonly answered: AnsweredNote[] = [];
  private readonly engine = isPlugin() ? engineAbove() : undefined;

  /** @param formerApiKey Fetches the API key from before a rotation, if it is still kept. */
  constructor(private readonly formerApiKey: () => Promise<string | undefined>) {}

  /**
   * The journal of a stack.
   *
   * @param stack The name that the resource records: `organization/project/stack`.
   */
  of({ apiKey }: Connection, stack: string | undefined): Promise<Journal> {
    // Called for each contact, so the journal is kept for everything that it depends on.
    const key = JSON.stringify([apiKey, stack, ...BACKEND_VARIABLES.map((name) => process.env[name])]);
    const journal = this.journals.get(key) ?? this.load(apiKey, stack);
    this.journals.set(key, journal);
    return journal;
  }

  /**
   * Takes notes to be finished at the end of the run. The engine has the answers to their calls, or will have them when
   * the operation ends.
   */
  finishAtEnd(notes: readonly AnsweredNote[]): void {
    this.answered.push(...notes);
  }

  /**
   * Call it at the end of the run. Finishes the notes whose results the state shows. That the engine is there proves
   * nothing: it may not have been able to write, or may be stopped. The engine waits 5 s for its plugins (measured); what
   * is not finished by then stays for the next run.
   */
  async close(): Promise<void> {
    const answered = this.answered.splice(0);
    for (const stack of new Set(answered.map(({ enrollment }) => enrollment.stack))) {
      // States of 0.1.0 do not record the stack.
      const isShown = stack === undefined ? () => true : await this.resultsOf(stack);
      for (const one of answered) if (one.enrollment.stack === stack && isShown(one)) finish(one);
    }
    for (const own of this.ownNotes.values()) own.close();
  }

  /** Returns a test for whether the stack's state shows the result of a call. */
  private async resultsOf(stack: string): Promise<(one: AnsweredNote) => boolean> {
    if (!isPlugin()) return () => true;
    try {
      const [{ RecordedIndex }, pulumiStack] = await Promise.all([
        import("../pulumi/recordedIndex"),
        this.stackOf(stack),
      ]);
      const index = new RecordedIndex(await pulumiStack.stateOfEnrollments());
      return ({ enrollment, expected }) => {
        if (expected === "unconfirmed start") return index.hasUnconfirmed(enrollment);
        if (expected === "contact")
          return index.contactsOf(enrollment.email).some((one) => isRecorded(enrollment, one));
        if (expected === "no contact") return index.contactsOf(enrollment.email).length === 0;
        return expected === "either" || (expected === "instance") === (index.entryOf(enrollment) !== undefined);
      };
    } catch {
      // The state cannot be read here. recover can read it.
      return ({ expected }) => expected === "either";
    }
  }

  /** Makes a stack. The code is loaded here, because hardly any run needs the CLI. */
  async stackOf(stack: string): Promise<Stack> {
    const { Stack } = await import("../pulumi/stack");
    const { env, folder } = this.cliContext;
    return new Stack(stack, folder, env);
  }

  /** The engine's context: its relative paths are relative to its own folder, not to the program's. */
  private get cliContext(): CliContext {
    const { folder = process.cwd(), bin } = this.engine ?? {};
    const env = { ...process.env, PATH: [bin, process.env["PATH"]].filter(Boolean).join(path.delimiter) };
    return { env, folder, askCli: () => whoami(env, folder) };
  }

  private async load(apiKey: string, fullName: string | undefined): Promise<Journal> {
    const folder = journalFolder(this.cliContext);
    const stack = stackIdentity(fullName, backendOf(this.cliContext), pulumi.getProject());
    const own = this.ownNotesOf(folder, stack);
    const { formerApiKey } = this;
    const others = await readOtherRuns({ folder, stack, apiKey, formerApiKey, engine: this.engine?.identity });
    const journal = new Journal(own, others);
    for (const line of journal.warnings()) console.log(line);
    return journal;
  }

  private ownNotesOf(folder: string, stack: StackIdentity): OwnNotes {
    const key = JSON.stringify([folder, stack]);
    const engine = this.engine?.identity;
    const header = { stack, plugin: identify()!, ...(engine === undefined ? {} : { engine }), since: Date.now() };
    const own = this.ownNotes.get(key) ?? new OwnNotes(folder, header);
    this.ownNotes.set(key, own);
    if (isPlugin()) own.openForRun();
    return own;
  }
}

function finish({ note }: AnsweredNote): void {
  try {
    note.finish();
  } catch {
    // That of another run cannot be written. It stays for the next run.
  }
}

/** The environment variables that determine the journal's folder and the backend. */
const BACKEND_VARIABLES = ["PULUMI_HOME", "PULUMI_BACKEND_URL", "PULUMI_CREDENTIALS_PATH"];
