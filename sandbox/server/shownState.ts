import * as fs from "node:fs";
import type { Kept, SandboxState } from "../api";
import type { Journeys } from "../mail/journeys";
import type { Clock } from "../state/clock";
import type { Controls } from "../state/controls";
import type { Faults } from "../state/faults";
import { profiles } from "../state/profiles";
import type { Store } from "../state/store";

/** What a sandbox is made of, as far as its state is shown. */
export interface Shown {
  readonly store: Store;
  readonly clock: Clock;
  readonly controls: Controls;
  readonly faults: Faults;
  readonly journeys: Journeys;
  /** The invented key, which is no secret. */
  readonly publicKey: string;
}

/** The controls and the counters. */
export function shownState({ store, clock, controls, faults, journeys, publicKey }: Shown): SandboxState {
  const nextDueAt = store.nextDueAt();
  const counts = { running: 0, aborted: 0, finished: 0 };
  for (const { status } of store.all()) counts[status] += 1;
  return {
    version,
    now: new Date(clock.now()).toISOString(),
    aheadMs: clock.offsetMs,
    nextDueAt: nextDueAt === undefined ? null : new Date(nextDueAt).toISOString(),
    apiKey: controls.apiKey === publicKey ? publicKey : null,
    store: null,
    profile: controls.shownProfile,
    profiles: Object.keys(profiles),
    faults: faults.all(),
    limit: controls.limit?.perSecond ?? null,
    counts,
    requests: kept(store.requests().length),
    mails: kept(store.mails().length),
    ended: kept(counts.aborted + counts.finished),
    journeys: [...journeys].map(([journeyId, steps]) => ({
      journeyId,
      steps: steps.map(({ afterMs, subject }) => ({ afterMs, subject })),
    })),
  };
}

const { version } = JSON.parse(fs.readFileSync(require.resolve("mailmodo-sandbox/package.json"), "utf8")) as {
  version: string;
};

function kept(count: number): Kept {
  return { count, limit: Number.MAX_SAFE_INTEGER, dropped: 0 };
}
