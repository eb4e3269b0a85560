import Table from "cli-table3";
import { share, type Shared, type Sharing } from "./sharedKey";

const group = (runs: number, contacts: number, perSecond: number, atSeconds = 0) => ({
  runs,
  contacts,
  perSecond,
  atSeconds,
});

/** The settings that are played. Each run is set to the whole limit, or to more. */
export const SHARINGS = {
  "1 run of 60, alone": { groups: [group(1, 60, 5)], limit: 5 },
  "2 runs of 60": { groups: [group(2, 60, 5)], limit: 5 },
  "6 runs of 60": { groups: [group(6, 60, 5)], limit: 5 },
  "6 runs of 60, told to wait": { groups: [group(6, 60, 5)], limit: 5, saysRetryAfter: true },
  "20 runs of 5": { groups: [group(20, 5, 5)], limit: 5 },
  "20 runs of 60": { groups: [group(20, 60, 5)], limit: 5 },
  "100 runs of 5": { groups: [group(100, 5, 5)], limit: 5 },
  "100 runs of 60, at the highest limit": { groups: [group(100, 60, 50)], limit: 50 },
  "3 runs of 60, set to 5, 10 and 50": { groups: [5, 10, 50].map((perSecond) => group(1, 60, perSecond)), limit: 5 },
  "10,000 beside 5 runs of 5": { groups: [group(1, 10_000, 50), group(5, 5, 50, 30)], limit: 50 },
} satisfies Record<string, Sharing>;

const SEEDS = [1, 2, 3, 4, 5];

/** Plays the settings, and prints the worst of several seeds. */
export async function reportSharing(): Promise<void> {
  const head = ["", "limit", "time to floor", "last to first", "answered 429", "failed"];
  const rows = new Table({ head, style: { head: [], border: [] } });
  for (const [name, sharing] of Object.entries<Sharing>(SHARINGS)) {
    const { toFloor, lastToFirst, refused, failed } = worst(await playAll(sharing));
    // Runs of different sizes have nothing to be compared.
    const isEven = new Set(sharing.groups.map(({ contacts }) => contacts)).size === 1;
    const share = `${(refused * 100).toFixed(0)} %`;
    rows.push([name, `${sharing.limit}/s`, toFloor.toFixed(2), isEven ? lastToFirst.toFixed(2) : "", share, failed]);
  }
  console.log(`${rows.toString()}\nThe worst of ${SEEDS.length} seeds, on a moved clock.`);
}

/** One after the other, because all use the same clock. */
async function playAll(sharing: Sharing): Promise<Shared[]> {
  const all: Shared[] = [];
  for (const seed of SEEDS) all.push(await share(sharing, seed));
  return all;
}

function worst(all: readonly Shared[]): Omit<Shared, "seconds"> {
  const most = (of: (one: Shared) => number) => Math.max(...all.map(of));
  return {
    toFloor: most(({ toFloor }) => toFloor),
    lastToFirst: most(({ lastToFirst }) => lastToFirst),
    refused: most(({ refused }) => refused),
    failed: most(({ failed }) => failed),
  };
}
