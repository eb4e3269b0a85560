/** The lock of a run, as the CLI words it. */
export interface Lock {
  readonly owner: string;
  readonly host: string;
  readonly pid: number;
  /** When the run began, in milliseconds since 1970; in the future where the CLI does not tell. */
  readonly at: number;
  /** The lock's file in the backend. */
  readonly url: string;
}

/** What an attempt to make a stack that is there already tells of it. */
export interface Occupancy {
  /** `organization/project/stack`. */
  readonly fullName: string;
  readonly locks: readonly Lock[];
}

/** @returns Nothing where the CLI failed for another reason. */
export function parseOccupancy(text: string): Occupancy | undefined {
  const locks = [...text.matchAll(LOCK)].map(([, url = "", owner = "", host = "", pid, at = ""]) => {
    return { url, owner, host, pid: Number(pid), at: Date.parse(at) || Infinity };
  });
  const [, ofLock] = /\/\.pulumi\/locks\/(.+)\/[^/]+$/.exec(locks[0]?.url.replace(/\?.*$/, "") ?? "") ?? [];
  const fullName = ofLock ?? /stack '(.+)' already exists/.exec(text)?.[1];
  return fullName === undefined ? undefined : { fullName, locks };
}

const LOCK = /^\s*(\S+): created by (.+)@(\S+) \(pid (\d+)\)(?: at (\S+))?/gm;

export function isSameLock(one: Lock, other: Lock): boolean {
  return one.url === other.url && one.at === other.at && one.pid === other.pid;
}
