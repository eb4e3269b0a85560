import assert from "node:assert/strict";
import type { Contact } from "../../../sandbox/api";
import { compareContacts, contactMatches, contactOrder, contactRow } from "../../../sandbox/page/model/contactRows";

const contact = (number: number, more: Partial<Contact> = {}): Contact => ({
  number,
  revision: number,
  contactIdentifier: `id-${number}`,
  email: `qa+${number}.seeds.dev@example.com`,
  lists: ["Seeds"],
  data: { secret: "value" },
  createdAt: new Date(0).toISOString(),
  state: "active",
  since: new Date(number * 1000).toISOString(),
  archived: false,
  blocked: false,
  unsubscribed: false,
  unsubscribedEmailTypes: [],
  ...more,
});

describe("A row of the list of contacts", () => {
  it("leaves out the contact's data", () => {
    assert.doesNotMatch(JSON.stringify(contactRow(contact(1))), /value/);
  });

  it("says why the contact is blocked rather than why it is unsubscribed", () => {
    const reasons = { unsubscribeReason: "Clicked" };
    assert.deepEqual(
      [contact(1), contact(1, reasons), contact(1, { ...reasons, blockedReason: "Bounced" })].map(
        (one) => contactRow(one).reason,
      ),
      ["", "Clicked", "Bounced"],
    );
  });

  const rows = [
    contact(1),
    contact(2, { state: "unsubscribed", unsubscribeReason: "Clicked THERE" }),
    contact(3, { email: "qa+shop.pr-1@example.com", lists: ["A", "Others"] }),
    contact(4, { email: "jane@example.com", state: "archived", lists: [] }),
  ].map(contactRow);
  const filters: [Record<string, string>, number[]][] = [
    [{}, [1, 2, 3, 4]],
    [{ state: "archived" }, [4]],
    [{ stack: "seeds/dev" }, [1, 2]],
    [{ q: "there clicked" }, [2]],
    [{ q: "others" }, [3]],
    [{ q: "ID-3" }, [3]],
    [{ q: "jane", state: "active" }, []],
  ];
  for (const [query, numbers] of filters) {
    it(`fits ${JSON.stringify(query)}`, () => {
      const found = rows.filter(contactMatches(query));
      assert.deepEqual(
        found.map(({ number }) => number),
        numbers,
      );
    });
  }

  const orders: [string | undefined, number[]][] = [
    [undefined, [4, 3, 2, 1]],
    ["address", [4, 1, 2, 3]],
    ["lists", [3, 1, 2, 4]],
    ["-state", [2, 4, 3, 1]],
  ];
  for (const [sort, numbers] of orders) {
    it(`is sorted by ${sort ?? "nothing given"}, what has no value last`, () => {
      const order = contactOrder(sort === undefined ? {} : { sort });
      assert.deepEqual(
        [...rows].sort(compareContacts(order)).map(({ number }) => number),
        numbers,
      );
    });
  }
});
