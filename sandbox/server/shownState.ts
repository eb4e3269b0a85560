import { readFileSync } from "node:fs";
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
  /** The store's file. Null: none. */
  readonly file: string | null;
}

/** The controls and the counters. */
export function shownState({ store, clock, controls, faults, journeys, publicKey, file }: Shown): SandboxState {
  return {
    version,
    now: new Date(clock.now()).toISOString(),
    aheadMs: clock.aheadMs,
    nextDueAt: timeOf(store.nextDueAt()),
    nextMailAt: timeOf(store.schedule.nextMail?.at),
    apiKey: controls.apiKey === publicKey ? publicKey : null,
    store: file,
    profile: controls.shownProfile,
    profiles: Object.keys(profiles),
    faults: faults.all(),
    limit: controls.limit?.perSecond ?? null,
    counts: { ...store.instances.counts },
    contacts: { ...store.contacts.counts },
    requests: kept(store.log.kept),
    mails: kept(store.outbox.kept),
    ended: kept(store.instances.keptEnded),
    archived: store.contacts.keptArchived,
    journeys: [...journeys].map(([journeyId, steps]) => ({
      journeyId,
      steps: steps.map(({ afterMs, subject }) => ({ afterMs, subject })),
    })),
  };
}

export const { version } = JSON.parse(readFileSync(require.resolve("mailmodo-sandbox/package.json"), "utf8")) as {
  version: string;
};

function timeOf(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString();
}

function kept({ count, limit, dropped }: Kept): Kept {
  return { count, limit, dropped };
}
