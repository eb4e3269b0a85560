import assert from "node:assert/strict";
import type { Fault } from "mailmodo-sandbox";
import cohortLifecycle from "../../../provider/plugin/cohortLifecycle";
import { sortedJson, parseRecords } from "../../../provider/model/contacts";
import enrollmentLifecycle from "../../../provider/plugin/enrollmentLifecycle";
import type { EnrollmentState } from "../../../provider/model/inputs";
import { SHARD_LOADER } from "../../../provider/model/stateFormat";
import type { ShardInputs, ShardState } from "../../../provider/model/shard";
import { printed, useCapturedOutput } from "../../support/capturedOutput";
import { configure, settings } from "../../support/configure";
import { inputs } from "../../support/enrollmentInputs";
import { useMovableClock } from "../../support/movableClock";
import { useSandbox } from "../../support/sandbox";

type Failure<State> = Error & { id: string; properties: State };

const timeoutMs = 1_000;
/** Mailmodo acts on a start that this client has given up on: the answer timed out, or a gateway failed. */
const lateFaults: [what: string, fault: Fault][] = [
  ["whose answer timed out", { kind: "late", on: "start", count: 1 }],
  ["of which a gateway said 503", { kind: "late", on: "start", count: 1, status: 503 }],
  ["that takes effect in the last second", { kind: "late", on: "start", count: 1, lateMs: 59_000 }],
];

