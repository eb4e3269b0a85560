// Names that every object inherits, as addresses and as keys: no look-up may find what is inherited.
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { parseRecords, recordsAsJson } from "../../provider/model/contacts";
import { problemsOf, type EnrollmentInputs } from "../../provider/model/inputs";
import type { ShardInputs } from "../../provider/model/shard";
import { LOADER, SHARD_LOADER, TYPES } from "../../provider/model/stateFormat";
import cohortLifecycle from "../../provider/plugin/cohortLifecycle";
import enrollmentLifecycle from "../../provider/plugin/enrollmentLifecycle";
import { JourneyCohort } from "../../provider/program/journeyCohort";
import { JourneyEnrollment } from "../../provider/program/journeyEnrollment";
import { OtherStacks } from "../../provider/pulumi/otherStacks";
import { RecordedIndex } from "../../provider/pulumi/recordedIndex";
import { possibleEffectsOf } from "../../provider/pulumi/pendingOperations";
import { entriesOf, withoutEnded } from "../../provider/pulumi/stateResource";
import type { Stack } from "../../provider/pulumi/stack";
import { configure, settings } from "../support/configure";
import { journeyId } from "../support/journeyId";
import { registrations } from "../support/registrations";
import { useSandbox } from "../support/sandbox";

const NAMES = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf"];
const EMAILS = NAMES.map((name) => `${name}@seeds.example.com`);
/** The other two are refused. */
const DATA = Object.fromEntries(["constructor", "hasOwnProperty", "valueOf"].map((name, index) => [name, index]));

const common = {
  journeyId,
  allowDuplicateEmail: false,
  abortReason: "preview closed",
  stack: "organization/seeds/pr-7",
};
const enrollment = (email: string, data = DATA): EnrollmentInputs => ({ ...common, email, data, __provider: LOADER });
const shard = (emails: readonly string[], data = DATA): ShardInputs => ({
  ...common,
  cohort: "constructor",
  shard: 0,
  shards: 1,
  size: emails.length,
  contacts: JSON.stringify(Object.fromEntries(emails.map((email) => [email, data]))),
  __provider: SHARD_LOADER,
});

