import { inert } from "../../text/inert";
import { maskAddress, maskAddresses } from "../../text/masking";
import type { Preview } from "../previews/preview";
import type { Enrolled, EnrollmentState } from "./enrolled";
import type { Leftover } from "./leftovers";
import type { StackStatus } from "./stackStatus";
import type { Status } from "./status";

/** What `status` prints, as `--json` prints it. Times are ISO 8601. */
export interface StatusView {
  readonly stacks: readonly StackView[];
  readonly conflicts: readonly ConflictView[];
  /** What runs left of stacks that are not in the backend any more. */
  readonly gone: readonly (LeftoverView & { readonly name: string; readonly hasEnded: boolean })[];
  /** The files of notes of which only the API key reveals whose they are. */
  readonly unknownNotes: readonly string[];
  readonly totals: Counts & {
    readonly stacks: number;
    readonly previews: number;
    readonly conflicts: number;
    /** How many of the stacks could not be read, or not be decrypted. */
    readonly incomplete: number;
  };
}

export interface StackView {
  /** `organization/project/stack`. */
  readonly name: string;
  readonly enrollments: readonly EnrollmentView[];
  readonly cohorts: readonly CohortView[];
  readonly preview?: Preview;
  readonly lock?: { readonly holder: string; readonly liveness: string; readonly since?: string };
  /** Set if the backend does not reveal whether there is a lock. */
  readonly lockUnknown?: true;
  /** The notes of runs that have ended. */
  readonly leftover?: LeftoverView;
  /** The notes of runs that may have ended or be in progress. */
  readonly undecided?: LeftoverView;
  readonly encrypted?: { readonly enrollments: number; readonly cohorts: number; readonly reason: string };
  readonly error?: string;
}

/** Notes of calls on this machine. */
export interface LeftoverView {
  readonly calls: number;
  /** When the oldest of them was sent. */
  readonly since?: string;
}

/** "in progress": a living run has begun to start or abort it. "pending": so has a run that ended, or may have ended. */
type ShownState = EnrollmentState | "in progress";

export interface EnrollmentView {
  readonly resource: string;
  readonly journeyId: string;
  /** The address; masked unless full addresses are asked for. */
  readonly contact: string;
  readonly instanceId?: string;
  readonly state: ShownState;
  readonly since?: string;
}

/** How many contacts, in all and of each state. */
export interface Counts {
  readonly contacts: number;
  readonly started: number;
  readonly unconfirmed: number;
  readonly pending: number;
  readonly inProgress: number;
}

export interface CohortView extends Counts {
  readonly resource: string;
  readonly journeyId: string;
  /** Since when the oldest of its contacts is what it is. */
  readonly since?: string;
}

interface ConflictView {
  readonly journeyId: string;
  readonly contact: string;
  readonly places: readonly { readonly stack: string; readonly resource: string }[];
  /** Set if two stacks record one and the same enrollment. */
  readonly sameEnrollment?: true;
}

/** @param showAddresses Whether addresses are shown in full. */
export function viewOf({ stacks, conflicts, gone, unknownNotes }: Status, showAddresses: boolean): StatusView {
  const contactOf = ({ email }: { email: string }) => (showAddresses ? inert(email) : maskAddress(email));
  // A resource may be named after its contact.
  const nameOf = ({ resource }: { resource: string }) => (showAddresses ? resource : maskAddresses(resource));
  const isIncomplete = ({ reason, encrypted }: StackStatus) => reason !== undefined || encrypted !== undefined;
  const all = stacks.flatMap((stack) => stack.enrolled.map((one) => shownState(one, stack)));
  return {
    stacks: stacks.map((stack) => stackView(stack, contactOf, nameOf)),
    conflicts: conflicts.map((conflict) => ({
      journeyId: conflict.journeyId,
      contact: contactOf(conflict),
      places: conflict.places.map((place) => ({ ...place, resource: nameOf(place) })),
      ...(conflict.isSameEnrollment === true ? { sameEnrollment: true as const } : {}),
    })),
    gone: gone.map((one) => ({ name: one.fullName, hasEnded: one.hasEnded, ...leftoverView(one) })),
    unknownNotes,
    totals: {
      stacks: stacks.length,
      ...countsOf(all),
      previews: stacks.filter(({ preview }) => preview !== undefined).length,
      conflicts: conflicts.length,
      incomplete: stacks.filter(isIncomplete).length,
    },
  };
}

function stackView(
  stack: StackStatus,
  contactOf: (one: Enrolled) => string,
  nameOf: (one: Enrolled) => string,
): StackView {
  const { fullName: name, enrolled, preview, lock, isLockUnknown, leftovers, encrypted, reason } = stack;
  const { ended, undecided } = leftovers ?? {};
  const single = enrolled.filter(({ cohort }) => cohort === undefined);
  return {
    name,
    enrollments: single.map((one) => ({
      resource: nameOf(one),
      journeyId: one.journeyId,
      contact: contactOf(one),
      ...(one.instanceId === undefined ? {} : { instanceId: one.instanceId }),
      state: shownState(one, stack),
      ...sinceOf(one.since),
    })),
    cohorts: cohortsOf(stack, nameOf),
    ...(preview === undefined ? {} : { preview }),
    ...(lock === undefined ? {} : { lock: { holder: lock.holder, liveness: lock.liveness, ...sinceOf(lock.since) } }),
    ...(isLockUnknown === true ? { lockUnknown: true as const } : {}),
    ...(ended === undefined ? {} : { leftover: leftoverView(ended) }),
    ...(undecided === undefined ? {} : { undecided: leftoverView(undecided) }),
    ...(encrypted === undefined ? {} : { encrypted }),
    ...(reason === undefined ? {} : { error: reason }),
  };
}

function leftoverView({ calls, since }: Leftover): LeftoverView {
  return { calls, ...sinceOf(since) };
}

function cohortsOf(stack: StackStatus, nameOf: (one: Enrolled) => string): CohortView[] {
  const groups = new Map<string, Enrolled[]>();
  for (const one of stack.enrolled) {
    if (one.cohort === undefined) continue;
    const key = `${one.journeyId} ${one.cohort}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups.values()].map((group) => ({
    resource: nameOf(group[0]!),
    journeyId: group[0]!.journeyId,
    ...countsOf(group.map((one) => shownState(one, stack))),
    ...sinceOf(group.reduce((oldest, { since = Infinity }) => Math.min(oldest, since), Infinity)),
  }));
}

function shownState({ state }: Enrolled, { lock }: StackStatus): ShownState {
  return state === "pending" && lock?.liveness === "alive" ? "in progress" : state;
}

function countsOf(states: readonly ShownState[]): Counts {
  const counts = { contacts: states.length, started: 0, unconfirmed: 0, pending: 0, inProgress: 0 };
  for (const state of states) counts[state === "in progress" ? "inProgress" : state] += 1;
  return counts;
}

function sinceOf(time = Infinity): { since?: string } {
  return Number.isFinite(time) ? { since: new Date(time).toISOString() } : {};
}
