import assert from "node:assert/strict";
import { journeyId } from "../../support/journeyId";
import { contactCall, CONTACT_CALLS, type ContactCall } from "../../support/contactCalls";
import { useSandbox } from "../../support/sandbox";

const email = "qa+seeds.pr-1@seeds.example.com";

describe("the sandbox's contact calls", () => {
  let now = Date.UTC(2026, 10, 24);
  const sandbox = useSandbox({ now: () => now, seed: 1 });
  const call = async (...args: [ContactCall, Record<string, unknown>?, RequestInit?]) => {
    const [name, about, init] = args;
    const answer = await contactCall(sandbox().url, name, about, init);
    return [answer.status, await answer.json()] as [number, Record<string, unknown>];
  };
  const start = (data: object = {}) => sandbox().post(`/hooks/start/${journeyId}`, { email, data });
  const shown = () => {
    const [contact] = sandbox().contacts();
    return [contact?.state, contact?.lists, contact?.data];
  };

  it("add a contact, and add to its lists and data", async () => {
    const added = { success: true, message: "The contact is successfully added/updated" };
    assert.deepEqual(await call("addToList", { email, listName: "A", data: { name: "Ada", seats: 1 } }), [200, added]);
    assert.deepEqual(await call("addToList", { email, listName: "B", data: { seats: 2 } }), [200, added]);
    assert.deepEqual(shown(), ["active", ["A", "B"], { name: "Ada", seats: 2 }]);
  });

  it("show a contact, with reasons only where there is something that they are the reasons of", async () => {
    await call("addToList", { email, listName: "A", data: { name: "Ada" } });
    const { contactIdentifier } = sandbox().contacts()[0]!;
    const known = { contactIdentifier, email, data: { name: "Ada" } };
    const fine = { blocked: false, unsubscribed: false, unsubscribedEmailTypes: [] };
    assert.deepEqual(await call("getContactDetails", { email }), [200, { ...known, ...fine }]);
    const suppressed = {
      blocked: true,
      blockedReason: "Bounced",
      unsubscribed: true,
      unsubscribeReason: "Clicked",
      unsubscribedEmailTypes: ["Promotional"],
    };
    sandbox().setContacts([{ email, ...suppressed }]);
    assert.deepEqual(await call("getContactDetails", { email }), [200, { ...known, ...suppressed }]);
  });

  it("know an address however it is written", async () => {
    await call("addToList", { email, listName: "A" });
    await call("addToList", { email: email.toUpperCase(), listName: "B" });
    assert.deepEqual(
      sandbox()
        .contacts()
        .map((contact) => [contact.email, contact.lists]),
      [[email, ["A", "B"]]],
    );
  });

  it("read an unencoded plus in a query as a space, as servers do", async () => {
    await call("addToList", { email, listName: "A" });
    assert.equal((await call("getContactDetails", { email }))[0], 200);
    const answer = await fetch(`${sandbox().url}/api/v1/getContactDetails?email=${email}`, {
      headers: { mmApiKey: "TESTKEY-0000000-0000000-0000000" },
    });
    const message = "The provided email is not a valid email id";
    assert.deepEqual(
      [answer.status, await answer.json()],
      [400, { error: "ValidationError", success: false, status: "error", message }],
    );
  });

  it("archive a contact, which is then not there any more", async () => {
    await call("addToList", { email, listName: "A" });
    assert.deepEqual(await call("archiveContact", { email }), [
      200,
      { success: true, message: "The contact is successfully deleted" },
    ]);
    const gone = "Email address doesn't exist";
    assert.deepEqual(await call("archiveContact", { email }), [400, { success: false, message: gone }]);
    assert.equal((await call("getContactDetails", { email }))[0], 400);
    assert.deepEqual(await call("resubscribe", { email }), [400, { message: gone }]);
    assert.equal((await call("removeFromList", { email, listName: "A" }))[0], 400);
    assert.equal(shown()[0], "archived");
  });

  it("revive an archived contact as it was, with the same identifier", async () => {
    sandbox().setContacts([{ email, lists: ["A"], data: { name: "Ada" }, unsubscribed: true }]);
    const { contactIdentifier } = sandbox().contacts()[0]!;
    await call("archiveContact", { email });
    await call("addToList", { email, listName: "B" });
    assert.deepEqual(shown(), ["unsubscribed", ["A", "B"], { name: "Ada" }]);
    assert.equal(sandbox().contacts()[0]?.contactIdentifier, contactIdentifier);
  });

  it("remove a contact from a list, and say which list or contact there is not", async () => {
    await call("addToList", { email, listName: "A" });
    const about = { email, listName: "A" };
    const removed = "User has been successfully removed from list";
    assert.deepEqual(await call("removeFromList", about), [200, { message: removed }]);
    assert.deepEqual(shown(), ["active", [], {}]);
    assert.deepEqual(await call("removeFromList", about), [400, { message: "User is not in the list" }]);
    assert.deepEqual(await call("removeFromList", { email, listName: "None" }), [
      400,
      { message: "list does not exists" },
    ]);
  });

  it("resubscribe a contact, and leave it blocked", async () => {
    sandbox().setContacts([{ email, unsubscribed: true, unsubscribeReason: "Clicked", blocked: true }]);
    const done = [200, { message: "The email ID is successfully Subscribed" }];
    assert.deepEqual(await call("resubscribe", { email }), done);
    assert.deepEqual(await call("resubscribe", { email }), done);
    const [contact] = sandbox().contacts();
    assert.deepEqual(
      [contact?.unsubscribed, contact?.unsubscribeReason, contact?.blocked, contact?.state],
      [false, undefined, true, "blocked"],
    );
  });

  it("list the lists, with those who are in them and are not archived", async () => {
    assert.deepEqual(await call("getAllContactLists"), [200, { listDetails: [] }]);
    sandbox().setContacts([
      { email, lists: ["A", "B"] },
      { email: "b@seeds.example.com", lists: ["B"] },
      { email: "c@seeds.example.com", lists: ["B"], archived: true },
    ]);
    const [, { listDetails }] = await call("getAllContactLists");
    assert.deepEqual(
      (listDetails as { name: string; contacts_count: number; created_at: string }[]).map((list) => [
        list.name,
        list.contacts_count,
        list.created_at,
      ]),
      [
        ["A", 1, "2026-11-24T00:00:00.000Z"],
        ["B", 2, "2026-11-24T00:00:00.000Z"],
      ],
    );
  });

  it("ask for the key, keep to the rate, and are in the log without it", async () => {
    const wrong = { headers: { "Content-Type": "application/json", mmApiKey: "WRONG" } };
    for (const name of CONTACT_CALLS) assert.equal((await call(name, { email, listName: "A" }, wrong))[0], 400);
    sandbox().useProfile(["limit-5-429"]);
    now += 1000;
    for (let nth = 0; nth < 5; nth++) await call("getAllContactLists");
    assert.equal((await call("getContactDetails", { email }))[0], 429);
    assert.equal(sandbox().requests().length, CONTACT_CALLS.length + 6);
    assert.ok(!JSON.stringify(sandbox().requests()).includes("TESTKEY"));
    assert.deepEqual(sandbox().contacts(), []);
  });

  describe("and a start", () => {
    it("make its address a contact, without the start's data", async () => {
      await start({ name: "Ada" });
      assert.deepEqual(shown(), ["active", [], {}]);
    });

    it("make no contact where the start is refused", async () => {
      sandbox().useProfile(["quota-400"]);
      await start();
      assert.deepEqual(sandbox().contacts(), []);
    });

    it("leave the contact behind after an abort", async () => {
      await start();
      await sandbox().post(`/hooks/abort/${journeyId}`, { email });
      assert.equal(shown()[0], "active");
    });

    it("revive a contact that was archived", async () => {
      await start();
      await call("archiveContact", { email });
      await sandbox().post(`/hooks/abort/${journeyId}`, { email });
      await start();
      assert.equal(shown()[0], "active");
    });

    it("count a late start only once it acts", async () => {
      sandbox().addFault({ kind: "late", on: "start", status: 504, count: 1 });
      await fetch(`${sandbox().url}/hooks/start/${journeyId}`, {
        method: "POST",
        headers: { "Content-Type": "application/json", mmApiKey: "TESTKEY-0000000-0000000-0000000" },
        body: JSON.stringify({ email }),
      });
      assert.deepEqual(sandbox().contacts(), []);
      now += 10_000;
      assert.equal(sandbox().contacts().length, 1);
    });
  });

  it("are forgotten by a reset, lists too", async () => {
    await call("addToList", { email, listName: "A" });
    sandbox().reset();
    assert.deepEqual(sandbox().contacts(), []);
    assert.deepEqual(await call("getAllContactLists"), [200, { listDetails: [] }]);
  });
});