describe("names that every object inherits", () => {
  describe("in a program", () => {
    it("are values of an enrollment", async () => {
      const all = await registrations(
        () => void new JourneyEnrollment("toString", { journeyId, email: EMAILS[0]!, data: DATA }),
      );
      assert.deepEqual([all[0]?.inputs["email"], all[0]?.inputs["data"]], [EMAILS[0], DATA]);
      assert.deepEqual(problemsOf(enrollment(EMAILS[0]!), undefined), []);
    });

    for (const key of ["__proto__", "toString"]) {
      it(`are refused as a value where Pulumi's SDK cannot carry them: ${key}`, async () => {
        const data = JSON.parse(`{"${key}":"x"}`) as Record<string, string>;
        const says = new RegExp(`must not have the key ${key}\\.`);
        const email = EMAILS[0]!;
        for (const given of [data, pulumi.output(1).apply(() => data), Promise.resolve(data)]) {
          const one = () => new JourneyEnrollment("one", { journeyId, email, data: given });
          await assert.rejects(registrations(one), says);
          const cohort = () => new JourneyCohort("smoke", { journeyId, contacts: [{ email, data: given }] });
          await assert.rejects(registrations(cohort), says);
        }
        const triggered = () => new JourneyEnrollment("one", { journeyId, email, triggers: [data] });
        await assert.rejects(registrations(triggered), says);
        assert.match(problemsOf(enrollment(email, data as never), undefined)[0]!, says);
      });
    }

    it("are contacts of a cohort, each once", async () => {
      const contacts = EMAILS.map((email) => ({ email, data: DATA }));
      const all = await registrations(() => void new JourneyCohort("constructor", { journeyId, contacts, shards: 1 }));
      const text = all.find(({ type }) => type === TYPES.shard)?.inputs["contacts"];
      assert.deepEqual(Object.keys(JSON.parse(text as string) as object).sort(), [...EMAILS].sort());
      const twice = () => new JourneyCohort("constructor", { journeyId, contacts: [...contacts, ...contacts] });
      await assert.rejects(
        registrations(() => void twice()),
        /has duplicate addresses: .*\(numbers 1 and 6\)/,
      );
    });

    it("are refused as a second enrollment of one address", async () => {
      const program = () =>
        ["valueOf", "toString"].map((name) => new JourneyEnrollment(name, { journeyId, email: EMAILS[1]! }));
      await assert.rejects(registrations(program), /"valueOf" and "toString" both enroll c\*\*\*@/);
    });
  });

  describe("in the plugin", () => {
    const sandbox = useSandbox();
    const running = () =>
      sandbox()
        .runningInstances()
        .map(({ email }) => email)
        .sort();

    it("are enrolled and aborted", async () => {
      await configure(settings(sandbox().url));
      for (const email of EMAILS) {
        const { id, outs } = await enrollmentLifecycle.create(enrollment(email));
        assert.deepEqual(running(), [email]);
        await enrollmentLifecycle.delete(id, outs);
      }
      assert.deepEqual(running(), []);
    });

    it("are contacts that are added, changed, kept and removed one by one", async () => {
      await configure(settings(sandbox().url), cohortLifecycle);
      const { id, outs } = await cohortLifecycle.create(shard(EMAILS.slice(0, 4)));
      assert.deepEqual(running(), EMAILS.slice(0, 4).sort());
      assert.equal((await cohortLifecycle.diff(id, outs, shard(EMAILS.slice(0, 4)))).changes, false);
      const news = {
        ...shard(EMAILS),
        contacts: JSON.stringify(Object.fromEntries(EMAILS.slice(1).map((one) => [one, {}]))),
      };
      const updated = await cohortLifecycle.update(id, outs, news);
      assert.deepEqual(running(), EMAILS.slice(1).sort());
      assert.deepEqual([...parseRecords(updated.outs.contacts).keys()].sort(), EMAILS.slice(1).sort());
      await cohortLifecycle.delete(id, updated.outs);
      assert.deepEqual(running(), []);
    });
  });

  describe("in the states that recover and other stacks read", () => {
    const records = recordsAsJson(EMAILS.map((email, nth) => [email, { instanceId: NAMES[nth], digest: "" }]));
    const recorded = { urn: "urn:one", type: TYPES.shard, outputs: { ...shard(EMAILS), contacts: records } };
    const stack = {
      name: "constructor",
      stateOfEnrollments: async () => ({ resources: [recorded] }),
    } as unknown as Stack;

    it("are found where they are, and nowhere else", async () => {
      const [index, empty] = [new RecordedIndex({ resources: [recorded] }), new RecordedIndex({})];
      const [others, none] = [[stack], []].map((list) => new OtherStacks(async () => list));
      for (const [nth, email] of EMAILS.entries()) {
        const of = { journeyId, email };
        assert.equal(index.entryOf({ instanceId: NAMES[nth]! })?.email, email);
        assert.deepEqual([index.runningFor(of).length, empty.runningFor(of).length], [1, 0]);
        assert.equal(empty.entryOf({ instanceId: NAMES[nth]! }), undefined);
        assert.deepEqual([await others!.findStack(of), await none!.findStack(of)], ["constructor", undefined]);
      }
    });

    it("are what a killed create or update may have done", () => {
      const pending = { ...recorded, inputs: { ...shard(EMAILS.slice(1)) } };
      assert.deepEqual(
        possibleEffectsOf(pending, undefined).map(({ start }) => start?.email),
        EMAILS.slice(1),
      );
      const effects = possibleEffectsOf(pending, recorded);
      assert.deepEqual(
        effects.map(({ start, ended }) => [start?.email, ended?.email]),
        [[undefined, EMAILS[0]], ...EMAILS.slice(1).map((email) => [email, email])],
      );
    });

    it("leave the state one by one", () => {
      const [left] = withoutEnded([recorded], new Map([["urn:one", new Set(EMAILS.slice(0, 2))]]));
      assert.deepEqual(
        entriesOf(left!)
          .map(({ email }) => email)
          .sort(),
        EMAILS.slice(2).sort(),
      );
    });
  });
});
