import assert from "node:assert/strict";
import { SANDBOX_KEY } from "../../../sandbox/sandbox";
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
