import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { journeysOf } from "../../../sandbox/mail/journeys";
import type { Mail } from "../../../sandbox/mail/mail";
import { createSandbox } from "../../../sandbox/sandbox";
import { profileOf } from "../../../sandbox/state/profiles";
import { journeyId } from "../../support/journeyId";
import { useSandbox } from "../../support/sandbox";

const silent = "0b9e8d7c-6a5f-4e4d-9c3b-2a1908f7e6d5";
const email = "qa+seeds.dev@seeds.example.com";
const START = Date.UTC(2026, 10, 24, 12);
const DAY_S = 86_400;

const journeys = journeysOf({
  [journeyId]: {
    steps: [
      {
        delay: "0s",
        subject: "Welcome, {{firstName}}",
        text: "{{ firstName }}: {{seats}} {{trial}} {{none}}.",
        html: "<b>{{firstName}}</b>",
      },
      { delay: "1d", subject: "Day 1", text: "one" },
      { delay: "2d", subject: "Day 3", text: "three" },
    ],
  },
});

describe("the sandbox's mails", () => {
  let now = START;
  let delivered: string[];
  let failing: boolean;
  const lines: string[] = [];
  const sandbox = useSandbox({
    now: () => now,
    journeys,
    journeyDurationMs: DAY_S * 1000,
    log: (line) => lines.push(line),
    deliver: async ({ to, subject }) => {
      if (failing) throw new Error("no such\nbucket");
      // As slow as a network: in the wrong order if it were not waited for.
      for (let turns = delivered.length === 0 ? 20 : 1; turns > 0; turns--)
        await new Promise((resolve) => setImmediate(resolve));
      delivered.push(`${to}: ${subject}`);
      return `place ${delivered.length}`;
    },
  });
  beforeEach(() => {
    now = START;
    delivered = [];
    failing = false;
    lines.length = 0;
  });

  const get = async <T>(what: string) => (await (await fetch(`${sandbox().url}/_sandbox/${what}`)).json()) as T;
  const mails = () => get<Mail[]>("mails");
  const start = async (body: object = {}, journey = journeyId) => {
    const answer = await sandbox().post(`/hooks/start/${journey}`, { email, data: { firstName: "Ada" }, ...body });
    assert.equal(answer.status, 200);
    return (answer.body as { ref: string }).ref;
  };
  const move = (body: unknown) => sandbox().post("/_sandbox/clock", body, {});
  const advance = async (advanceSeconds: number) => assert.equal((await move({ advanceSeconds })).status, 200);
  const subjects = async () => (await mails()).map(({ subject }) => subject);

  it("go out by themselves when they fall due", async () => {
    const ref = await start({ data: { firstName: "A<d>&a", seats: 3, trial: true, none: null } });
    while (delivered.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await advance(0);
    const unsubscribeUrl = `${sandbox().url}/unsubscribe/${ref}`;
    assert.deepEqual(await mails(), [
      {
        id: 1,
        revision: 2,
        at: new Date(START).toISOString(),
        instanceId: ref,
        journeyId,
        step: 1,
        to: email,
        subject: "Welcome, A<d>&a",
        text: `A<d>&a: 3 true .\n\nUnsubscribe: ${unsubscribeUrl}`,
        html: `<b>A&lt;d&gt;&amp;a</b><div><a href="${unsubscribeUrl}">Unsubscribe</a></div>`,
        unsubscribeUrl,
        deliveredTo: "place 1",
      },
    ]);
  });

  it("go out when time passes by itself, too", async () => {
    await start();
    await advance(0);
    now += DAY_S * 1000;
    await advance(0);
    assert.deepEqual(await subjects(), ["Welcome, Ada", "Day 1"]);
  });

  it("go out in the order in which they fall due, before the move of the clock is answered", async () => {
    await start({ email: "a@seeds.example.com" });
    await advance(3600);
    await start({ email: "b@seeds.example.com" });
    await advance(10 * DAY_S);
    assert.deepEqual(delivered, [
      "a@seeds.example.com: Welcome, Ada",
      "b@seeds.example.com: Welcome, Ada",
      "a@seeds.example.com: Day 1",
      "b@seeds.example.com: Day 1",
      "a@seeds.example.com: Day 3",
      "b@seeds.example.com: Day 3",
    ]);
    assert.deepEqual(
      (await mails()).map(({ at }) => (Date.parse(at) - START) / 1000),
      [0, 3600, DAY_S, DAY_S + 3600, 3 * DAY_S, 3 * DAY_S + 3600],
    );
  });

  it("stop with an abort", async () => {
    const ref = await start();
    await start({ email: "other@seeds.example.com" });
    await advance(DAY_S);
    assert.equal((await sandbox().post(`/hooks/abort/${journeyId}`, { instanceId: ref })).status, 200);
    await advance(30 * DAY_S);
    assert.equal(delivered.filter((one) => one.startsWith(email)).length, 2);
    assert.equal(delivered.filter((one) => one.startsWith("other@")).length, 3);
  });

  it("are not sent by a journey that the file does not have, which runs as long as ever", async () => {
    await start({}, silent);
    await advance(DAY_S - 1);
    assert.equal(sandbox().store.all()[0]?.status, "running");
    await advance(1);
    assert.deepEqual([sandbox().store.all()[0]?.status, await mails()], ["finished", []]);
  });

  it("end their journey with the last one, so that an abort is answered as the profile says", async () => {
    const ref = await start();
    await advance(3 * DAY_S - 1);
    assert.deepEqual([sandbox().store.all()[0]?.status, sandbox().store.all()[0]?.sent], ["running", 2]);
    await advance(1);
    const [instance] = sandbox().store.all();
    assert.deepEqual(
      [instance?.status, instance?.endedAt],
      ["finished", new Date(START + 3 * DAY_S * 1000).toISOString()],
    );
    const abort = async () => (await sandbox().post(`/hooks/abort/${journeyId}`, { instanceId: ref })).body;
    assert.deepEqual(await abort(), {
      success: false,
      status: "error",
      message: "The journey instance has already ended",
    });
    sandbox().useProfile(profileOf(["ended-success"]));
    assert.deepEqual(await abort(), { success: true, message: "journey aborted" });
  });

  it("are sent for each of several instances of an address", async () => {
    await start();
    await start({ allowDuplicateEmail: true });
    await advance(0);
    assert.deepEqual(await subjects(), ["Welcome, Ada", "Welcome, Ada"]);
  });

  it("are sent where the start's answer was lost, and not where the start was", async () => {
    sandbox().faults.add({ kind: "500", count: 1, takesEffect: false });
    sandbox().faults.add({ kind: "500", count: 1 });
    await sandbox().post(`/hooks/start/${journeyId}`, { email: "never@seeds.example.com" });
    await sandbox().post(`/hooks/start/${journeyId}`, { email: "lost@seeds.example.com" });
    await advance(0);
    assert.deepEqual(
      (await mails()).map(({ to }) => to),
      ["lost@seeds.example.com"],
    );
  });

  it("that cannot be delivered are recorded with the reason, and in one line of the log", async () => {
    failing = true;
    await start();
    await advance(0);
    failing = false;
    await advance(DAY_S);
    const [first, second] = await mails();
    assert.deepEqual([first?.problem, first?.deliveredTo], ["no such bucket (Error)", undefined]);
    assert.deepEqual([second?.problem, second?.deliveredTo], [undefined, "place 1"]);
    assert.deepEqual(lines, [`Could not deliver message 1 of journey ${journeyId}: no such bucket (Error)`]);
  });

  it("are forgotten on a reset, and sent no more", async () => {
    await start();
    await advance(0);
    await fetch(`${sandbox().url}/_sandbox/reset`, { method: "POST" });
    await advance(10 * DAY_S);
    assert.deepEqual([await mails(), delivered.length], [[], 1]);
  });

  describe("clock", () => {
    it("is shown, and moves ahead by seconds and to a time", async () => {
      assert.deepEqual(await get("clock"), { now: "2026-11-24T12:00:00.000Z" });
      assert.deepEqual((await move({ advanceSeconds: 1.5 })).body, { now: "2026-11-24T12:00:01.500Z" });
      assert.deepEqual((await move({ now: "2026-11-25T13:00:00+01:00" })).body, { now: "2026-11-25T12:00:00.000Z" });
      now += 1000;
      assert.deepEqual(await get("clock"), { now: "2026-11-25T12:00:01.000Z" });
      assert.equal((await start(), sandbox().store.all()[0]?.startedAt), "2026-11-25T12:00:01.000Z");
    });

    const bad: [what: string, body: unknown, message: RegExp][] = [
      ["nothing", {}, /must have required property 'advanceSeconds'/],
      ["no body", "", /./],
      ["no JSON", "{", /./],
      ["a list", [], /^body must/],
      ["a step back", { advanceSeconds: -1 }, /advanceSeconds must be >= 0/],
      ["seconds as text", { advanceSeconds: "60" }, /advanceSeconds must be number/],
      ["seconds without end", '{"advanceSeconds": 1e999}', /./],
      ["seconds beyond all dates", { advanceSeconds: 1e15 }, /beyond the year 9999$/],
      [
        "a time that is past",
        { now: "2026-11-24T11:59:59Z" },
        /^The clock only moves forward; it is already at 2026-11-24T12:00:00\.000Z$/,
      ],
      ["a time that is none", { now: "tomorrow" }, /now must match format "date-time"/],
      ["a day that does not exist", { now: "2027-02-30T12:00:00Z" }, /date-time/],
      ["a time without a zone", { now: "2027-02-03T12:00:00" }, /date-time/],
      ["a second that does not exist", { now: "2027-02-03T23:59:60Z" }, /^The clock cannot be moved by .*no second 60/],
      ["a number for a time", { now: 5 }, /now must be string/],
      ["both", { advanceSeconds: 1, now: "2027-01-01T00:00:00Z" }, /must match exactly one schema/],
      ["something else", { advanceSeconds: 1, days: 1 }, /must NOT have additional properties/],
    ];
    for (const [what, body, message] of bad) {
      it(`does not move by ${what}`, async () => {
        const answer = await move(body);
        assert.equal(answer.status, 400);
        assert.match((answer.body as { message: string }).message, message);
        assert.deepEqual(await get("clock"), { now: "2026-11-24T12:00:00.000Z" });
      });
    }
  });
});

describe("a sandbox that is closed while a message is being delivered", () => {
  const email = { email: "qa@seeds.example.com" };
  let file: string;
  beforeEach(() => (file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "sandbox-close-")), "sandbox.db")));
  afterEach(() => fs.rmSync(path.dirname(file), { recursive: true }));

  it("does not wait for a delivery that hangs, and records nothing of it later", async () => {
    let settle: (place: string) => void = () => undefined;
    const hanging = new Promise<string>((resolve) => (settle = resolve));
    const lines: string[] = [];
    const options = { journeys, store: file, log: (line: string) => void lines.push(line) };
    const sandbox = createSandbox({ ...options, deliver: () => hanging });
    sandbox.store.instances.start(journeyId, email.email, {});
    const moved = sandbox.moveClock({ advanceSeconds: 0 });
    await sandbox.close();
    settle("a place");
    await moved;
    assert.deepEqual(lines, []);
    const again = createSandbox({ ...options });
    assert.equal(again.mails()[0]?.deliveredTo, undefined);
    await again.close();
  });
});
