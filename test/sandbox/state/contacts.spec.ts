import assert from "node:assert/strict";
import { Changes } from "../../../sandbox/state/changes";
import type { ContactSeed } from "../../../sandbox/state/contact";
import { Contacts } from "../../../sandbox/state/contacts";

describe("the contacts of the sandbox's store", () => {
  let now = 0;
  const running = new Set<string>();
  const make = () =>
    new Contacts({
      now: () => now,
      changes: new Changes(),
      idOf: String,
      isRunningFor: (email) => running.has(email),
      archivedLimit: 2,
      idleLimit: 2,
    });
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

  describe("that only starts made", () => {
    const start = (contacts: Contacts, ...emails: string[]) =>
      emails.flatMap((email) =>
        contacts.changed([{ email }], "start").flatMap((contact) => contacts.put(contact) ?? []),
      );
    const end = (contacts: Contacts, email: string) => {
      running.delete(email);
      return contacts.settle(email)?.email;
    };
    beforeEach(() => running.clear());

    it("stay while a journey runs for them, and then make room for newer ones", () => {
      const contacts = make();
      for (const email of ["a", "b", "c", "d"]) running.add(email);
      assert.deepEqual(start(contacts, "a", "b", "c", "d"), []);
      assert.deepEqual(
        ["c", "a", "b"].map((email) => end(contacts, email)),
        [undefined, undefined, "a"],
      );
      assert.deepEqual(names(contacts), ["b", "c", "d"]);
      assert.deepEqual(contacts.keptIdle, { count: 2, limit: 2, dropped: 1 });
      running.add("b");
      contacts.settle("b");
      assert.deepEqual(contacts.keptIdle, { count: 1, limit: 2, dropped: 1 });
      assert.equal(contacts.counts.active, 3);
    });

    it("stay for good once something else has set or changed them", () => {
      const contacts = make();
      start(contacts, "a", "b");
      set(contacts, { email: "a", data: { name: "Ada" } });
      set(contacts, { email: "c" });
      assert.deepEqual(
        start(contacts, "d", "e").map(({ email }) => email),
        ["b"],
      );
      assert.deepEqual(names(contacts), ["a", "c", "d", "e"]);
    });

    it("are the same ones after a restart", () => {
      const kept = make();
      start(kept, "a", "b");
      set(kept, { email: "c" });
      const contacts = make();
      assert.deepEqual(contacts.restore(kept.all(), 3), []);
      assert.deepEqual(
        start(contacts, "d").map(({ email }) => email),
        ["a"],
      );
    });
  });
});
