import type { KnownPreviews } from "./knownPreviews";
import type { AskOpen, OpenPreviews } from "./openPreviews";
import type { Preview } from "./preview";
import type { Stop } from "./stop";

/** What became of a preview that was to be destroyed. */
export interface Destroyed {
  readonly name: string;
  /** Why: "expired", "not open"; or undefined if a person named it. */
  readonly why?: string;
  /** "none": there was no such stack. "kept": a dry run. "left": it still exists, for the reason in `error`. */
  readonly outcome: "destroyed" | "none" | "kept" | "left";
  readonly error?: string;
}

/** What a sweep asks of the known previews. */
type Known = Pick<KnownPreviews, "all" | "find" | "among">;

export interface SweepOptions {
  /** Which previews stay; asked again before each is destroyed. Default: all that have not expired. */
  readonly ask?: AskOpen | undefined;
  /** Whether to say only what would be destroyed. */
  readonly dryRun: boolean;
  readonly stop: Pick<Stop, "throwIfStopped">;
  readonly log: (name: string, line: string) => void;
  /** Destroys a preview that exists. */
  readonly destroy: (name: string) => Promise<Destroyed>;
}

/** Destroys every preview that is expired or not open. Goes on past failures. */
export async function sweep(known: Known, options: SweepOptions): Promise<Destroyed[]> {
  const { ask, dryRun, stop, log } = options;
  // Before the previews are listed: one that is created later is then not taken for closed.
  const open = await ask?.();
  const destroyed: Destroyed[] = [];
  const { previews, unread } = await known.all();
  for (const preview of previews) {
    const why = reasonToEnd(preview, open);
    if (why === undefined) continue;
    const { name } = preview;
    if (dryRun) {
      destroyed.push({ name, why, outcome: "kept" });
      continue;
    }
    stop.throwIfStopped();
    try {
      const one = await sweepOne(known, name, options);
      if (one !== undefined) destroyed.push({ why, ...one });
    } catch (error) {
      log(name, (error as Error).message);
      destroyed.push({ name, why, outcome: "left", error: (error as Error).message });
    }
  }
  for (const name of await known.among(unread)) {
    destroyed.push({ name, why: "tags unread", outcome: "left", error: "Whether it is a preview is not known." });
  }
  return destroyed;
}

/** Asks again, for the previews before it took a while, and destroys this one if that is still due. */
async function sweepOne(
  known: Known,
  name: string,
  { ask, log, destroy }: SweepOptions,
): Promise<Destroyed | undefined> {
  const open = await ask?.();
  const preview = await known.find(name);
  if (preview === undefined) return { name, outcome: "none" };
  const why = reasonToEnd(preview, open);
  if (why === undefined) {
    log(name, "opened or renewed meanwhile; it stays");
    return undefined;
  }
  log(name, `${why}; destroying it`);
  return { ...(await destroy(name)), why };
}

/** Why a preview is to be destroyed, or undefined if it stays. */
export function reasonToEnd(preview: Preview, open: OpenPreviews | undefined): string | undefined {
  const { name, created, updated = created, expires } = preview;
  const changed = Math.max(Date.parse(created), Date.parse(updated));
  if (open !== undefined && !open.names.has(name) && changed < open.asOf) return "not open";
  return Date.parse(expires) <= Date.now() ? "expired" : undefined;
}
