import Table from "cli-table3";

/** What a try showed. */
export interface Tried {
  /** The version of the Pulumi SDK, where an up ran. */
  readonly sdk?: string;
  readonly upMs?: number;
  readonly destroyMs?: number;
  /** Why it cannot work there, and what to do instead. */
  readonly limit?: string;
}

/** A row of the table. */
export interface Result extends Tried {
  readonly name: string;
  /** Of the whole try, in milliseconds. */
  readonly tookMs: number;
  /** What went wrong, with the output of the command. */
  readonly failure?: string;
}

/** Runs and times a try. What it throws is its failure. */
export async function resultOf(name: string, attempt: () => Promise<Tried>): Promise<Result> {
  const started = performance.now();
  try {
    return { ...(await attempt()), name, tookMs: performance.now() - started };
  } catch (error) {
    return { name, tookMs: performance.now() - started, failure: (error as Error).message };
  }
}

export function lineOf({ name, tookMs, failure }: Result): string {
  return `${failure === undefined ? "✓" : "✗"} ${name} (${seconds(tookMs)})`;
}

export function tableOf(results: readonly Result[]): string {
  const table = new Table({
    head: ["consumer", "node", "sdk", "up", "destroy", "result"],
    style: { head: [], border: [] },
  });
  for (const { name, sdk, upMs, destroyMs, limit, failure } of results) {
    const result = failure === undefined ? (limit ?? "works") : "FAILS";
    table.push([name, process.version, sdk ?? "", seconds(upMs), seconds(destroyMs), result]);
  }
  return table.toString();
}

/** The name of each that failed, with the output. */
export function failuresOf(results: readonly Result[]): string[] {
  return results.flatMap(({ name, failure }) => (failure === undefined ? [] : [`\n✗ ${name}:\n${failure}`]));
}

function seconds(ms: number | undefined): string {
  return ms === undefined ? "" : `${(ms / 1000).toFixed(1)} s`;
}
