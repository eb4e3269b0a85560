import assert from "node:assert/strict";
import * as v8 from "node:v8";
import { runInNewContext } from "node:vm";
import { journeysOf } from "../../../sandbox/mail/journeys";
import { createSandbox, SANDBOX_KEY, type Sandbox } from "../../../sandbox/sandbox";
import { Changes } from "../../../sandbox/state/changes";
import { RequestLog } from "../../../sandbox/state/requestLog";
import { journeyId } from "../../support/journeyId";

const start = (sandbox: Sandbox, email = "ada@seeds.example.com") =>
  sandbox.app.inject({
    method: "POST",
    url: `/hooks/start/${journeyId}`,
    headers: { mmApiKey: SANDBOX_KEY },
    payload: { email },
  });

describe("what is due later than any date can say", () => {
  const far = Number.MAX_SAFE_INTEGER;
  const shown = async (sandbox: Sandbox) => {
    await start(sandbox);
    const state = await sandbox.app.inject("/_sandbox/state");
    await sandbox.close();
    assert.equal(state.statusCode, 200, state.body);
    assert.equal(state.json<{ nextDueAt: string }>().nextDueAt, "+275760-09-13T00:00:00.000Z");
  };

  it("is shown at the last date, if it is a late call", async () => {
    const sandbox = createSandbox();
    sandbox.addFault({ kind: "late", lateMs: far, status: 503 });
    await shown(sandbox);
  });

  it("is shown at the last date, if it is a message", async () => {
    const steps = [{ delayMs: far, subject: "Some day", text: "…" }];
    const sandbox = createSandbox({ journeys: journeysOf({ [journeyId]: { steps } }) });
    await start(sandbox, "eve@seeds.example.com");
    const [instance] = sandbox.instances();
    const detail = await sandbox.app.inject(`/_sandbox/instances/${instance?.instanceId}`);
    assert.equal(detail.statusCode, 200, detail.body);
    await shown(sandbox);
  });

  it("is shown at the last date, if it is an end", () => shown(createSandbox({ journeyDurationMs: far })));

  it("is waited for as long as a timer can, if it is an answer", async () => {
    const waits: number[] = [];
    const sandbox = createSandbox({ sleep: async (ms) => void waits.push(ms) });
    sandbox.addFault({ kind: "delay", delayMs: far });
    await start(sandbox);
    await sandbox.close();
    assert.deepEqual(waits, [2 ** 31 - 1]);
  });
});

describe("the sandbox's events", () => {
  it("have no more than 100 items each", async () => {
    const sandbox = createSandbox();
    const url = await sandbox.listen();
    const { body } = await fetch(`${url}/_sandbox/events`);
    for (let count = 0; count < 250; count++)
      sandbox.store.instances.start(journeyId, `c${count}@seeds.example.com`, {});
    let said = "";
    const sizes = () =>
      [...said.matchAll(/event: instances\ndata: (.*)\n\n/g)].map(
        ([, list = "[]"]) => (JSON.parse(list) as unknown[]).length,
      );
    for await (const chunk of body!.pipeThrough(new TextDecoderStream())) {
      said += chunk;
      if (sizes().reduce((sum, size) => sum + size, 0) === 250) break;
    }
    assert.deepEqual(sizes(), [100, 100, 50]);
    await sandbox.close();
  });
});

describe("what is long", () => {
  const large = { text: "x".repeat(240_000) };
  const fill = (sandbox: Sandbox, count: number) => {
    for (let one = 0; one < count; one++)
      sandbox.store.instances.start(journeyId, `c${one}@seeds.example.com`, large, true);
  };

  it("is listed in pages that are shorter, and none is left out", async () => {
    const sandbox = createSandbox();
    fill(sandbox, 50);
    const numbers: number[] = [];
    for (let after = 0; ; after = numbers.at(-1) ?? 0) {
      const page = await sandbox.app.inject(`/_sandbox/instances?after=${after}&limit=1000`);
      assert.ok(page.body.length < 5_000_000, `${page.body.length}`);
      const items = page.json<{ number: number }[]>();
      if (items.length === 0) break;
      numbers.push(...items.map(({ number }) => number));
    }
    assert.deepEqual(
      numbers,
      Array.from({ length: 50 }, (_, index) => index + 1),
    );
    assert.equal((await sandbox.app.inject("/_sandbox/instances")).json<object[]>().length, 50);
    await sandbox.close();
  });

  it("is told to a reader who reads, however much it is", async () => {
    const sandbox = createSandbox();
    const url = await sandbox.listen();
    const { body } = await fetch(`${url}/_sandbox/events`);
    fill(sandbox, 100);
    let count = 0;
    for await (const chunk of body!.pipeThrough(new TextDecoderStream())) {
      count += chunk.split('"instanceId"').length - 1;
      if (count >= 100) break;
    }
    assert.equal(count, 100);
    await sandbox.close();
  });
});

describe("what the sandbox keeps", () => {
  it("of a long body is its beginning alone, not the memory of the rest", () => {
    v8.setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const log = new RequestLog(Date.now, new Changes(), 200);
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let count = 0; count < 200; count++) {
      const body = { data: "x".repeat(1_000_000) };
      log.add({ method: "POST", path: "/", body, status: 400, answer: {}, durationMs: 0 });
    }
    collect();
    const megabytes = (process.memoryUsage().heapUsed - before) / 2 ** 20;
    assert.ok(megabytes < 50, `${megabytes} MB`);
  });

  it("is as much as by default where a limit is undefined", async () => {
    const keep = { requests: undefined } as unknown as { requests: number };
    const sandbox = createSandbox({ keep });
    for (const name of ["a", "b", "c"]) await start(sandbox, `${name}@seeds.example.com`);
    assert.equal(sandbox.requests().length, 3);
    await sandbox.close();
  });

  it("is listed as far as the limit says", async () => {
    const sandbox = createSandbox();
    for (const name of ["a", "b", "c"]) await start(sandbox, `${name}@seeds.example.com`);
    for (const list of ["instances", "requests"]) {
      for (const limit of [0, 1, 2, 3, 4]) {
        const items = (await sandbox.app.inject(`/_sandbox/${list}?limit=${limit}`)).json<unknown[]>();
        assert.equal(items.length, Math.min(limit, 3), `${list} ${limit}`);
      }
    }
    await sandbox.close();
  });
});
