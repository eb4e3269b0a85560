import type { Deployment, PendingOperation } from "./deployment";
import { withAdds, type PendingAdd } from "./recordedAdds";
import { withoutEnded, type Ended } from "./stateResource";

/** What is settled of a state that a killed run left. */
export interface Settled {
  readonly ended: Ended;
  /** The URNs of contacts that may have been archived. */
  readonly maybeArchived: ReadonlySet<string>;
  /** The contacts to record, by their pending creates in the state that was seen. */
  readonly adds: ReadonlyMap<PendingOperation, PendingAdd>;
}

/**
 * A state without pending operations, ended enrollments, and the ids of contacts that may have been archived; with the
 * contacts to record.
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
  return {
    ...current,
    resources: withoutEnded(withAdds(resources, adds), settled.ended, settled.maybeArchived),
    pending_operations: [],
  };
}
