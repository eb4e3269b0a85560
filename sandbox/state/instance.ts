/** One run of a journey for one address. */
export interface Instance {
  /** Its place in the order of starts, from 1. */
  readonly number: number;
  /** Higher after each change of it. */
  readonly revision: number;
  readonly instanceId: string;
  readonly journeyId: string;
  readonly email: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly startedAt: string;
  readonly status: "running" | "aborted" | "finished";
  readonly endedAt?: string;
  readonly abortReason?: string;
  /** Set if the address was already in the journey and the start did not allow that: somebody is enrolled twice. */
  readonly doubled?: true;
  /** How many of the journey's messages were sent. Undefined if the sandbox does not know the journey's steps. */
  readonly sent?: number;
  /** How many of them were withheld because the contact was blocked or unsubscribed. Undefined: none. */
  readonly withheld?: number;
  /** Why the last of those was withheld. */
  readonly withheldReason?: string;
}

/** How many steps of the journey are over, with a message or without. */
export function stepsOver({ sent = 0, withheld = 0 }: Pick<Instance, "sent" | "withheld">): number {
  return sent + withheld;
}
