import BTree from "sorted-btree";
import type { LateCall } from "./effects";

/** The calls that act after their answers, in order of time. */
export class LateCalls {
  private readonly waiting = new BTree<LateCall, true>(undefined, (a, b) => a.at - b.at || a.id - b.id);
  private lastId = 0;

  get next(): LateCall | undefined {
    return this.waiting.minKey();
  }

  get nextId(): number {
    return this.lastId + 1;
  }

  put(late: LateCall): void {
    this.lastId = Math.max(this.lastId, late.id);
    this.waiting.set(late, true);
  }

  remove(late: LateCall): void {
    this.waiting.delete(late);
  }

  /** @param lastId The highest id that was ever given. No id is given again. */
  clear(lastId = this.lastId): void {
    this.waiting.clear();
    this.lastId = lastId;
  }
}
