import assert from "node:assert/strict";
import { conflictsOf } from "../../../../provider/commands/status/conflicts";
import { enrolledIn } from "../../../../provider/commands/status/enrolled";
import type { StateResource } from "../../../../provider/pulumi/stateResource";
import { enrollment, provider, runWith, shard, stateOf } from "../../../support/handmadeStates";

const ADA = "ada@seeds.example.com";

const stack = (fullName: string, ...resources: StateResource[]) => ({
  fullName,
  enrolled: enrolledIn(stateOf(resources)),
});
const placesOf = (...stacks: Parameters<typeof conflictsOf>[0]) =>
  conflictsOf(stacks).map(({ places }) => places.map((place) => `${place.stack} ${place.resource}`));

describe("conflictsOf", () => {
  it("finds one address in two stacks, in any spelling", () => {
    const other = enrollment("welcome", "ADA@Seeds.example.com");
    assert.deepEqual(placesOf(stack("a", enrollment("qa", ADA)), stack("b", other)), [["a qa", "b welcome"]]);
  });

  it("finds one address in two resources of a stack", () => {
    assert.deepEqual(placesOf(stack("a", enrollment("qa", ADA), shard("smoke", 0, { [ADA]: "one" }))), [
      ["a qa", "a smoke"],
    ]);
  });

  it("finds one enrollment that two stacks record, as after a copy of a state, even where duplicates are allowed", () => {
    for (const allowDuplicateEmail of [false, true]) {
      const one = enrollment("qa", ADA, { allowDuplicateEmail });
      const other = enrollment("qa", ADA, { allowDuplicateEmail, instanceId: "another" });
      const [found] = conflictsOf([stack("a", one), stack("b", one)]);
      assert.equal(found?.isSameEnrollment, true);
      const [of2] = conflictsOf([stack("a", one), stack("b", other)]);
      assert.equal(of2?.isSameEnrollment, undefined);
    }
    const copied = [stack("a", shard("smoke", 0, { [ADA]: "one" })), stack("b", shard("smoke", 0, { [ADA]: "one" }))];
    assert.equal(conflictsOf(copied)[0]?.isSameEnrollment, true);
  });

  it("finds none in two journeys", () => {
    const other = enrollment("welcome", ADA, { journeyId: "0b1c2d3e-4a5b-4c6d-8e7f-90a1b2c3d4e5" });
    assert.deepEqual(placesOf(stack("a", enrollment("qa", ADA), other)), []);
  });

  it("finds none where both allow it, and one where only one of them does", () => {
    const allowing = enrollment("other", ADA, { allowDuplicateEmail: true });
    const alike = enrollment("qa", ADA, { allowDuplicateEmail: true });
    assert.deepEqual(placesOf(stack("a", alike, allowing)), []);
    assert.equal(placesOf(stack("a", enrollment("qa", ADA), allowing)).length, 1);
  });

  describe("where states record the URL of their Mailmodo", () => {
    const sandbox = provider({ "mailmodo:baseUrl": "http://127.0.0.1:8025/" });
    const real = provider({ "mailmodo:baseUrl": "https://api.mailmodo.com" });
    const of = (fullName: string, mailmodo: StateResource) =>
      stack(fullName, mailmodo, runWith(mailmodo, enrollment("qa", ADA)));

    it("finds one of the same URL, and the default's", () => {
      assert.deepEqual(placesOf(of("a", real), of("b", provider({}))), [["a qa", "b qa"]]);
      assert.deepEqual(placesOf(of("a", sandbox), of("b", sandbox)), [["a qa", "b qa"]]);
    });

    it("finds none of two URLs", () => assert.deepEqual(placesOf(of("a", sandbox), of("b", real)), []));

    it("finds one with each where another state does not record it", () => {
      assert.deepEqual(placesOf(of("a", sandbox), of("b", real), stack("c", enrollment("qa", ADA))), [
        ["a qa", "c qa"],
        ["b qa", "c qa"],
      ]);
    });
  });

  it("finds none in an enrollment that a run is changing", () => {
    const resource = enrollment("qa", ADA);
    const enrolled = enrolledIn(stateOf([resource], [{ type: "updating", resource }]));
    assert.deepEqual(conflictsOf([{ fullName: "a", enrolled }]), []);
  });
});
