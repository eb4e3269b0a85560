import assert from "node:assert/strict";
import type { SandboxEvents } from "../../../sandbox/api";
import { journeysOf } from "../../../sandbox/mail/journeys";
import { journeyId } from "../../support/journeyId";
import { createSandbox } from "../../../sandbox/sandbox";
import { useSandbox } from "../../support/sandbox";

const DAY_S = 86_400;
const email = "qa@seeds.example.com";
const silent = "0b9e8d7c-6a5f-4e4d-9c3b-2a1908f7e6d5";
const journeys = journeysOf({
  [journeyId]: { steps: [{ delay: "1d", subject: "Day 1", text: "one", html: "<b>one</b>" }] },
});

type Name = keyof SandboxEvents;
type Event = { [N in Name]: { name: N; data: SandboxEvents[N] } }[Name];

describe("the sandbox's events", () => {
  let now = Date.UTC(2026, 10, 24);
  const sandbox = useSandbox({ now: () => now, journeys, journeyDurationMs: DAY_S * 1000, apiKey: "TESTKEY" });
  const readers: AbortController[] = [];
  afterEach(() => readers.splice(0).forEach((reader) => reader.abort()));

  /** Reads the events one after another. */
  async function connect() {
    const reader = new AbortController();
    readers.push(reader);
    const answer = await fetch(`${sandbox().url}/_sandbox/events`, { signal: reader.signal });
    assert.match(answer.headers.get("content-type") ?? "", /^text\/event-stream/);
    const chunks = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    const next = async (): Promise<Event> => {
      for (;;) {
        const end = rest.indexOf("\n\n");
        if (end >= 0) {
          const [, name, data = ""] = /^event: (\w+)\ndata: (.*)$/s.exec(rest.slice(0, end)) ?? [];
          rest = rest.slice(end + 2);
          if (name !== undefined) return { name: name as Name, data: JSON.parse(data) as never };
          continue;
        }
        const { value, done } = await chunks.read();
        if (done) throw new Error("The stream has ended");
        rest += value;
      }
    };
    const until = async <N extends Name>(name: N, fits: (data: SandboxEvents[N]) => boolean = () => true) => {
      for (;;) {
        const event = await next();
        if (event.name === name && fits(event.data as SandboxEvents[N])) return event.data as SandboxEvents[N];
      }
    };
    return { next, until };
  }
  const start = (journey = journeyId, to = email) =>
    sandbox().post(`/hooks/start/${journey}`, { email: to }, { mmApiKey: "TESTKEY" });

  it("begin with the state, which keeps a key that may be a secret", async () => {
    const { name, data } = await (await connect()).next();
    assert.deepEqual([name, (data as SandboxEvents["state"]).apiKey], ["state", null]);
  });

  it("tell of a start, of its request, and of the counts", async () => {
    const { until } = await connect();
    await start();
    const [instance] = await until("instances");
    const [request] = await until("requests");
    assert.deepEqual(
      [instance?.email, instance?.number, request?.id, request?.instanceId],
      [email, 1, 1, instance?.instanceId],
    );
    await until("state", ({ counts }) => counts.running === 1);
  });

  it("tell of an end when the clock passes it, and of messages without their bodies", async () => {
    await start();
    await start(silent, "other@seeds.example.com");
    const { until } = await connect();
    await sandbox().moveClock({ toNextMail: true });
    const changed = await until("instances");
    assert.deepEqual(changed.map(({ email: to, status }) => [to, status]).sort(), [
      ["other@seeds.example.com", "finished"],
      [email, "finished"],
    ]);
    const [mail] = await until("mails");
    assert.deepEqual([mail?.subject, mail && "text" in mail, mail && "html" in mail], ["Day 1", false, false]);
  });

  it("tell of faults, profiles and resets", async () => {
    const { until } = await connect();
    const { id } = sandbox().addFault({ kind: "500", count: 1 });
    await until("state", ({ faults }) => faults.some((fault) => fault.id === id && fault.remaining === 1));
    await start();
    await until("state", ({ faults }) => faults.length === 0);
    sandbox().useProfile(["key-401"]);
    await until("state", ({ profile }) => profile.names[0] === "key-401");
    sandbox().reset();
    await until("reset");
    await until("state", ({ counts }) => counts.running === 0);
  });

  it("collect nothing while nobody listens", async () => {
    await start();
    assert.ok(sandbox().store.changes.isEmpty);
  });
  beforeEach(() => (now = Date.UTC(2026, 10, 24)));
});

describe("what the sandbox keeps", () => {
  const sandbox = useSandbox({ keep: { requests: 3, mails: 2, ended: 2 } });
  const post = (what: string, body: object) => sandbox().post(`/hooks/${what}/${silent}`, body);

  it("is bounded, and its state tells what was dropped; what runs is never dropped", async () => {
    await post("start", { email: "runs@seeds.example.com" });
    for (const name of ["a", "b", "c"]) {
      await post("start", { email: `${name}@seeds.example.com` });
      await post("abort", { email: `${name}@seeds.example.com` });
    }
    const state = (await (await fetch(`${sandbox().url}/_sandbox/state`)).json()) as SandboxEvents["state"];
    assert.deepEqual(
      [state.counts, state.requests, state.ended],
      [
        { running: 1, aborted: 2, finished: 0 },
        { count: 3, limit: 3, dropped: 4 },
        { count: 2, limit: 2, dropped: 1 },
      ],
    );
    assert.deepEqual(
      sandbox()
        .instances()
        .map(({ number }) => number),
      [1, 3, 4],
    );
    const after = (await (await fetch(`${sandbox().url}/_sandbox/requests?after=5&limit=1`)).json()) as {
      id: number;
    }[];
    assert.deepEqual(
      after.map(({ id }) => id),
      [6],
    );
  });

  it("is bounded for contacts that only starts made, and the state tells how many were dropped", async () => {
    const bounded = createSandbox({ keep: { idle: 2 } });
    bounded.setContacts([{ email: "set@seeds.example.com" }]);
    for (const name of ["a", "b", "c", "d"]) {
      const instance = bounded.store.instances.start(silent, `${name}@seeds.example.com`, {}, false, [
        ...bounded.store.contactEffects([{ email: `${name}@seeds.example.com` }], "start"),
      ]);
      bounded.store.instances.abort(instance, undefined);
    }
    const { idle } = (await bounded.app.inject("/_sandbox/state")).json<SandboxEvents["state"]>();
    assert.deepEqual(idle, { count: 2, limit: 2, dropped: 2 });
    assert.equal(bounded.contacts().length, 3);
    await bounded.close();
  });

  it("has only the beginning of a long body", async () => {
    const sent = { email: "a@seeds.example.com", data: { x: "y".repeat(100_000) } };
    await post("start", sent);
    const [{ body, bodyLength, email: shown } = { body: "" }] = sandbox().requests();
    assert.deepEqual([String(body).length, bodyLength, shown], [16_384, JSON.stringify(sent).length, sent.email]);
  });
});
