import { destroyCommand, upCommand } from "../../text/stackCommands";
import { hasPendingUpdates } from "../../pulumi/deployment";
import { KnownPreviews } from "./knownPreviews";
import type { AskOpen } from "./openPreviews";
import { addressesOf, countContacts, enrollmentsOf, TAGS, type Preview } from "./preview";
import type { PreviewStack } from "./previewStack";
import { DESTROY, DRY_RUN, Steps, UP } from "./steps";
import type { Stop } from "./stop";
import { suppressionWarnings } from "./suppressed";
import { sweep, type PreviewOutcome } from "./sweep";
import { Workspace } from "./workspace";

export interface PreviewsOptions {
  /** The project's folder. */
  readonly cwd: string;
  /** The file with the settings of every preview; its path is relative to that folder. */
  readonly settings: string;
  /** The age, in milliseconds, at which another machine's lock is treated as abandoned. */
  readonly lockDeadAfterMs: number;
  /** Whether the user asserts that the run has ended, if that cannot be determined. */
  readonly runIsOver?: boolean;
  /** Whether the user asserts that nothing runs but what the state records. */
  readonly nothingElseRuns?: boolean;
  /** Receives progress, one line at a time. */
  readonly log: (line: string) => void;
  readonly stop: Stop;
  /** The environment, in which the CLI, the key and Pulumi's settings are found. */
  readonly env: NodeJS.ProcessEnv;
}

/** The previews of a project: stacks that expire, such as one for each pull request. */
export class Previews {
  private readonly known: KnownPreviews;

  private constructor(
    private readonly workspace: Workspace,
    private readonly options: PreviewsOptions,
  ) {
    this.known = new KnownPreviews(workspace, (name, line) => this.log(name, line));
  }

  static async open(options: PreviewsOptions): Promise<Previews> {
    return new Previews(await Workspace.open(options.cwd, options.env), options);
  }

  /**
   * Creates or updates a preview: creates its stack, or recovers it from a killed run; runs the program; and checks that
   * a second run would change nothing. Then looks up its contacts, to warn of those that Mailmodo sends nothing.
   *
   * @throws {Error} The up failed, or a second one would change something. What exists is recorded and can be destroyed.
   */
  async up({ name, ttlMs, sha }: { name: string; ttlMs: number; sha?: string }): Promise<Preview> {
    const found = await this.known.find(name);
    return this.withStack(name, found !== undefined, async (stack) => {
      const created = found?.created ?? new Date().toISOString();
      if (found === undefined) {
        this.log(name, "a new stack");
        await stack.create();
      } else {
        // Before any tag is set, so that a run that another run's lock keeps out changes nothing.
        await this.recover(name, stack, upCommand(stack.env));
      }
      if (found?.created === undefined) await this.tag(name, TAGS.created, created);
      const expires = new Date(Date.now() + ttlMs).toISOString();
      await this.tag(name, TAGS.expires, expires);
      if (sha !== undefined) await this.tag(name, TAGS.sha, sha);
      await this.tag(name, TAGS.result, "up not finished");

      const steps = this.steps(name, stack);
      await steps.run(UP);
      await steps.run(DRY_RUN);
      const result = "up succeeded";
      await this.tag(name, TAGS.result, result);
      const commit = sha ?? found?.sha;
      const state = await this.workspace.stack(name).state();
      const warnings = await suppressionWarnings(addressesOf(state), {
        readConfig: () => this.workspace.stack(name, stack.settings).config(),
        env: stack.env,
        signal: this.options.stop.signal,
      });
      const counts = countContacts(enrollmentsOf(state));
      return { name, created, expires, ...(commit === undefined ? {} : { sha: commit }), result, ...counts, warnings };
    });
  }

  /**
   * Destroys a preview: recovers it from a killed run, aborts its enrollments, and removes the stack and its history. The
   * stack is never removed while an enrollment may still run.
   *
   * @throws {Error} An enrollment may still run, and the stack still exists.
   */
  async down(name: string): Promise<PreviewOutcome> {
    const found = await this.known.find(name);
    return found === undefined ? { name, outcome: "none" } : this.destroy(name);
  }

