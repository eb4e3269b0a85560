import type { KnownPreviews } from "./knownPreviews";
import type { AskOpen, OpenPreviews } from "./openPreviews";
import type { Preview } from "./preview";
import type { Stop } from "./stop";

/** What became of a preview that was to be taken down. */
export interface Taken {
  readonly name: string;
  /** Why: "expired", "not open"; or undefined if a person named it. */
  readonly why?: string;
  /** "none": there was no such stack. "kept": a dry run. "left": it is still there, for the reason in `error`. */
  readonly outcome: "taken down" | "none" | "kept" | "left";
  readonly error?: string;
}

/** What a sweep asks of the previews there are. */
type Known = Pick<KnownPreviews, "all" | "find" | "among">;

export interface SweepOptions {
  /** Tells which previews stay; it is asked again before each is taken down. Default: all that have not expired. */
  readonly ask?: AskOpen | undefined;
  /** Whether to say only what would be taken down. */
  readonly dryRun: boolean;
  readonly stop: Pick<Stop, "throwIfStopped">;
  readonly say: (name: string, line: string) => void;
  /** Takes a preview down that is there. */
  readonly takeDown: (name: string) => Promise<Taken>;
}

/** Takes down every preview that is expired or not open. Goes on past failures. */
export async function sweep(known: Known, options: SweepOptions): Promise<Taken[]> {
  const { ask, dryRun, stop, say } = options;
  // Before the previews are listed: what comes up later is then not taken for closed.
  const open = await ask?.();
  const taken: Taken[] = [];
  const unread: string[] = [];
  for (const preview of await known.all(unread)) {
    const why = reasonToEnd(preview, open);
    if (why === undefined) continue;
    const { name } = preview;
    if (dryRun) {
      taken.push({ name, why, outcome: "kept" });
      continue;
    }
    stop.throwIfStopped();
    try {
      const one = await sweepOne(known, name, options);
      if (one !== undefined) taken.push({ why, ...one });
    } catch (error) {
      say(name, (error as Error).message);
      taken.push({ name, why, outcome: "left", error: (error as Error).message });
    }
  }
  for (const name of await known.among(unread)) {
    taken.push({ name, why: "tags unread", outcome: "left", error: "Whether it is a preview is not known." });
  }
  return taken;
}

/** Asks again, for the previews before it took a while, and takes this one down if that is still due. */
async function sweepOne(known: Known, name: string, { ask, say, takeDown }: SweepOptions): Promise<Taken | undefined> {
  const open = await ask?.();
  const preview = await known.find(name);
  if (preview === undefined) return { name, outcome: "none" };
  const why = reasonToEnd(preview, open);
  if (why === undefined) {
    say(name, "opened or renewed meanwhile; it stays");
    return undefined;
  }
  say(name, `${why}; taking it down`);
  return { ...(await takeDown(name)), why };
}

/** Why a preview is to be taken down, or undefined if it stays. */
export function reasonToEnd(preview: Preview, open: OpenPreviews | undefined): string | undefined {
  const { name, created, updated = created, expires } = preview;
  const changed = Math.max(Date.parse(created), Date.parse(updated));
  if (open !== undefined && !open.names.has(name) && changed < open.asOf) return "not open";
  return Date.parse(expires) <= Date.now() ? "expired" : undefined;
}