describe("/_sandbox/contacts", () => {
  const sandbox = useSandbox();
  const get = async (query: string) =>
    (await (await fetch(`${sandbox().url}/_sandbox/contacts?${query}`)).json()) as { email: string; number: number }[];

  it("sets many contacts at once, all or none, and answers with them", async () => {
    const many = Array.from({ length: 1_000 }, (_, nth) => ({ email: `c${nth}@seeds.example.com`, lists: ["Others"] }));
    const { status, body } = await sandbox().post("/_sandbox/contacts", many);
    assert.deepEqual([status, (body as unknown[]).length, sandbox().contacts().length], [200, 1_000, 1_000]);
    const bad = [{ email }, { email: "none" }];
    assert.equal((await sandbox().post("/_sandbox/contacts", bad)).status, 400);
    assert.equal(sandbox().contacts().length, 1_000);
  });

  it("changes only what is given, and takes an address that is there twice as one", async () => {
    sandbox().setContacts([{ email, lists: ["A"], data: { name: "Ada" } }]);
    await sandbox().post("/_sandbox/contacts", [
      { email, unsubscribed: true, unsubscribeReason: "Clicked" },
      { email: email.toUpperCase(), blocked: true },
      { email: "new@seeds.example.com" },
      { email: "new@seeds.example.com", archived: true },
    ]);
    assert.deepEqual(
      sandbox()
        .contacts()
        .map(({ number, lists, state, unsubscribeReason }) => [number, lists, state, unsubscribeReason]),
      [
        [1, ["A"], "blocked", "Clicked"],
        [2, [], "archived", undefined],
      ],
    );
  });

  it("lists them in pages, in the order in which they became known", async () => {
    sandbox().setContacts(["a", "b", "c"].map((name) => ({ email: `${name}@seeds.example.com` })));
    assert.deepEqual(
      (await get("after=1&limit=1")).map(({ number }) => number),
      [2],
    );
    assert.equal((await get("")).length, 3);
  });

  it("counts them by state", async () => {
    sandbox().setContacts([{ email }, { email: "b@seeds.example.com", archived: true }]);
    const state = (await (await fetch(`${sandbox().url}/_sandbox/state`)).json()) as { contacts: object };
    assert.deepEqual(state.contacts, { active: 1, unsubscribed: 0, blocked: 0, archived: 1 });
  });
});