  /**
   * Destroys every preview that has expired or, if `ask` is given, is not open. Continues after a failure.
   *
   * @param ask Gets the previews to keep; called again before each is destroyed. Default: all that have not expired.
   * @param dryRun Whether only to report what would be destroyed: `sweep --dry-run`.
   */
  async sweep({ ask, dryRun }: { ask?: AskOpen; dryRun: boolean }): Promise<PreviewOutcome[]> {
    const { stop } = this.options;
    const log = (name: string, line: string) => this.log(name, line);
    return sweep(this.known, { ask, dryRun, stop, log, destroy: (name) => this.destroy(name) });
  }

  /** All previews, with the numbers of contacts in their states. */
  async list(): Promise<Preview[]> {
    const previews: Preview[] = [];
    for (const preview of (await this.known.all()).previews) {
      const stack = this.workspace.stack(preview.name);
      const counts = await stack.state().then(
        (state) => countContacts(enrollmentsOf(state)),
        (error: Error) => this.log(preview.name, error.message),
      );
      previews.push({ ...preview, ...counts });
    }
    return previews;
  }

  private async destroy(name: string): Promise<PreviewOutcome> {
    return this.withStack(name, true, async (stack) => {
      // A call that cannot be settled while another start of its address is recorded can be settled once that is aborted.
      const down = destroyCommand(stack.env);
      const failure = await this.recover(name, stack, down).catch((error: Error) => error);
      if (failure instanceof Error && !(failure instanceof NotRecovered)) throw failure;
      // A destroy drops pending updates, which may be the only trace of what they started.
      const isStartOpen = failure instanceof NotRecovered && !failure.isOfContactsAlone;
      if (isStartOpen && hasPendingUpdates(await this.workspace.stack(name).state())) throw failure;
      await this.tag(name, TAGS.result, "down not finished");
      await this.steps(name, stack)
        .run(DESTROY)
        .catch((error: Error) => {
          // What recover says may be the reason: the destroy of a contact that a killed run may have started asks for it.
          throw failure instanceof NotRecovered ? new Error(`${failure.message} ${error.message}`) : error;
        });
      if (failure instanceof NotRecovered) await this.recover(name, stack, down);

      const left = await stack.size();
      if (left > 0) throw new Error(`${name} still has ${left} resources after its destroy; it was not removed.`);
      await stack.remove();
      return { name, outcome: "destroyed" };
    });
  }

  /**
   * @param command The command to run once its messages are followed.
   * @throws {NotRecovered} Calls of a killed run are left that must be settled first.
   */
  private async recover(name: string, { settings, env }: PreviewStack, command: string): Promise<void> {
    this.options.stop.throwIfStopped();
    // Loaded here because it loads Pulumi's SDK, which nothing else in the commands needs.
    const { recover } = await import("../recover/recover");
    const { problems, contactsLeft } = await recover({
      stack: name,
      cwd: this.workspace.cwd,
      configFile: settings,
      lockDeadAfterMs: this.options.lockDeadAfterMs,
      runIsOver: this.options.runIsOver === true,
      nothingElseRuns: this.options.nothingElseRuns === true,
      env,
      again: (option) => ["run", command, option].filter(Boolean).join(" "),
      log: (line) => this.log(name, line),
    });
    if (problems.length > 0) throw new NotRecovered(problems.join(" "), problems.length === contactsLeft);
  }

  private steps(name: string, stack: PreviewStack): Steps {
    const log = (line: string) => this.log(name, line);
    return new Steps(stack, this.options.stop, log, (result) => this.tag(name, TAGS.result, result));
  }

  private withStack<T>(name: string, exists: boolean, work: (stack: PreviewStack) => Promise<T>): Promise<T> {
    return this.workspace.withSettings(name, this.options.settings, exists, work);
  }

  private tag(name: string, tag: string, value: string): Promise<void> {
    return this.workspace.setTag(name, tag, value);
  }

  private log(name: string, line: string): void {
    this.options.log(`${name}: ${line}`);
  }
}

/** A recovery left problems: calls of a killed run that only the user or a destroy can settle. */
class NotRecovered extends Error {
  /** @param isOfContactsAlone Whether all of them are contacts that an enrollment of the stack has. */
  constructor(
    message: string,
    readonly isOfContactsAlone: boolean,
  ) {
    super(message);
  }
}
