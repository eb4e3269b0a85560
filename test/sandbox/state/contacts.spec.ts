import assert from "node:assert/strict";
import { Changes } from "../../../sandbox/state/changes";
import type { ContactSeed } from "../../../sandbox/state/contact";
import { Contacts } from "../../../sandbox/state/contacts";

describe("the contacts of the sandbox's store", () => {
  let now = 0;
  const make = () => new Contacts({ now: () => now, changes: new Changes(), idOf: String, archivedLimit: 2 });
  const set = (contacts: Contacts, ...seeds: ContactSeed[]) =>
    contacts.changed(seeds).flatMap((contact) => contacts.put(contact) ?? []);
  const names = (contacts: Contacts) => contacts.all().map(({ email }) => email);

  it("drop the one that was archived first, and never one that is not archived", () => {
    const contacts = make();
    set(contacts, ...["a", "b", "c", "d"].map((email) => ({ email })));
    for (const email of ["c", "a"]) set(contacts, { email, archived: true });
    assert.deepEqual(
      set(contacts, { email: "b", archived: true }).map(({ email }) => email),
      ["c"],
    );
    assert.deepEqual(names(contacts), ["a", "b", "d"]);
    assert.deepEqual(contacts.counts, { active: 1, unsubscribed: 0, blocked: 0, archived: 2 });
    assert.deepEqual(contacts.keptArchived, { count: 2, limit: 2, dropped: 1 });
  });

  it("count a revived one with those that are kept in any case", () => {
    const contacts = make();
    set(contacts, ...["a", "b", "c"].map((email) => ({ email, archived: true })).slice(0, 2));
    set(contacts, { email: "a", archived: false });
    assert.deepEqual(set(contacts, { email: "c", archived: true }), []);
    assert.deepEqual(names(contacts), ["a", "b", "c"]);
  });

  it("tell since when they are in their state, whatever else changes", () => {
    const contacts = make();
    set(contacts, { email: "a" });
    now = 1_000;
    set(contacts, { email: "a", unsubscribed: true });
    now = 2_000;
    set(contacts, { email: "a", data: { name: "Ada" } });
    const contact = contacts.get("A");
    assert.deepEqual([contact?.state, Date.parse(contact?.since ?? "")], ["unsubscribed", 1_000]);
  });

  it("drop the same ones again after a restart, and give no number again", () => {
    const kept = make();
    set(kept, ...["a", "b", "c"].map((email) => ({ email })));
    set(kept, { email: "b", archived: true }, { email: "a", archived: true });
    const contacts = make();
    assert.deepEqual(contacts.restore(kept.all(), 9), []);
    set(contacts, { email: "d" });
    assert.equal(contacts.get("d")?.number, 10);
    assert.deepEqual(
      set(contacts, { email: "c", archived: true }).map(({ email }) => email),
      ["b"],
    );
  });
});
