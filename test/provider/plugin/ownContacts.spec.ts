import assert from "node:assert/strict";
import { OwnContacts } from "../../../provider/plugin/ownContacts";
import type { ContactEntry } from "../../../provider/pulumi/stateResource";

const email = "ada+seeds.dev@seeds.example.com";
const stack = "organization/seeds/dev";
const entry = (name: string, adopted = false): ContactEntry => ({
  urn: `urn:${name}`,
  email,
  list: "Seeds",
  data: {},
  adopted,
});

describe("OwnContacts", () => {
  /** What the state records, in turn. The last one stays. */
  const having = (...states: (readonly ContactEntry[])[]) =>
    new OwnContacts(async () => (states.length > 1 ? states.shift()! : states[0]!));
  const giveUp = (contacts: OwnContacts) => contacts.giveUp({ email, stack });

  it("leaves a contact to no other resource where there is none", async () => {
    assert.equal(await giveUp(having([entry("a")])), false);
  });

  it("leaves it to the last of those that are deleted at the same time", async () => {
    const contacts = having([entry("a"), entry("b"), entry("c")]);
    const isKept = await Promise.all([giveUp(contacts), giveUp(contacts), giveUp(contacts)]);
    assert.deepEqual(isKept, [true, true, false]);
  });

  it("leaves it to a resource that stays, although the state no longer shows the one deleted before", async () => {
    const contacts = having([entry("a"), entry("b"), entry("stays")], [entry("b"), entry("stays")]);
    assert.deepEqual([await giveUp(contacts), await giveUp(contacts)], [true, true]);
  });

  it("leaves it to a resource that this run has added, in any spelling", async () => {
    const contacts = having([entry("a")]);
    contacts.add("ADA+seeds.dev@SEEDS.example.com");
    assert.equal(await giveUp(contacts), true);
  });

  it("fails where the state cannot be read, and reads it again", async () => {
    let nth = 0;
    const contacts = new OwnContacts(async () => {
      if (++nth === 1) throw new Error("pulumi stack export failed.");
      return [entry("a")];
    });
    await assert.rejects(giveUp(contacts), /export failed/);
    assert.equal(await giveUp(contacts), false);
  });

  it("knows whose a contact is that the state records", async () => {
    assert.equal(await having([entry("a")]).isMade({ email, stack }), true);
    assert.equal(await having([entry("a", true)]).isMade({ email, stack }), false);
    assert.equal(await having([]).isMade({ email, stack }), false);
  });
});
