import assert from "node:assert/strict";
import { encryptedIn, enrolledIn } from "../../../../provider/commands/status/enrolled";
import { digestOf } from "../../../../provider/model/contacts";
import type { Deployment } from "../../../../provider/pulumi/deployment";
import {
  CREATED_AT,
  ENCRYPTED,
  enrollment,
  provider,
  runWith,
  shard,
  stateOf,
  unconfirmed,
  WRITTEN_AT,
} from "../../../support/handmadeStates";

const ADA = "ada@seeds.example.com";
const BOB = "bob@seeds.example.com";
const EVE = "eve@seeds.example.com";

/** Name, address and state of each. */
const shown = (state: Deployment) => enrolledIn(state).map((one) => [one.resource, one.email, one.state]);

describe("enrolledIn", () => {
  it("finds nothing in an empty state", () => assert.deepEqual(enrolledIn({}), []));

  it("finds an enrollment, with its instance and since when it runs", () => {
    const [ada] = enrolledIn(stateOf([enrollment("ada", ADA)]));
    assert.equal(ada?.instanceId, "instance-of-ada");
    assert.equal(ada.since, Date.parse(CREATED_AT));
    assert.deepEqual([ada.resource, ada.email, ada.state, ada.cohort], ["ada", ADA, "started", undefined]);
  });

  it("finds an enrollment whose name has colons", () => {
    assert.equal(enrolledIn(stateOf([enrollment("a::b", ADA)]))[0]?.resource, "a::b");
  });

  it("finds an unconfirmed start", () => {
    assert.deepEqual(shown(stateOf([unconfirmed("ada", ADA)])), [["ada", ADA, "unconfirmed"]]);
  });

  it("finds the contacts of a cohort, under the cohort's name", () => {
    const shards = [shard("smoke", 0, { [BOB]: "one" }), shard("smoke", 1, { [ADA]: null })];
    const all = enrolledIn(stateOf(shards));
    assert.deepEqual(shown(stateOf(shards)), [
      ["smoke", ADA, "unconfirmed"],
      ["smoke", BOB, "started"],
    ]);
    assert.equal(new Set(all.map(({ cohort }) => cohort)).size, 1);
    assert.deepEqual(
      all.map(({ since }) => since),
      [1, Date.parse(CREATED_AT)],
    );
  });

  it("is sorted, whatever the order of the state", () => {
    const resources = [enrollment("b", BOB), enrollment("a", ADA), enrollment("c", ADA)];
    assert.deepEqual(enrolledIn(stateOf(resources)), enrolledIn(stateOf([...resources].reverse())));
  });

  it("finds a start that a run began, since the state was written", () => {
    const pending = { ...enrollment("ada", ADA), outputs: {} };
    const [ada, ...others] = enrolledIn(stateOf([], [{ type: "creating", resource: pending }]));
    assert.deepEqual(others, []);
    assert.deepEqual([ada?.state, ada?.instanceId, ada?.since], ["pending", undefined, Date.parse(WRITTEN_AT)]);
  });

  it("finds an abort that a run began, with the instance", () => {
    const resource = enrollment("ada", ADA);
    const all = enrolledIn(stateOf([resource], [{ type: "deleting", resource }]));
    assert.deepEqual(
      all.map(({ state, instanceId }) => [state, instanceId]),
      [["pending", "instance-of-ada"]],
    );
  });

  it("finds which contacts of a cohort an update began to change", () => {
    const recorded = shard("smoke", 0, { [ADA]: "one", [BOB]: "two" });
    const wanted = { [ADA]: {}, [EVE]: {} };
    const resource = { ...recorded, inputs: { ...recorded.inputs, contacts: JSON.stringify(wanted) } };
    const records = JSON.stringify({ [ADA]: ["one", digestOf({})], [BOB]: ["two", digestOf({})] });
    const state = stateOf(
      [{ ...recorded, outputs: { ...recorded.outputs, contacts: records } }],
      [{ type: "updating", resource }],
    );
    assert.deepEqual(shown(state), [
      ["smoke", ADA, "started"],
      ["smoke", BOB, "pending"],
      ["smoke", EVE, "pending"],
    ]);
  });

  it("finds a pending update of what the state does not record", () => {
    const resource = enrollment("ada", ADA);
    assert.deepEqual(shown(stateOf([], [{ type: "updating", resource }])), [["ada", ADA, "pending"]]);
  });

  it("finds no old half of a replacement, which was aborted, encrypted or not", () => {
    assert.deepEqual(enrolledIn(stateOf([{ ...enrollment("ada", ADA), pendingReplacement: true }])), []);
    const secret = { ...enrollment("ada", ENCRYPTED), pendingReplacement: true };
    assert.deepEqual(encryptedIn(stateOf([secret])), { enrollments: 0, cohorts: 0 });
    assert.equal(encryptedIn(stateOf([{ ...secret, retainOnDelete: true }])).enrollments, 1);
    assert.equal(encryptedIn(stateOf([], [{ type: "deleting", resource: secret }])).enrollments, 1);
  });

  it("leaves out what is encrypted, and says how much that is", () => {
    const cohort = shard("smoke", 0, {});
    const secret = { ...cohort, outputs: { ...cohort.outputs, contacts: ENCRYPTED } };
    const state = stateOf([
      enrollment("ada", ENCRYPTED),
      enrollment("bob", BOB),
      secret,
      { ...secret, urn: `${secret.urn}-2` },
    ]);
    assert.deepEqual(shown(state), [["bob", BOB, "started"]]);
    assert.deepEqual(encryptedIn(state), { enrollments: 1, cohorts: 1 });
  });

  for (const property of ["data", "triggers", "abortReason"]) {
    it(`shows an enrollment of which only the ${property} is encrypted, which is not shown`, () => {
      const state = stateOf([enrollment("ada", ADA, { [property]: ENCRYPTED })]);
      assert.deepEqual(shown(state), [["ada", ADA, "started"]]);
      assert.deepEqual(encryptedIn(state), { enrollments: 0, cohorts: 0 });
    });
  }

  for (const [what, config, baseUrl] of [
    ["that is set", { "mailmodo:baseUrl": "http://127.0.0.1:8025/" }, "http://127.0.0.1:8025"],
    ["by default", {}, "https://api.mailmodo.com"],
    ["that is encrypted", { "mailmodo:baseUrl": ENCRYPTED }, undefined],
  ] as const) {
    it(`finds the URL of its Mailmodo: one ${what}`, () => {
      const mailmodo = provider(config);
      const resource = runWith(mailmodo, enrollment("ada", ADA));
      const pending = runWith(mailmodo, { ...enrollment("bob", BOB), outputs: {} });
      const all = enrolledIn(stateOf([mailmodo, resource], [{ type: "creating", resource: pending }]));
      assert.deepEqual(
        all.map((one) => one.baseUrl),
        [baseUrl, baseUrl],
      );
    });
  }

  it("leaves out the resources of others", () => {
    const other = { ...enrollment("ada", ENCRYPTED), type: "aws:s3/bucket:Bucket" };
    assert.deepEqual(enrolledIn(stateOf([other], [{ type: "creating", resource: other }])), []);
    assert.deepEqual(encryptedIn(stateOf([other])), { enrollments: 0, cohorts: 0 });
  });
});
