import assert from "node:assert/strict";
import cohortLifecycle from "../../../provider/plugin/cohortLifecycle";
import enrollmentLifecycle from "../../../provider/plugin/enrollmentLifecycle";
import { beginSession, session } from "../../../provider/plugin/session";
import type { EnrollmentState } from "../../../provider/model/inputs";
import type { ShardInputs, ShardState } from "../../../provider/model/shard";
import { SHARD_LOADER } from "../../../provider/model/stateFormat";
import { printed } from "../../support/capturedOutput";
import { configure, settings } from "../../support/configure";
import { deadProcess } from "../../support/deadProcess";
import { inputs } from "../../support/enrollmentInputs";
import { journalOf } from "../../support/journalOf";
import { useKilledPlugin } from "../../support/killedPlugin";
import { useMovableClock } from "../../support/movableClock";
import { useSandbox } from "../../support/sandbox";
import { writeAs } from "../../support/writeAs";

const stack = "organization/seeds/test";
const qa = { ...inputs, stack };
const WAITING = /^Waiting \d+ s: until then, an abort whose answer was lost may still take effect\.$/m;

const nothing = () => undefined;
const bothWays = [nothing, nothing] as const;

interface Recorded<State> {
  readonly id: string;
  readonly state: State;
}

describe("an abort by address that takes effect late", () => {
  const clock = useMovableClock(Date.UTC(2026, 10, 24, 12));
  const sandbox = useSandbox({ now: () => Date.now() });
  const leaveAsKilled = useKilledPlugin();
  // A home of its own.
  beforeEach(() => leaveAsKilled(async () => undefined));
  afterEach(() => session.journals.close());

  /** Begins a run, with the notes of those before. */
  const begin = async (
    others: Record<string, string> = {},
    lifecycle: Parameters<typeof configure>[1] = enrollmentLifecycle,
  ) => {
    await session.journals.close();
    writeAs(journalOf(process.env), deadProcess());
    beginSession();
    const timeout = { "mailmodo:requestTimeoutSeconds": "1" };
    await configure(settings(sandbox().url, { ...timeout, ...others }), lifecycle);
  };
  const failed = async <State>(step: Promise<unknown>): Promise<Recorded<State> & { message: string }> => {
    const error = await clock.settle(step).then(
      () => assert.fail("it fails"),
      (reason: Error & { id: string; properties: State }) => reason,
    );
    sandbox().faults.clear();
    return { id: error.id, state: error.properties, message: error.message };
  };
  /** A start whose answer was lost, so long ago that it can no longer take effect. */
  const unconfirmed = async <State = EnrollmentState>(
    create = () => enrollmentLifecycle.create(qa) as Promise<unknown>,
  ) => {
    sandbox().faults.add({ kind: "gateway", on: "start", count: 1 });
    const recorded = await failed<State>(create());
    clock.tick(60_000);
    return recorded;
  };
  /** The first attempt takes effect late; the others are confirmed, or lost for good. */
  const lose = (lateMs: number, { isConfirmed = true } = {}) => {
    sandbox().faults.add({ kind: "late", on: "abort", lateMs, status: 504, count: 1 });
    if (!isConfirmed) sandbox().faults.add({ kind: "500", on: "abort", takesEffect: false });
  };
  /** An unconfirmed enrollment whose destroy lost every answer to its abort. */
  const lostAbort = async (create?: () => Promise<unknown>) => {
    await begin();
    const recorded = await unconfirmed(create);
    await begin();
    lose(55_000, { isConfirmed: false });
    await failed(enrollmentLifecycle.delete(recorded.id, recorded.state));
    return recorded;
  };
  /** Once everything has taken effect. */
  const running = () => {
    clock.tick(3_600_000);
    return sandbox().running();
  };

  it("does not end what an up starts after it: the up waits until it can no longer take effect", async () => {
    await begin();
    const { id, state } = await unconfirmed();
    await begin();
    lose(50_000);
    const lines = await printed(() => clock.settle(enrollmentLifecycle.update(id, state, qa)));
    assert.match(lines.join("\n"), WAITING);
    assert.deepEqual(running(), [qa.email]);
  });

  it("does not end what an up starts after a destroy: the destroy waits", async () => {
    await begin();
    const { id, state } = await unconfirmed();
    await begin();
    lose(50_000);
    const lines = await printed(() => clock.settle(enrollmentLifecycle.delete(id, state)));
    assert.match(lines.join("\n"), WAITING);
    await begin();
    await clock.settle(enrollmentLifecycle.create(qa));
    assert.deepEqual(running(), [qa.email]);
  });

  for (const step of ["update", "delete"] as const)
    it(`is outlasted by the next up of the machine where no attempt of it was confirmed (${step})`, async () => {
      await begin();
      const { id, state } = await unconfirmed();
      await begin();
      lose(55_000, { isConfirmed: false });
      const { message } = await failed(
        step === "update" ? enrollmentLifecycle.update(id, state, qa) : enrollmentLifecycle.delete(id, state),
      );
      assert.match(message, /^Could not abort journey /);
      await begin();
      const lines = await printed(() => clock.settle(enrollmentLifecycle.update(id, state, qa)));
      assert.match(lines.join("\n"), WAITING);
      assert.deepEqual(running(), [qa.email]);
    });

  it("is outlasted by an up of a new resource, once Pulumi was told to forget the old one", async () => {
    await lostAbort();
    await begin();
    const lines = await printed(() => clock.settle(enrollmentLifecycle.create(qa)));
    assert.match(lines.join("\n"), WAITING);
    assert.deepEqual(running(), [qa.email]);
  });

  it("is outlasted with allowDuplicateEmail, too", async () => {
    const twice = { ...qa, allowDuplicateEmail: true };
    await lostAbort(() => enrollmentLifecycle.create(twice));
    await begin();
    const lines = await printed(() => clock.settle(enrollmentLifecycle.create(twice)));
    assert.match(lines.join("\n"), WAITING);
    assert.deepEqual(running(), [qa.email]);
  });

  for (const isConfirmed of [true, false])
    it(`does not end what another resource of the same run starts (${isConfirmed ? "confirmed" : "not confirmed"})`, async () => {
      await begin();
      const { id, state } = await unconfirmed();
      await begin();
      lose(55_000, { isConfirmed });
      const ended = enrollmentLifecycle.delete(id, state).then(...bothWays);
      while (sandbox().journeyRequests().length < 2) await new Promise((resolve) => setImmediate(resolve));
      const started = enrollmentLifecycle.create(qa);
      const lines = await printed(() => clock.settle(Promise.all([ended, started])));
      assert.match(lines.join("\n"), WAITING);
      assert.deepEqual(running(), [qa.email]);
    });

  it("does not end what another resource of the same run starts, although it begins during the look-up before the start", async () => {
    await begin();
    const { id, state } = await unconfirmed();
    const before = sandbox().requests().length;
    await begin({ "mailmodo:refuseSuppressed": "true" });
    sandbox().faults.add({ kind: "500", on: "getContactDetails", takesEffect: false, count: 1 });
    lose(55_000);
    const started = enrollmentLifecycle.create(qa);
    while (sandbox().requests().length === before) await new Promise((resolve) => setImmediate(resolve));
    const ended = enrollmentLifecycle.delete(id, state);
    const lines = await printed(() => clock.settle(Promise.all([ended, started])));
    assert.match(lines.join("\n"), WAITING);
    assert.deepEqual(running(), [qa.email]);
  });

  it("does not end what another resource of the same run starts, although it begins while the start waits for another", async () => {
    const { id, state } = await lostAbort();
    clock.tick(30_000);
    await printed(async () => {
      const isWaiting = new Promise((resolve) => (console.log = resolve));
      const started = enrollmentLifecycle.create(qa);
      assert.match(String(await isWaiting), WAITING);
      const before = sandbox().journeyRequests().length;
      lose(55_000);
      const ended = enrollmentLifecycle.delete(id, state);
      while (sandbox().journeyRequests().length === before) await new Promise((resolve) => setImmediate(resolve));
      await clock.settle(Promise.all([ended, started]));
    });
    assert.deepEqual(running(), [qa.email]);
  });

  it("leaves no note once it was outlasted", async () => {
    const { id, state } = await lostAbort();
    await begin();
    await printed(() => clock.settle(enrollmentLifecycle.delete(id, state)));
    await begin();
    assert.deepEqual(await printed(() => clock.settle(enrollmentLifecycle.create(qa))), []);
    assert.deepEqual(running(), [qa.email]);
  });

  it("is not waited for where the instance is known: it cannot end another one", async () => {
    await begin();
    const { id, outs } = await clock.settle(enrollmentLifecycle.create(qa));
    await begin();
    lose(50_000);
    assert.deepEqual(await printed(() => clock.settle(enrollmentLifecycle.delete(id, outs))), []);
    await begin();
    await clock.settle(enrollmentLifecycle.create(qa));
    assert.deepEqual(running(), [qa.email]);
  });

  it("is not waited for as long as mailmodo:lateStartSeconds says that there is none", async () => {
    await begin({ "mailmodo:lateStartSeconds": "0" });
    const { id, state } = await unconfirmed();
    await begin({ "mailmodo:lateStartSeconds": "0" });
    sandbox().faults.add({ kind: "500", on: "abort", takesEffect: false, count: 1 });
    assert.deepEqual(await printed(() => clock.settle(enrollmentLifecycle.delete(id, state))), []);
  });

  it("does not end a contact of a cohort that the same up starts", async () => {
    const shard: ShardInputs = {
      cohort: "smoke",
      shard: 3,
      shards: 64,
      size: 1,
      journeyId: qa.journeyId,
      contacts: JSON.stringify({ [qa.email]: {} }),
      allowDuplicateEmail: false,
      abortReason: "preview closed",
      stack,
      __provider: SHARD_LOADER,
    };
    await begin({}, cohortLifecycle);
    const { id, state } = await unconfirmed<ShardState>(() => cohortLifecycle.create(shard));
    await begin({}, cohortLifecycle);
    lose(50_000);
    const lines = await printed(() => clock.settle(cohortLifecycle.update(id, state, shard)));
    assert.match(lines.join("\n"), WAITING);
    assert.deepEqual(running(), [qa.email]);
  });
});
