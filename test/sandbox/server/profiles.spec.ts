import assert from "node:assert/strict";
import { SANDBOX_KEY } from "../../../sandbox/sandbox";
import { contactCall, type ContactCall } from "../../support/contactCalls";
import { journeyId } from "../../support/journeyId";
import { useSandbox } from "../../support/sandbox";

const email = "qa@seeds.example.com";

describe("the sandbox's profiles", () => {
  let now = Date.UTC(2026, 10, 24);
  const sandbox = useSandbox({ now: () => now, journeyDurationMs: 60_000 });
  const call = (what: "start" | "abort", body: object, headers?: Record<string, string>) =>
    sandbox().post(`/hooks/${what}/${journeyId}`, body, headers);

  async function use(...names: string[]): Promise<number> {
    const answer = await fetch(`${sandbox().url}/_sandbox/profile`, {
      method: "PUT",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(names),
    });
    return answer.status;
  }

  it("answer a duplicate with 400 or 200, with the old ref or without, or start it", async () => {
    const first = ((await call("start", { email })).body as { ref: string }).ref;
    for (const [name, status, ref] of [
      ["default", 400, undefined],
      ["duplicate-400-ref", 400, first],
      ["duplicate-200", 200, undefined],
      ["duplicate-200-ref", 200, first],
    ] as const) {
      await use(name);
      const { status: got, body } = await call("start", { email });
      assert.deepEqual(
        [got, (body as { success: boolean }).success, (body as { ref?: string }).ref],
        [status, false, ref],
      );
    }
    await use("duplicate-accepted");
    assert.equal(((await call("start", { email })).body as { success: boolean }).success, true);
    assert.deepEqual(
      sandbox()
        .store.all()
        .map(({ doubled }) => doubled),
      [undefined, true],
    );
  });

  it("take a duplicate as one that runs, or as one ever", async () => {
    await call("start", { email });
    await call("abort", { email });
    await use("duplicate-ever");
    assert.equal((await call("start", { email })).status, 400);
    await use("default");
    assert.equal((await call("start", { email })).status, 200);
  });

  for (const what of ["ended", "unknown"] as const) {
    it(`answer an abort of an ${what} instance as success, 400, 200 and 404`, async () => {
      const ref = ((await call("start", { email })).body as { ref: string }).ref;
      now += 60_000;
      const instanceId = what === "ended" ? ref : journeyId;
      for (const [name, status, success] of [
        ["default", 400, false],
        [`${what}-success`, 200, true],
        [`${what}-200`, 200, false],
        [`${what}-404`, 404, false],
      ] as const) {
        await use(name);
        const answer = await call("abort", { instanceId });
        assert.deepEqual([answer.status, (answer.body as { success: boolean }).success], [status, success]);
      }
    });
  }

  it("abort all that run for an address, or the last", async () => {
    for (let i = 0; i < 3; i++) await call("start", { email, allowDuplicateEmail: true });
    const statuses = () =>
      sandbox()
        .store.all()
        .map(({ status }) => status);
    await use("abort-last");
    await call("abort", { email });
    assert.deepEqual(statuses(), ["running", "running", "aborted"]);
    await use("default");
    await call("abort", { email });
    assert.deepEqual(statuses(), ["aborted", "aborted", "aborted"]);
  });

  for (const [name, status] of [
    ["default", 400],
    ["key-401", 401],
    ["key-200", 200],
  ] as const) {
    it(`answer a wrong key with ${status} (${name})`, async () => {
      await use(name);
      assert.equal((await call("start", { email }, { mmApiKey: "wrong" })).status, status);
    });
  }

  for (const [name, status, message] of [
    ["suppressed-400", 400, "The contact is suppressed"],
    ["paused-200", 200, "The journey is paused"],
    ["quota-400", 400, "The contact limit of the journey is reached"],
  ] as const) {
    it(`refuse a start with the reason (${name})`, async () => {
      await use(name);
      assert.deepEqual(await call("start", { email }), { status, body: { success: false, message } });
    });
  }

  const contact = async (...[name, about]: [ContactCall, Record<string, unknown>]) => {
    const answer = await contactCall(sandbox().url, name, about);
    const body = (await answer.json()) as { success?: boolean; message?: string; contactIdentifier?: string };
    return { status: answer.status, body };
  };

  it("answer a look-up of an unknown contact with 400, 404, 200 and success: false, or 200 and nothing", async () => {
    for (const [name, status, success] of [
      ["default", 400, false],
      ["contact-404", 404, false],
      ["contact-200", 200, false],
      ["contact-200-empty", 200, undefined],
    ] as const) {
      await use(name);
      const answer = await contact("getContactDetails", { email });
      const { success: said, contactIdentifier } = answer.body;
      assert.deepEqual([answer.status, said, contactIdentifier], [status, success, undefined]);
    }
  });

  for (const [word, name, isBare] of [
    ["archive", "archiveContact", false],
    ["remove", "removeFromList", true],
    ["resubscribe", "resubscribe", true],
  ] as const) {
    it(`answer ${name} for an unknown contact as success, 400, 200 and 404`, async () => {
      sandbox().setContacts([{ email: "other@seeds.example.com", lists: ["A"] }]);
      for (const [profile, status, success] of [
        ["default", 400, isBare ? undefined : false],
        [`${word}-success`, 200, isBare ? undefined : true],
        [`${word}-200`, 200, false],
        [`${word}-404`, 404, false],
      ] as const) {
        await use(profile);
        const answer = await contact(name, { email, listName: "A" });
        assert.deepEqual([answer.status, answer.body.success], [status, success], profile);
        assert.equal(sandbox().contacts().length, 1);
      }
    });
  }

  it("show an archived contact or not", async () => {
    sandbox().setContacts([{ email, archived: true }]);
    assert.equal((await contact("getContactDetails", { email })).status, 400);
    await use("archived-shown");
    assert.equal((await contact("getContactDetails", { email })).status, 200);
    assert.equal((await contact("archiveContact", { email })).status, 400);
  });

  for (const [name, status, state] of [
    ["default", 200, "active"],
    ["add-ignored", 200, "archived"],
    ["add-refused", 400, "archived"],
  ] as const) {
    it(`answer an addition of an archived contact with ${status}, after which it is ${state} (${name})`, async () => {
      sandbox().setContacts([{ email, archived: true }]);
      await use(name);
      assert.equal((await contact("addToList", { email, listName: "A" })).status, status);
      assert.equal(sandbox().contacts()[0]?.state, state);
      await call("start", { email });
      assert.equal(sandbox().contacts()[0]?.state, state);
    });
  }

  it("let a start make a contact, change its data, or leave it alone", async () => {
    const data = { name: "Ada" };
    for (const [name, before, after] of [
      ["start-no-contact", [], []],
      ["start-updates-contact", [{ email }], [data]],
      ["default", [{ email }], [{}]],
    ] as const) {
      sandbox().reset();
      sandbox().setContacts(before);
      await use(name);
      await call("start", { email, data });
      assert.deepEqual(
        sandbox()
          .contacts()
          .map((one) => one.data),
        after,
      );
    }
  });

  for (const [name, status, success] of [
    ["default", 200, true],
    ["unsubscribed-400", 400, false],
    ["unsubscribed-200", 200, false],
  ] as const) {
    it(`answer a start for a suppressed contact with ${status} and success: ${success} (${name})`, async () => {
      await use(name);
      for (const facts of [{ unsubscribed: true }, { blocked: true, unsubscribed: false }]) {
        sandbox().setContacts([{ email, ...facts }]);
        const { status: got, body } = await call("start", { email, allowDuplicateEmail: true });
        assert.deepEqual([got, (body as { success: boolean }).success], [status, success]);
      }
      sandbox().setContacts([{ email, blocked: false }]);
      assert.equal((await call("start", { email, allowDuplicateEmail: true })).status, 200);
    });
  }

  for (const perSecond of [5, 10, 50]) {
    it(`hold to ${perSecond} calls in any one second, and say when to come back`, async () => {
      for (const [name, status, header] of [
        [`limit-${perSecond}-429`, 429, null],
        [`limit-${perSecond}-429-seconds`, 429, "1"],
        [`limit-${perSecond}-429-date`, 429, null],
        [`limit-${perSecond}-503`, 503, null],
      ] as const) {
        now += 1000;
        await use(name);
        const abort = () =>
          fetch(`${sandbox().url}/hooks/abort/${journeyId}`, {
            method: "POST",
            headers: { "Content-Type": "application/json", mmApiKey: SANDBOX_KEY },
            body: JSON.stringify({ email }),
          });
        for (let i = 0; i < perSecond; i++) assert.equal((await abort()).status, 400);
        const answer = await abort();
        assert.equal(answer.status, status);
        if (!name.endsWith("date")) assert.equal(answer.headers.get("retry-after"), header);
        else assert.ok(Date.parse(answer.headers.get("retry-after") ?? "") >= now);
      }
    });
  }

  it("refuse a name that is none", async () => {
    assert.equal(await use("default", "generous"), 400);
  });
});