describe("a start that takes effect late", () => {
  useCapturedOutput();
  const clock = useMovableClock(Date.UTC(2026, 10, 24, 12));
  const sandbox = useSandbox({ now: () => Date.now() });
  let lines: string[] = [];
  let isAnswered = true;
  const hung = () => (isAnswered ? 0 : sandbox().store.requests().length);
  const settle = <T>(step: Promise<T>) => clock.settle(step, hung);
  const failureOf = async <State>(step: Promise<unknown>): Promise<Failure<State>> => {
    const failure = await settle(step).then(
      () => undefined,
      (error: Failure<State>) => error,
    );
    assert.ok(failure, "it fails");
    return failure;
  };
  const asked = () =>
    sandbox()
      .store.requests()
      .map(({ path }) => path.split("/")[2]);
  /** Lets a start that is still to come take effect. */
  const running = () => {
    clock.tick(120_000);
    return sandbox().running();
  };

  describe("of one enrollment", () => {
    beforeEach(() =>
      configure(settings(sandbox().url, { "mailmodo:requestTimeoutSeconds": String(timeoutMs / 1_000) })),
    );
    const lost = async (fault: Fault, nextRunAfterMs = 3_000): Promise<Failure<EnrollmentState>> => {
      sandbox().faults.add(fault);
      isAnswered = fault.status !== undefined;
      const failure = await failureOf<EnrollmentState>(enrollmentLifecycle.create(inputs));
      isAnswered = true;
      clock.tick(nextRunAfterMs);
      return failure;
    };
    const destroy = async ({ id, properties }: Failure<EnrollmentState>) => {
      lines = await printed(() => settle(enrollmentLifecycle.delete(id, properties)));
    };

    for (const [what, fault] of lateFaults) {
      it(`${what} is aborted by a destroy before that: it waits, and aborts again`, async () => {
        await destroy(await lost(fault));
        assert.deepEqual(asked(), ["start", "abort", "abort"]);
        assert.match(lines[0] ?? "", /^Waiting 5[67] s: /);
        assert.equal(lines.length, 1, "the second abort found something");
        assert.deepEqual(running(), []);
      });

      it(`${what} is not in the journey twice after an update before that`, async () => {
        const { id, properties } = await lost(fault);
        const { outs } = await settle(enrollmentLifecycle.update(id, properties, inputs));
        assert.deepEqual(asked(), ["start", "abort", "abort", "start"]);
        clock.tick(120_000);
        assert.deepEqual(
          sandbox()
            .instances()
            .map(({ instanceId, status }) => [instanceId === outs.instanceId, status]),
          [
            [false, "aborted"],
            [true, "running"],
          ],
        );
      });

      it(`${what} is gone after a replace before that`, async () => {
        const failure = await lost(fault);
        const triggered = { ...inputs, triggers: ["1"] };
        const { replaces } = await enrollmentLifecycle.diff(failure.id, failure.properties, triggered);
        assert.deepEqual(replaces, ["triggers"]);
        await destroy(failure);
        const { id } = await settle(enrollmentLifecycle.create(triggered));
        assert.deepEqual(asked(), ["start", "abort", "abort", "start"]);
        assert.deepEqual(running(), [inputs.email]);
        assert.equal(sandbox().instances().at(-1)?.instanceId, id);
      });
    }

    it("is recorded with the time at which it was sent, not the one at which its turn was asked for", async () => {
      const pace = { "mailmodo:requestTimeoutSeconds": "1", "mailmodo:requestsPerSecond": "0.5" };
      await configure(settings(sandbox().url, pace));
      sandbox().faults.add({ kind: "gateway", on: "start", email: inputs.email });
      const before = enrollmentLifecycle.create({ ...inputs, email: "other@seeds.example.com" });
      const { properties } = await failureOf<EnrollmentState>(before.then(() => enrollmentLifecycle.create(inputs)));
      const lateMs = Date.parse(properties.startedAt) - Date.UTC(2026, 10, 24, 12);
      assert.ok(lateMs >= 2_000 && lateMs < 2_500, `${lateMs}`);
    });

    it("stays in the state where a destroy has no time to wait", async () => {
      const failure = await lost({ kind: "late", on: "start", count: 1, status: 504 }, 500);
      const refused = await failureOf(enrollmentLifecycle.delete(failure.id, failure.properties));
      assert.equal(
        refused.message,
        `Could not abort journey ${inputs.journeyId} for q***@seeds.example.com: its start, sent at 12:00:00 UTC, may still take effect. Run it again from 12:01:00 UTC on. It stays in the state.`,
      );
      assert.equal(refused.id, undefined);
    });

    it("is aborted by a destroy after one that had no time to wait", async () => {
      const failure = await lost({ kind: "late", on: "start", count: 1, status: 504 }, 500);
      await failureOf(enrollmentLifecycle.delete(failure.id, failure.properties));
      clock.tick(59_500);
      await settle(enrollmentLifecycle.delete(failure.id, failure.properties));
      assert.deepEqual(running(), []);
    });

    it("stays recorded as it was where an update has no time to wait: nothing is started", async () => {
      const { id, properties } = await lost({ kind: "late", on: "start", count: 1, status: 504 }, 500);
      const refused = await failureOf(enrollmentLifecycle.update(id, properties, inputs));
      assert.match(refused.message, /Run it again from 12:01:00 UTC on\. It stays in the state\.$/);
      assert.equal(refused.id, undefined, "so the engine keeps what it had");
      assert.deepEqual(asked(), ["start", "abort"]);
    });
  });

  describe("of contacts of a shard", () => {
    beforeEach(() =>
      configure(
        settings(sandbox().url, { "mailmodo:requestTimeoutSeconds": String(timeoutMs / 1_000) }),
        cohortLifecycle,
      ),
    );
    const email = (nth: number) => `qa${nth}@seeds.example.com`;
    const shard = (count: number, others: Partial<ShardInputs> = {}): ShardInputs => ({
      cohort: "smoke",
      shard: 3,
      shards: 64,
      size: count,
      journeyId: inputs.journeyId,
      contacts: sortedJson(Array.from({ length: count }, (_, nth) => [email(nth), {}])),
      allowDuplicateEmail: false,
      abortReason: "preview closed",
      __provider: SHARD_LOADER,
      ...others,
    });
    /** A shard of contacts of which the last few have a start that is still to take effect. */
    const lost = async (count: number): Promise<Failure<ShardState>> => {
      sandbox().faults.add({ kind: "late", on: "start", status: 504, email: email(count - 1) });
      const failure = await failureOf<ShardState>(cohortLifecycle.create(shard(count)));
      sandbox().faults.clear();
      clock.tick(3_000);
      return failure;
    };

    it("is recorded with the time at which it was sent", async () => {
      const { properties } = await lost(2);
      const [first, second] = parseRecords(properties.contacts).values();
      assert.deepEqual([first?.startSentAt, second?.instanceId], [undefined, undefined]);
      const sentAt = second?.startSentAt ?? NaN;
      assert.ok(sentAt >= Date.UTC(2026, 10, 24, 12) && sentAt < Date.UTC(2026, 10, 24, 12, 0, 1), `${sentAt}`);
    });

    it("is aborted by a destroy before that", async () => {
      const { id, properties } = await lost(3);
      await settle(cohortLifecycle.delete(id, properties));
      assert.deepEqual(running(), []);
    });

    it("is aborted and started once by an update before that, and the other contacts are left alone", async () => {
      const { id, properties } = await lost(3);
      const calls = asked().length;
      const { outs } = await settle(cohortLifecycle.update(id, properties, shard(3)));
      assert.deepEqual(asked().slice(calls), ["abort", "abort", "start"]);
      assert.equal(running().length, 3);
      assert.ok([...parseRecords(outs.contacts).values()].every(({ startSentAt }) => startSentAt === undefined));
    });

    it("is waited for once, however many there are", async () => {
      const sentAt = Date.now();
      const contacts = sortedJson(Array.from({ length: 200 }, (_, nth) => [email(nth), [null, "digest", sentAt]]));
      clock.tick(3_000);
      const lines = await printed(() =>
        settle(cohortLifecycle.delete("smoke/3", { ...shard(200), contacts } satisfies ShardState)),
      );
      // The clock moves over the lines of progress, too, which come every five seconds.
      assert.ok(Date.now() - sentAt >= 60_000 && Date.now() - sentAt <= 70_000, `${Date.now() - sentAt}`);
      assert.equal(lines.filter((line) => line.startsWith("Waiting ")).length, 1);
      // All of them at last; those of the first that wait, at once, too.
      assert.ok(asked().length > 200 && asked().length <= 200 + 16, `${asked().length}`);
    });

    it("needs no wait where version 0.1.0 recorded it without a time", async () => {
      const contacts = sortedJson([[email(0), [null, "digest"]]]);
      const lines = await printed(() => settle(cohortLifecycle.delete("smoke/3", { ...shard(1), contacts })));
      assert.deepEqual(asked(), ["abort"]);
      assert.ok(!lines.some((line) => line.startsWith("Waiting ")));
    });

    describe("for which there is no time to wait", () => {
      /** Five contacts whose starts were sent just now, a tenth of a second apart. */
      const young = (): ShardState => {
        const sentAt = Date.now();
        const records = Array.from(
          { length: 5 },
          (_, nth) => [email(nth), [null, "digest", sentAt + nth * 100]] as const,
        );
        clock.tick(500);
        return { ...shard(5), contacts: sortedJson(records) };
      };

      it("stays in the state after a destroy, and one line says from when on all can be aborted", async () => {
        const refused = await failureOf(cohortLifecycle.delete("smoke/3", young()));
        assert.match(
          refused.message,
          /^Cohort smoke, shard 3: 5 of 5 contacts failed\. (Could not abort .* Run it again from 12:01:0[01] UTC on\. ){3}2 more failed\. For all of them, run it again from 12:01:01 UTC on\. It stays in the state\. The shard stays/,
        );
      });

      it("stays recorded after an update, with the time at which it was sent", async () => {
        const state = young();
        const { properties } = await failureOf<ShardState>(cohortLifecycle.update("smoke/3", state, shard(0)));
        assert.deepEqual(parseRecords(properties.contacts), parseRecords(state.contacts));
      });
    });
  });
});
