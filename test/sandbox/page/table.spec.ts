import assert from "node:assert/strict";
import fc from "fast-check";
import { Table } from "../../../sandbox/page/model/table";

interface Row {
  readonly key: number;
  readonly revision: number;
  readonly value: number;
}

const byValue = (a: Row, b: Row) => a.value - b.value || a.key - b.key;
const isEven = ({ value }: Row) => value % 2 === 0;
const row = (key: number, revision: number, value: number): Row => ({ key, revision, value });

describe("The table behind the page's lists", () => {
  it("is what a sort and a filter of the newest rows would be, whatever comes in which order", () => {
    const rows = fc.array(fc.record({ key: fc.nat(8), revision: fc.nat(5), value: fc.nat(6) }), { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(rows, { maxLength: 6 }), (batches) => {
        const table = new Table<Row>(byValue, isEven);
        const newest = new Map<number, Row>();
        for (const batch of batches) {
          table.merge(batch);
          for (const one of batch) if ((newest.get(one.key)?.revision ?? -1) < one.revision) newest.set(one.key, one);
        }
        const all = [...newest.values()].sort(byValue);
        assert.deepEqual(table.all, all);
        assert.deepEqual(table.shown, all.filter(isEven));
      }),
    );
  });

  it("ignores a row that is older than the one it has", () => {
    const table = new Table<Row>(byValue);
    table.merge([row(1, 2, 20)]);
    table.merge([row(1, 1, 10), row(1, 2, 30)]);
    assert.deepEqual(table.all, [row(1, 2, 20)]);
  });

  it("has only the given rows after a replacement, even if they are older", () => {
    const table = new Table<Row>(byValue);
    table.merge([row(1, 9, 1), row(2, 9, 2)]);
    table.replace([row(2, 1, 5)]);
    assert.deepEqual([table.all, table.size, table.get(1)], [[row(2, 1, 5)], 1, undefined]);
  });

  it("removes rows", () => {
    const table = new Table<Row>(byValue, isEven);
    table.merge([row(1, 1, 2), row(2, 1, 4), row(3, 1, 5)]);
    table.remove([table.get(1)!]);
    assert.deepEqual([table.all, table.shown], [[row(2, 1, 4), row(3, 1, 5)], [row(2, 1, 4)]]);
  });

  it("takes another order and another filter", () => {
    const table = new Table<Row>(byValue);
    table.merge([row(1, 1, 1), row(2, 1, 2), row(3, 1, 4)]);
    table.sortBy((a, b) => byValue(b, a));
    table.filterBy(isEven);
    table.merge([row(4, 1, 3), row(5, 1, 6)]);
    assert.deepEqual(
      [table.all, table.shown].map((rows) => rows.map(({ value }) => value)),
      [
        [6, 4, 3, 2, 1],
        [6, 4, 2],
      ],
    );
  });
});
