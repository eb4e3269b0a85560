import assert from "node:assert/strict";
import { ALWAYS_TAKE_EFFECT, FAULT_KINDS, type Fault, type FaultKind } from "../../../sandbox/state/faults";
import { SANDBOX_KEY } from "../../../sandbox/sandbox";
import { VENDOR_CALLS } from "../../../sandbox/state/vendorCall";
import { contactCall, CONTACT_CALLS, type ContactCall } from "../../support/contactCalls";
import { journeyId } from "../../support/journeyId";
import { useSandbox } from "../../support/sandbox";

const email = "qa@seeds.example.com";

describe("the sandbox's faults", () => {
  const waits: number[] = [];
  const now = Date.UTC(2026, 10, 24);
  const sandbox = useSandbox({ now: () => now, sleep: async (ms) => void waits.push(ms) });

  async function fault(body: Fault): Promise<number> {
    const answer = await fetch(`${sandbox().url}/_sandbox/faults`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    return answer.status;
  }

  /** What a client sees: a status and a text, or that the connection broke, or that nothing comes. */
  async function start(to = email): Promise<string> {
    const giveUp = new AbortController();
    const answer = fetch(`${sandbox().url}/hooks/start/${journeyId}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", mmApiKey: SANDBOX_KEY },
      body: JSON.stringify({ email: to, allowDuplicateEmail: true }),
      signal: giveUp.signal,
    }).then(async (response) => `${response.status} ${await response.text()}`);
    // A call that is not answered shows in the sandbox's journal, and nowhere else.
    let over = false;
    const hung = async () => {
      const journal = () => sandbox().store.requests();
      while (!over && !journal().some((entry) => entry.fault === "hang" || entry.fault === "late")) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      // An answer that is on its way would have come with these.
      for (let nth = 0; !over && nth < 3; nth++) await fetch(`${sandbox().url}/_sandbox/instances`);
      return "nothing";
    };
    const seen = await Promise.race([answer.catch(() => "broken"), hung()]);
    over = true;
    giveUp.abort();
    await answer.catch(() => undefined);
    return seen.replace(/"ref":"[^"]+"/, '"ref":"…"');
  }

  const seen: Record<FaultKind, string> = {
    delay: '200 {"success":true,"message":"journey Executed","ref":"…"}',
    "reset-before": "broken",
    "reset-after": "broken",
    "500": '500 {"success":false,"message":"Something went wrong"}',
    "502-html": "502 <html><body>Bad gateway</body></html>",
    empty: "200 ",
    cut: "broken",
    "not-json": "200 OK",
    "no-ref": '200 {"success":true,"message":"journey Executed"}',
    hang: "nothing",
    "503-after": '503 {"message":"Service Unavailable"}',
    "503-after-envelope": '503 {"success":false,"message":"Service unavailable"}',
    gateway: "502 <html><body>Bad gateway</body></html>",
    late: "nothing",
  };
  for (const kind of FAULT_KINDS) {
    it(`shows ${kind} to the client, once, after the call took effect or instead of it`, async () => {
      for (const takesEffect of ALWAYS_TAKE_EFFECT.includes(kind) ? [true] : [true, false]) {
        await fetch(`${sandbox().url}/_sandbox/reset`, { method: "POST" });
        assert.equal(await fault({ kind, count: 1, takesEffect }), 201);
        assert.equal(await start(), seen[kind]);
        const effects = kind === "reset-before" || kind === "late" || !takesEffect ? 0 : 1;
        // What the sandbox does once the client has given up comes before it answers these.
        for (let nth = 0; nth < 3; nth++) await fetch(`${sandbox().url}/_sandbox/instances`);
        assert.equal(sandbox().store.all().length, effects);
        const logged = kind === "reset-before" ? 0 : 1;
        assert.equal(sandbox().store.requests().length, logged);
        await fetch(`${sandbox().url}/_sandbox/reset`, { method: "POST" });
        assert.match(await start("next@seeds.example.com"), /^200 .*"ref"/);
      }
    });
  }

  describe("on the contact calls", () => {
    const done: Record<ContactCall, string> = {
      addToList: '{"success":true,"message":"The contact is successfully added/updated"}',
      getContactDetails: "",
      archiveContact: '{"success":true,"message":"The contact is successfully deleted"}',
      removeFromList: '{"message":"User has been successfully removed from list"}',
      resubscribe: '{"message":"The email ID is successfully Subscribed"}',
      getAllContactLists: "",
    };
    const about = { email, listName: "Seeds" };
    const facts = () =>
      JSON.stringify(
        sandbox()
          .contacts()
          .map(({ lists, state }) => [lists, state]),
      );
    /** What a client sees of a call that is answered. */
    const made = async (name: ContactCall) => {
      const answer = contactCall(sandbox().url, name, about);
      return answer.then(async (got) => `${got.status} ${await got.text()}`).catch(() => "broken");
    };
    const prepare = () => {
      sandbox().reset();
      sandbox().clearFaults();
      sandbox().setContacts([{ email, lists: ["Seeds", "More"], unsubscribed: true }]);
    };
    // Those that never answer are seen by what is in the log, above.
    const kinds = FAULT_KINDS.filter((kind) => !["hang", "late", "no-ref"].includes(kind));
    for (const name of CONTACT_CALLS) {
      it(`are seen by the client of ${name}, which took effect or did not`, async () => {
        prepare();
        const before = facts();
        if (name === "addToList") sandbox().setContacts([{ email, lists: ["More"] }]);
        const answered = await made(name);
        const after = facts();
        for (const kind of kinds) {
          for (const takesEffect of ALWAYS_TAKE_EFFECT.includes(kind) ? [true] : [true, false]) {
            prepare();
            if (name === "addToList") sandbox().setContacts([{ email, lists: ["More"] }]);
            const unchanged = facts();
            assert.equal(await fault({ kind, on: name, takesEffect, count: 1 }), 201);
            const said = await made(name);
            if (kind === "delay") assert.equal(said.slice(0, 3), "200");
            else if (kind === "503-after-envelope") assert.match(said, /"success":false/);
            else assert.equal(said, seen[kind], kind);
            const acted = takesEffect && kind !== "reset-before";
            assert.equal(facts(), acted ? after : unchanged, `${kind} ${takesEffect}`);
          }
        }
        if (done[name] !== "") assert.equal(answered, `200 ${done[name]}`);
        else assert.equal(after, before);
      });
    }

    for (const name of CONTACT_CALLS) {
      it(`let ${name} act late, if it changes anything`, async () => {
        prepare();
        const before = facts();
        await fault({ kind: "late", on: name, status: 504, count: 1, lateMs: 20_000 });
        const other = name === "addToList" ? { listName: "Other" } : {};
        await contactCall(sandbox().url, name, { ...about, ...other });
        assert.equal(facts(), before);
        await sandbox().moveClock({ advanceSeconds: 30 });
        const isRead = name === "getContactDetails" || name === "getAllContactLists";
        assert.equal(facts() === before, isRead);
      });
    }

    it("are for one address alone, in a body or a query", async () => {
      await fault({ kind: "500", email: "other@seeds.example.com" });
      for (const name of CONTACT_CALLS) {
        prepare();
        await fault({ kind: "500", email: "other@seeds.example.com" });
        assert.match(await made(name), /^200/);
      }
      await fault({ kind: "500", on: "getContactDetails", email });
      assert.match(await made("getContactDetails"), /^500/);
    });
  });

  it("waits as long as a delay says", async () => {
    waits.length = 0;
    await fault({ kind: "delay", delayMs: 1234 });
    await start();
    assert.deepEqual(waits, [1234]);
  });

  it("let a gateway answer with the status that is given", async () => {
    for (const kind of ["gateway", "late"] as const) {
      for (const status of [502, 503, 504] as const) {
        await fault({ kind, status, count: 1 });
        assert.equal(await start(), `${status} <html><body>Bad gateway</body></html>`);
      }
    }
  });

  it("keep to the vendor's envelope of an abort, too", async () => {
    await fault({ kind: "503-after-envelope" });
    assert.deepEqual(await sandbox().post(`/hooks/abort/${journeyId}`, { email }), {
      status: 503,
      body: { success: false, status: "error", message: "Service unavailable" },
    });
  });

  describe("that are late", () => {
    const advance = (seconds: number) =>
      fetch(`${sandbox().url}/_sandbox/clock`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ advanceSeconds: seconds }),
      });
    const statuses = () =>
      sandbox()
        .store.all()
        .map(({ status }) => status);

    it("take effect so much later by the sandbox's clock, and the start's time is that", async () => {
      await fault({ kind: "late", on: "start", status: 504, lateMs: 20_000, count: 1 });
      await start();
      await advance(19);
      assert.deepEqual(statuses(), []);
      await advance(10);
      assert.deepEqual(statuses(), ["running"]);
      assert.equal(sandbox().store.all()[0]?.startedAt, new Date(now + 20_000).toISOString());
    });

    it("take effect after 9 seconds where it is not said", async () => {
      await fault({ kind: "late", status: 504, count: 1 });
      await start();
      await advance(9);
      assert.deepEqual(statuses(), ["running"]);
    });

    it("find what is then true: an abort for the address in between stops nothing of them", async () => {
      await fault({ kind: "late", on: "start", status: 504, count: 1 });
      await start();
      assert.equal((await sandbox().post(`/hooks/abort/${journeyId}`, { email })).status, 400);
      await advance(9);
      assert.deepEqual(statuses(), ["running"]);
    });

    it("abort late, too", async () => {
      await start();
      await fault({ kind: "late", on: "abort", status: 504, count: 1 });
      await sandbox()
        .post(`/hooks/abort/${journeyId}`, { email })
        .catch(() => undefined);
      assert.deepEqual(statuses(), ["running"]);
      await advance(9);
      assert.deepEqual(statuses(), ["aborted"]);
    });

    it("are forgotten by a reset", async () => {
      await fault({ kind: "late", status: 504, count: 1 });
      await start();
      await fetch(`${sandbox().url}/_sandbox/reset`, { method: "POST" });
      await advance(9);
      assert.deepEqual(statuses(), []);
    });
  });

  it("are for one address alone, or for one call", async () => {
    await fault({ kind: "500", email: "other@seeds.example.com" });
    await fault({ kind: "500", on: "abort" });
    assert.match(await start(), /^200/);
    assert.match(await start("other@seeds.example.com"), /^500/);
    assert.equal((await sandbox().post(`/hooks/abort/${journeyId}`, { email })).status, 500);
  });

  it("are for one address alone when an abort names its instance", async () => {
    await start();
    await start("other@seeds.example.com");
    await fault({ kind: "500", on: "abort", email, takesEffect: false });
    const statuses = sandbox()
      .store.all()
      .map(async ({ instanceId }) => {
        return (await sandbox().post(`/hooks/abort/${journeyId}`, { instanceId })).status;
      });
    assert.deepEqual(await Promise.all(statuses), [500, 200]);
  });

  it("come as often as their probability says, the same each time for a seed", async () => {
    const statuses = async () => {
      await fetch(`${sandbox().url}/_sandbox/faults`, { method: "DELETE" });
      await fault({ kind: "500", probability: 0.5, seed: 7 });
      const all: string[] = [];
      for (let i = 0; i < 40; i++) all.push((await start()).slice(0, 3));
      return all;
    };
    const first = await statuses();
    assert.deepEqual(await statuses(), first);
    const failed = first.filter((status) => status === "500").length;
    assert.ok(failed > 10 && failed < 30, `${failed}`);
  });

  for (const bad of [
    {},
    { kind: "fire" },
    { kind: "500", probability: 2 },
    { kind: "500", count: 0 },
    { kind: "reset-before", email },
    { kind: "500", often: true },
    { kind: "delay", takesEffect: false },
    { kind: "503-after", takesEffect: false },
    { kind: "503-after-envelope", takesEffect: false },
    { kind: "late", takesEffect: false },
    { kind: "500", lateMs: 1 },
    { kind: "500", status: 503 },
    { kind: "gateway", status: 500 },
    { kind: "no-ref", on: "abort" },
    { kind: "no-ref", on: "addToList" },
  ]) {
    it(`refuses ${JSON.stringify(bad)}`, async () => assert.equal(await fault(bad as Fault), 400));
  }

  for (const [bad, line] of [
    [{ kind: "fire" }, `body/kind must be equal to one of the allowed values: ${FAULT_KINDS.join(", ")}`],
    [{ kind: "500", on: "up" }, `body/on must be equal to one of the allowed values: ${VENDOR_CALLS.join(", ")}`],
    [{ kind: "late", status: 500 }, "body/status must be equal to one of the allowed values: 502, 503, 504"],
    [{ kind: "500", lateMs: 1 }, "body/kind must be equal to constant: late"],
    [{ kind: "500", often: true }, "body must NOT have additional properties: often"],
  ] as const) {
    it(`names what ${JSON.stringify(bad)} could be`, async () => {
      const { body } = await sandbox().post("/_sandbox/faults", bad);
      assert.deepEqual(body, { success: false, message: line });
    });
  }
});
