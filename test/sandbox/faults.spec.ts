import assert from "node:assert/strict";
import { FAULT_KINDS, type Fault, type FaultKind } from "../../sandbox/faults";
import { SANDBOX_KEY } from "../../sandbox/server";
import { useSandbox } from "../support/sandbox";

const journeyId = "6f1c2d3e-4a5b-4c6d-8e7f-90a1b2c3d4e5";
const email = "qa@seeds.example.com";

describe("the sandbox's faults", () => {
  const waits: number[] = [];
  const sandbox = useSandbox({ sleep: async (ms) => void waits.push(ms) });

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
    // A hang shows in the sandbox's journal, and nowhere else.
    let over = false;
    const hung = async () => {
      const journal = () => sandbox().store.requests();
      while (!over && !journal().some((entry) => entry.fault === "hang")) {
        await new Promise((resolve) => setImmediate(resolve));
      }
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
  };
  for (const kind of FAULT_KINDS) {
    it(`shows ${kind} to the client, once, after the call took effect or instead of it`, async () => {
      for (const takesEffect of kind === "delay" ? [true] : [true, false]) {
        await fetch(`${sandbox().url}/_sandbox/reset`, { method: "POST" });
        assert.equal(await fault({ kind, count: 1, takesEffect }), 204);
        assert.equal(await start(), seen[kind]);
        const effects = kind === "reset-before" || !takesEffect ? 0 : 1;
        assert.equal(sandbox().store.all().length, effects);
        assert.match(await start("next@seeds.example.com"), kind === "hang" ? /^nothing/ : /^200 .*"ref"/);
      }
    });
  }

  it("waits as long as a delay says", async () => {
    waits.length = 0;
    await fault({ kind: "delay", delayMs: 1234 });
    await start();
    assert.deepEqual(waits, [1234]);
  });

  it("are for one address alone, or for one call", async () => {
    await fault({ kind: "500", email: "other@seeds.example.com" });
    await fault({ kind: "500", on: "abort" });
    assert.match(await start(), /^200/);
    assert.match(await start("other@seeds.example.com"), /^500/);
    assert.equal((await sandbox().post(`/hooks/abort/${journeyId}`, { email })).status, 500);
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
    { kind: "no-ref", on: "abort" },
  ]) {
    it(`refuses ${JSON.stringify(bad)}`, async () => assert.equal(await fault(bad as Fault), 400));
  }
});

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

  it("answer a wrong key with 400, 401 or 200, and refuse starts with the reason", async () => {
    for (const [name, status] of [
      ["default", 400],
      ["key-401", 401],
      ["key-200", 200],
    ] as const) {
      await use(name);
      assert.equal((await call("start", { email }, { mmApiKey: "wrong" })).status, status);
    }
    for (const [name, status, message] of [
      ["suppressed-400", 400, "The contact is suppressed"],
      ["paused-200", 200, "The journey is paused"],
      ["quota-400", 400, "The contact limit of the journey is reached"],
    ] as const) {
      await use(name);
      assert.deepEqual(await call("start", { email }), { status, body: { success: false, message } });
    }
  });

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

  it("refuse a name that is none, and say which there are", async () => {
    assert.equal(await use("default", "generous"), 400);
  });
});
