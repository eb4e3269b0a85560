import type { Stack as EngineStack } from "@pulumi/pulumi/automation";
import { recover } from "../recover/recover";
import { countContacts, readPreview, TAGS, type Preview } from "./preview";
import type { Stop } from "./stop";
import { Workspace } from "./workspace";

export interface PreviewsOptions {
  /** The project's folder. */
  readonly cwd: string;
  /** The file of settings that every preview is made from, in that folder. */
  readonly settings: string;
  /** After how long the lock of another machine is a dead run's. */
  readonly lockDeadAfterMs: number;
  /** A person says that a run is over of which nothing proves it. */
  readonly runIsOver?: boolean;
  /** Takes what is done, a line at a time. */
  readonly log: (line: string) => void;
  readonly stop: Stop;
}

/** What became of a preview that was to be taken down. */
export interface Taken {
  readonly name: string;
  /** Why: "expired", "not open"; or undefined if a person named it. */
  readonly why?: string;
  /** "none": there was no such stack. "kept": a dry run. "left": it is still there, for the reason in `error`. */
  readonly outcome: "taken down" | "none" | "kept" | "left";
  readonly error?: string;
}

/** The previews of a project: a stack for each pull request, say, that expires. */
export class Previews {
  private constructor(
    private readonly workspace: Workspace,
    private readonly options: PreviewsOptions,
  ) {}

  static async open(options: PreviewsOptions): Promise<Previews> {
    return new Previews(await Workspace.open(options.cwd), options);
  }

  /**
   * Brings a preview up, or up to date: makes its stack, or recovers what a killed run left of it, runs the program, and
   * checks that a second run would change nothing.
   *
   * @throws {Error} It did not come up, or is not stable. What there is of it is recorded, and can be taken down.
   */
  async up({ name, ttlMs, sha }: { name: string; ttlMs: number; sha?: string }): Promise<Preview> {
    const exists = (await this.workspace.stacks()).includes(name);
    if (exists) await this.marked(name);
    return this.withSettings(name, exists, async () => {
      if (!exists) {
        this.say(name, "a new stack");
        await this.workspace.create(name);
        await this.tag(name, TAGS.created, new Date().toISOString());
      }
      // After it: whom another run's lock keeps out changes nothing.
      if (exists) await this.recover(name);
      await this.tag(name, TAGS.expires, new Date(Date.now() + ttlMs).toISOString());
      if (sha !== undefined) await this.tag(name, TAGS.sha, sha);
      await this.tag(name, TAGS.result, "up not finished");

      const stack = await this.workspace.select(name);
      await this.step(name, "up", () => stack.up(this.engine(name)));
      await this.step(name, "second preview", () => stack.preview({ ...this.engine(name), expectNoChanges: true }));
      await this.tag(name, TAGS.result, "up succeeded");
      return this.read(name);
    });
  }

  /**
   * Takes a preview down: recovers what a killed run left, aborts what is enrolled, and removes the stack and its
   * history; never while something runs.
   *
   * @throws {Error} Something may still run, and the stack is still there.
   */
  async down(name: string): Promise<Taken> {
    if (!(await this.workspace.stacks()).includes(name)) return { name, outcome: "none" };
    await this.marked(name);
    return this.withSettings(name, true, async () => {
      // What cannot be settled while another start of the address is recorded can be after it was aborted.
      const unsettled = await this.recover(name).catch((error: Error) => error);
      if (unsettled instanceof Error && !(unsettled instanceof Unsettled)) throw unsettled;
      await this.tag(name, TAGS.result, "down not finished");
      const stack = await this.workspace.select(name);
      await this.step(name, "destroy", () => stack.destroy(this.engine(name)));
      if (unsettled instanceof Unsettled) await this.recover(name);

      const { resources = [], pending_operations: pending = [] } = await this.workspace.stack(name).state();
      if (resources.length + pending.length > 0) {
        throw new Error(
          `${name} still has ${resources.length + pending.length} resources after its destroy; it was not removed.`,
        );
      }
      await this.workspace.remove(name);
      return { name, outcome: "taken down" };
    });
  }

  /**
   * Takes down every preview that is expired or, given which are open, is none of these. Goes on past failures.
   *
   * @param open The names of those that stay; default: all that have not expired.
   */
  async sweep({ open, dryRun }: { open?: ReadonlySet<string>; dryRun: boolean }): Promise<Taken[]> {
    const now = Date.now();
    const taken: Taken[] = [];
    const unread: string[] = [];
    const isExpired = ({ expires }: Preview) => Date.parse(expires) <= now;
    for (const preview of await this.all(unread)) {
      const { name } = preview;
      const why = open?.has(name) === false ? "not open" : isExpired(preview) ? "expired" : undefined;
      if (why === undefined) continue;
      if (dryRun) {
        taken.push({ name, why, outcome: "kept" });
        continue;
      }
      this.options.stop.throwIfStopped();
      this.say(name, `${why}; taking it down`);
      try {
        // The ones before it took a while: a push may have renewed it.
        if (why === "expired" && !isExpired(await this.marked(name))) continue;
        taken.push({ ...(await this.down(name)), why });
      } catch (error) {
        this.say(name, (error as Error).message);
        taken.push({ name, why, outcome: "left", error: (error as Error).message });
      }
    }
    const stillThere = new Set(unread.length > 0 ? await this.workspace.stacks() : []);
    for (const name of unread.filter((one) => stillThere.has(one))) {
      taken.push({ name, why: "tags unread", outcome: "left", error: "Whether it is a preview is not known." });
    }
    return taken;
  }

