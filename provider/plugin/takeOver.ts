import type { Journal } from "../journal/journal";
import type { StartRequest } from "../mailmodo/client";
import { RefusedError } from "../mailmodo/errors";
import { digestOf } from "../model/contacts";
import type { Enrollment } from "../model/enrollment";
import type { RunningEntry } from "../pulumi/recordedIndex";
import { AdvisedError, withoutAdvice } from "./advice";
import type { Session } from "./session";

/** What runs after a start. */
export interface Started {
  readonly instanceId: string;
  /** The record of the resource that it was taken over from. Undefined if it was started. */
  readonly from?: RunningEntry;
}

/**
 * Takes over what runs already, if another resource of the stack records it: its address was moved in the program. Pulumi
 * creates what is new before it deletes what is gone, so Mailmodo refuses the start of an address that was moved.
 *
 * @param refusal The error of the start.
 * @param owner The resource that it is for. Default: the URN of the resource that it is taken over from.
 * @throws The refusal, with advice, if there is nothing to take over.
 */
export async function takeOver(
  session: Session,
  journal: Journal,
  enrollment: StartRequest & Enrollment,
  refusal: unknown,
  owner?: string,
): Promise<Started> {
  const cause = withoutAdvice(refusal);
  const isTaken = cause instanceof RefusedError && cause.mayRunAlready && !enrollment.allowDuplicateEmail;
  // If the state cannot be read, nothing is known of another resource.
  const from = isTaken && (await session.otherEnrollments.runningInStack(enrollment).catch(() => undefined));
  if (!from) throw session.advised(refusal, "start");
  const obstacle = obstacleTo(from, enrollment, journal);
  if (obstacle === undefined && session.owners.takeOver(from.instanceId, owner ?? from.urn))
    return { instanceId: from.instanceId, from };
  const why = obstacle ?? "and this run ends it. Run pulumi up again";
  throw new AdvisedError(refusal as Error, `Nothing was started: ${from.urn} of this stack runs it, ${why}.`);
}

function obstacleTo(from: RunningEntry, { data }: StartRequest, journal: Journal): string | undefined {
  if (from.digest !== digestOf(data))
    return "with other values of data. Move it with the same ones, and change them in the next pulumi up";
  return journal.unsettled.abortsOf(from).length > 0
    ? "and a killed run began to abort it. Run pulumi-mailmodo recover"
    : undefined;
}
