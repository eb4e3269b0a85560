import { addressKey } from "../../model/addresses";
import type { Enrolled } from "./enrolled";

/** One address that several resources enroll in one journey. Mailmodo refuses to start what already runs. */
export interface Conflict {
  readonly journeyId: string;
  readonly email: string;
  readonly places: readonly Place[];
  /**
   * Set if two stacks record one and the same enrollment, for example because a state was copied. A destroy of either
   * ends it.
   */
  readonly isSameEnrollment?: true;
}

interface Place {
  /** The stack's full name. */
  readonly stack: string;
  readonly resource: string;
}

/**
 * The addresses that are enrolled twice in one journey of one Mailmodo: by two stacks, or by two resources. What all of
 * them allow by `allowDuplicateEmail` is none, unless it is one enrollment in two states. Two accounts at one URL cannot
 * be told apart.
 *
 * @param stacks The stacks' full names, and what they enroll.
 */
export function conflictsOf(
  stacks: readonly { readonly fullName: string; readonly enrolled: readonly Enrolled[] }[],
): Conflict[] {
  const byAddress = new Map<string, (Enrolled & Place)[]>();
  for (const { fullName: stack, enrolled } of stacks) {
    for (const one of enrolled) {
      const key = addressKey(one);
      const others = byAddress.get(key);
      if (others === undefined) byAddress.set(key, [{ ...one, stack }]);
      else others.push({ ...one, stack });
    }
  }
  return [...byAddress.values()].flatMap(bySameMailmodo).flatMap((all) => {
    const places = [...new Map(all.map((one) => [`${one.stack} ${one.urn}`, one])).values()];
    const isSame = hasSameEnrollment(all);
    if (places.length < 2 || (!isSame && all.every(({ allowDuplicateEmail }) => allowDuplicateEmail))) return [];
    const { journeyId, email } = all[0]!;
    const conflict = { journeyId, email, places: places.map(({ stack, resource }) => ({ stack, resource })) };
    return [{ ...conflict, ...(isSame ? { isSameEnrollment: true as const } : {}) }];
  });
}

/** Whether two stacks record one instance. No two starts have one id. */
function hasSameEnrollment(all: readonly (Pick<Enrolled, "instanceId"> & Place)[]): boolean {
  const stackOf = new Map<string, string>();
  return all.some(({ instanceId, stack }) => {
    if (instanceId === undefined) return false;
    const other = stackOf.get(instanceId) ?? stack;
    stackOf.set(instanceId, other);
    return other !== stack;
  });
}

/** Those of each Mailmodo. What may be of any Mailmodo, because its state does not record the URL, is in each group. */
function bySameMailmodo<T extends Pick<Enrolled, "baseUrl">>(all: readonly T[]): T[][] {
  const urls = new Set(all.flatMap(({ baseUrl }) => baseUrl ?? []));
  if (urls.size < 2) return [[...all]];
  return [...urls].map((url) => all.filter(({ baseUrl = url }) => baseUrl === url));
}
