import { KnownPreviews } from "./knownPreviews";
import type { AskOpen } from "./openPreviews";
import { countContacts, TAGS, type Preview } from "./preview";
import type { PreviewStack } from "./previewStack";
import { DESTROY, DRY_RUN, Steps, UP } from "./steps";
import type { Stop } from "./stop";
import { sweep, type Destroyed } from "./sweep";
import { Workspace } from "./workspace";

export interface PreviewsOptions {
  /** The project's folder. */
  readonly cwd: string;
  /** The file of settings that every preview is made from, by its path from that folder. */
  readonly settings: string;
  /** After how long the lock of another machine is a dead run's, in milliseconds. */
  readonly lockDeadAfterMs: number;
  /** A person says that a run has ended where nothing proves it. */
  readonly runIsOver?: boolean;
  /** Takes what is done, a line at a time. */
  readonly log: (line: string) => void;
  readonly stop: Stop;
  /** Where the CLI, the key and Pulumi's settings come from. */
  readonly env: NodeJS.ProcessEnv;
}

/** The previews of a project: a stack for each pull request, say, that expires. */
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
   * Creates or updates a preview: makes its stack, or recovers what a killed run left of it, runs the program, and checks
   * that a second run would change nothing.
   *
   * @throws {Error} The up failed, or a second one would change something. What exists is recorded, and can be destroyed.
   */
  async up({ name, ttlMs, sha }: { name: string; ttlMs: number; sha?: string }): Promise<Preview> {
    const found = await this.known.find(name);
    return this.withStack(name, found !== undefined, async (stack) => {
      const created = found?.created ?? new Date().toISOString();
      if (found === undefined) {
        this.log(name, "a new stack");
        await stack.create();
        await this.tag(name, TAGS.created, created);
      } else {
        // Before any tag is set: a run that is kept out by another one's lock changes nothing.
        await this.recover(name, stack);
      }
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
      const counts = await countContacts(this.workspace, name);
      return { name, created, expires, ...(commit === undefined ? {} : { sha: commit }), result, ...counts };
    });
  }

  /**
   * Destroys a preview: recovers what a killed run left, aborts what is enrolled, and removes the stack and its history;
   * never while something runs.
   *
   * @throws {Error} Something may still run, and the stack is still there.
   */
  async down(name: string): Promise<Destroyed> {
    const found = await this.known.find(name);
    return found === undefined ? { name, outcome: "none" } : this.destroy(name);
  }

  /**
   * Destroys every preview that is expired or, given which are open, is none of these. Goes on past failures.
   *
   * @param ask Which ones stay; asked again before each is destroyed. Default: all that have not expired.
   */
  async sweep({ ask, dryRun }: { ask?: AskOpen; dryRun: boolean }): Promise<Destroyed[]> {
    const { stop } = this.options;
    const log = (name: string, line: string) => this.log(name, line);
    return sweep(this.known, { ask, dryRun, stop, log, destroy: (name) => this.destroy(name) });
  }

  /** All previews, with what their states say. */
  async list(): Promise<Preview[]> {
    const previews: Preview[] = [];
    for (const preview of (await this.known.all()).previews) {
      const counts = await countContacts(this.workspace, preview.name).catch((error: Error) => {
        this.log(preview.name, error.message);
        return {};
      });
      previews.push({ ...preview, ...counts });
    }
    return previews;
  }

  private async destroy(name: string): Promise<Destroyed> {
    return this.withStack(name, true, async (stack) => {
      // What cannot be settled while another start of the address is recorded can be settled once that is aborted.
      const unsettled = await this.recover(name, stack).catch((error: Error) => error);
      if (unsettled instanceof Error && !(unsettled instanceof Unsettled)) throw unsettled;
      await this.tag(name, TAGS.result, "down not finished");
      await this.steps(name, stack).run(DESTROY);
      if (unsettled instanceof Unsettled) await this.recover(name, stack);

      const left = await stack.size();
      if (left > 0) throw new Error(`${name} still has ${left} resources after its destroy; it was not removed.`);
      await stack.remove();
      return { name, outcome: "destroyed" };
    });
  }

  /** @throws {Unsettled} Something of a killed run is left that must be settled first. */
  private async recover(name: string, { settings }: PreviewStack): Promise<void> {
    this.options.stop.throwIfStopped();
    // Loaded here, for it loads Pulumi's SDK, which nothing else of a command needs.
    const { recover } = await import("../recover/recover");
    const { problems } = await recover({
      stack: name,
      cwd: this.workspace.cwd,
      configFile: settings,
      lockDeadAfterMs: this.options.lockDeadAfterMs,
      runIsOver: this.options.runIsOver === true,
      env: this.options.env,
      log: (line) => this.log(name, line),
    });
    if (problems.length > 0) throw new Unsettled(problems.join(" "));
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

/** A killed run left what only a person, or a destroy, can settle. */
class Unsettled extends Error {}
