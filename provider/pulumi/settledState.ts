import type { Deployment, PendingOperation } from "./deployment";
import { withAdds, type PendingAdd } from "./recordedAdds";
import { withoutEnded, type Ended, type StateResource } from "./stateResource";

/** What a killed run may have done to a contact. */
export interface ContactDoubt {
  /** When an add was sent at the latest that may take effect yet, in milliseconds since 1970. Undefined if none was. */
  readonly addSentAt?: number;
  /** Whether the next up must add it again: it may have been archived, or its values changed. */
  readonly isToAdd: boolean;
}

/** What is settled of a state that a killed run left. */
export interface Settled {
  readonly ended: Ended;
  /**
   * What the killed run may have done to contacts that the state records, by their resources in the state that was seen: both
   * halves of a replacement have one URN.
   */
  readonly doubts: ReadonlyMap<StateResource, ContactDoubt>;
  /** The contacts to record, by their pending creates in the state that was seen. */
  readonly adds: ReadonlyMap<PendingOperation, PendingAdd>;
}

/**
 * A state without pending operations, ended enrollments, and the ids of contacts that are to be added again; with the
 * contacts to record, and the time of adds that may take effect yet.
 *
 * @param current The state as it is stored.
 * @param seen The same state with decrypted secrets.
 */
export function settledState(current: Deployment, seen: Deployment, settled: Settled): Deployment {
  const { resources = [], pending_operations: pending = [] } = current;
  const adds = (seen.pending_operations ?? []).flatMap((operation, index) => {
    const add = settled.adds.get(operation);
    return add === undefined ? [] : [{ ...add, resource: pending[index]!.resource }];
  });
  const doubted = (resource: StateResource, index: number) => {
    const doubt = settled.doubts.get(seen.resources![index]!);
    return doubt === undefined ? resource : withDoubt(resource, doubt);
  };
  return {
    ...current,
    resources: withoutEnded(withAdds(resources.map(doubted), adds), settled.ended),
    pending_operations: [],
  };
}

/** A contact without the id that Mailmodo has of it is added again. */
function withDoubt(resource: StateResource, { addSentAt, isToAdd }: ContactDoubt): StateResource {
  const { contactId, ...outputs } = resource.outputs ?? {};
  const recorded = typeof outputs["addSentAt"] === "number" ? outputs["addSentAt"] : -Infinity;
  return {
    ...resource,
    outputs: {
      ...outputs,
      ...(isToAdd || contactId === undefined ? {} : { contactId }),
      ...(addSentAt === undefined ? {} : { addSentAt: Math.max(addSentAt, recorded) }),
    },
  };
}
