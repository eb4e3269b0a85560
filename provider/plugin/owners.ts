/**
 * Which resource has a running instance, in one run of Pulumi. While an address moves from one resource to another, the
 * state has two records of its instance, until the engine deletes the old one. That delete must not abort what goes on.
 *
 * An owner is any text that tells a resource from the others: see {@link ownerOf} for an enrollment; a shard's id.
 */
export class Owners {
  private readonly owners = new Map<string, string>();
  private readonly ending = new Set<string>();

  /** For a resource of the program that keeps its instance. Does nothing if another one has taken it over. */
  keeps(instanceId: string, owner: string): void {
    if (!this.owners.has(instanceId)) this.owners.set(instanceId, owner);
  }

  /** Gives an instance to another resource. @returns Whether it goes on: false if this run has begun to abort it. */
  takeOver(instanceId: string, owner: string): boolean {
    if (this.ending.has(instanceId)) return false;
    this.owners.set(instanceId, owner);
    return true;
  }

  /** Whether a resource may abort an instance. If so, no other one can take it over any more. */
  mayEnd(instanceId: string, owner: string): boolean {
    if ((this.owners.get(instanceId) ?? owner) !== owner) return false;
    this.ending.add(instanceId);
    return true;
  }
}

/** The owner that an enrollment is. */
export function ownerOf({ takenOverFrom = "" }: { readonly takenOverFrom?: string }): string {
  return takenOverFrom;
}