  /** The previews there are, with what their states tell. */
  async list(): Promise<Preview[]> {
    const previews: Preview[] = [];
    for (const preview of await this.all()) {
      const counts = await countContacts(this.workspace, preview.name).catch((error: Error) => {
        this.say(preview.name, error.message);
        return {};
      });
      previews.push({ ...preview, ...counts });
    }
    return previews;
  }

  /** @param unread Takes the names of the stacks whose tags cannot be read: they may be previews. */
  private async all(unread: string[] = []): Promise<Preview[]> {
    const previews: Preview[] = [];
    for (const name of await this.workspace.stacks()) {
      const preview = await readPreview(this.workspace, name).catch((error: Error) => {
        this.say(name, error.message);
        unread.push(name);
        return undefined;
      });
      if (preview !== undefined) previews.push(preview);
    }
    return previews;
  }

  private async read(name: string): Promise<Preview> {
    return { ...(await this.marked(name)), ...(await countContacts(this.workspace, name)) };
  }

  /** @throws {Error} The stack is there, but is no preview. */
  private async marked(name: string): Promise<Preview> {
    const preview = await readPreview(this.workspace, name);
    if (preview !== undefined) return preview;
    throw new Error(
      `The stack ${name} is no preview: it has no tag ${TAGS.created}, so it is not touched. Take another name; ` +
        `or, if it is empty and left by an up that was killed as it began: pulumi stack rm ${name}.`,
    );
  }

  /** @throws {Unsettled} Something of a killed run is left that must be seen to first. */
  private async recover(name: string): Promise<void> {
    this.options.stop.throwIfStopped();
    const { problems } = await recover({
      stack: name,
      cwd: this.workspace.cwd,
      lockDeadAfterMs: this.options.lockDeadAfterMs,
      runIsOver: this.options.runIsOver === true,
      log: (line) => this.say(name, line),
    });
    if (problems.length > 0) throw new Unsettled(problems.join(" "));
  }

  /** One run of the engine, whose result is recorded in the stack's tags unless it succeeds. */
  private async step(name: string, what: string, run: () => Promise<unknown>): Promise<void> {
    this.options.stop.throwIfStopped();
    this.say(name, what);
    try {
      await run();
    } catch (error) {
      this.options.stop.throwIfStopped();
      await this.tag(name, TAGS.result, `${what} failed`).catch((untold: Error) => this.say(name, untold.message));
      throw new Error(FAILED[what]?.(name) ?? "", { cause: error });
    }
    this.options.stop.throwIfStopped();
  }

  private engine(name: string): Parameters<EngineStack["up"]>[0] & Parameters<EngineStack["preview"]>[0] {
    const lines = () => {
      let rest = "";
      return (text: string) => {
        const all = (rest + text).split("\n");
        rest = all.pop() ?? "";
        for (const line of all.filter((one) => one.trim() !== "")) this.say(name, line.trimEnd());
      };
    };
    // What fails before an update begins is said on stderr alone.
    const [onOutput, onError] = [lines(), lines()];
    return {
      onOutput,
      onError,
      color: "never",
      suppressOutputs: true,
      suppressProgress: true,
      signal: this.options.stop.signal,
    };
  }

  private withSettings<T>(name: string, exists: boolean, work: () => Promise<T>): Promise<T> {
    return this.workspace.withSettings(name, this.options.settings, exists, work);
  }

  private tag(name: string, tag: string, value: string): Promise<void> {
    return this.workspace.setTag(name, tag, value);
  }

  private say(name: string, line: string): void {
    this.options.log(`${name}: ${line}`);
  }
}

/** A killed run left what only a person, or a destroy, can settle. */
class Unsettled extends Error {}

const again = (name: string) => `take it down: npx pulumi-mailmodo previews down --name ${name}`;
const FAILED: Readonly<Record<string, (name: string) => string>> = {
  up: (name) => `${name} did not come up; the lines above say why. Mend that and run it again, or ${again(name)}.`,
  "second preview": (name) =>
    `${name} is up, but a second up would change it; the lines above say what. Make the program's inputs the same in each run, or ${again(name)}.`,
  destroy: (name) =>
    `${name} could not be taken down, and something may still run; the lines above say why. Mend that and run it again.`,
};
