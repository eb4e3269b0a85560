import type { KnownPreviews } from "./knownPreviews";
import type { AskOpen, OpenPreviews } from "./openPreviews";
import type { Preview } from "./preview";
import type { Stop } from "./stop";

/** What happened to a preview that was due to be destroyed, or of which that is not known. */
export interface PreviewOutcome {
  readonly name: string;
  /**
   * Why it was due: "expired" or "not open"; or why that is not known: "expiry unknown" or "tags unread". Undefined if
   * the user named it.
   */
  readonly why?: string;
  /**
   * "none": there was no such stack. "kept": not destroyed because of `sweep --dry-run`. "left": it still exists, for the
   * reason in `error`.
   */
  readonly outcome: "destroyed" | "none" | "kept" | "left";
  readonly error?: string;
}

/** What a sweep needs of the known previews. */
type PreviewSource = Pick<KnownPreviews, "all" | "find" | "stillExisting">;

export interface SweepOptions {
  /** Gets the previews to keep; called again before each is destroyed. Default: all that have not expired are kept. */
  readonly ask?: AskOpen | undefined;
  /** Whether only to report what would be destroyed: `sweep --dry-run`. */
  readonly dryRun: boolean;
  readonly stop: Pick<Stop, "throwIfStopped">;
  readonly log: (name: string, line: string) => void;
  /** Destroys a preview that exists. What it throws names `down`: an assertion is about one preview, and a sweep takes none. */
  readonly destroy: (name: string) => Promise<PreviewOutcome>;
}

/** Destroys every preview that has expired or is not open. Continues after a failure. */
export async function sweep(known: PreviewSource, options: SweepOptions): Promise<PreviewOutcome[]> {
  const { ask, dryRun, stop, log } = options;
  // Before the previews are listed, so that one that is created later is not treated as closed.
  const open = await ask?.();
  const destroyed: PreviewOutcome[] = [];
  const { previews, unread } = await known.all();
  for (const preview of previews) {
    const why = reasonToEnd(preview, open);
    const { name } = preview;
    if (why === undefined) {
      if (isUndecided(preview, open))
        destroyed.push({ name, why: "expiry unknown", outcome: "left", error: expiryUnknown(name) });
      continue;
    }
    if (dryRun) {
      destroyed.push({ name, why, outcome: "kept" });
      continue;
    }
    stop.throwIfStopped();
    try {
      const one = await sweepOne(known, name, options);
      if (one !== undefined) destroyed.push({ why, ...one });
    } catch (error) {
      const { message } = error as Error;
      log(name, message);
      destroyed.push({ name, why, outcome: "left", error: message });
    }
  }
  for (const name of await known.stillExisting(unread)) {
    destroyed.push({ name, why: "tags unread", outcome: "left", error: "Whether it is a preview is not known." });
  }
  return destroyed;
}

/** Destroys a preview if it is still due: destroying the ones before it took some time. */
async function sweepOne(
  known: PreviewSource,
  name: string,
  { ask, log, destroy }: SweepOptions,
): Promise<PreviewOutcome | undefined> {
  const open = await ask?.();
  const preview = await known.find(name);
  if (preview === undefined) return { name, outcome: "none" };
  const why = reasonToEnd(preview, open);
  if (why === undefined) {
    log(name, "kept: it was opened or renewed meanwhile");
    return undefined;
  }
  log(name, `${why}; destroying it`);
  return { ...(await destroy(name)), why };
}

/** Why a preview is due to be destroyed, or undefined if it is kept, as is one whose times are not known. */
export function reasonToEnd(preview: Preview, open: OpenPreviews | undefined): string | undefined {
  const { name, created, updated = created, expires } = preview;
  const changed = Math.max(timeOf(created), timeOf(updated));
  if (open !== undefined && !open.names.has(name) && changed < open.asOf) return "not open";
  return timeOf(expires) <= Date.now() ? "expired" : undefined;
}

function timeOf(text: string | undefined): number {
  return text === undefined ? Infinity : Date.parse(text);
}

/** Whether a preview that is kept would be kept for ever, because its tags do not tell when it expires. */
function isUndecided({ name, expires }: Preview, open: OpenPreviews | undefined): boolean {
  return expires === undefined && open?.names.has(name) !== true;
}

function expiryUnknown(name: string): string {
  return (
    "When it expires is not known, because its tag mailmodo:expires or mailmodo:preview is not a time in ISO 8601. " +
    `Run npx pulumi-mailmodo previews up --name ${name}, which sets both, or previews down.`
  );
}
