import assert from "node:assert/strict";
import { addressesAsJson, addressesWithout, archiveProblem, parseAddresses } from "../../../provider/model/archive";
import { UNKNOWN } from "../../../provider/model/inputs";
import { parseRecipients } from "../../../provider/model/recipients";

const stack = "organization/seeds/pr-7";
const recipients = parseRecipients('["*@seeds.example.com"]');
const inputs = (...emails: string[]) => ({ contacts: addressesAsJson(emails), stack, __provider: "" });

describe("the addresses of an archive", () => {
  it("are the same text in any order", () => {
    assert.equal(addressesAsJson(["b@x.example", "a@x.example"]), addressesAsJson(["a@x.example", "b@x.example"]));
    assert.deepEqual(parseAddresses(addressesAsJson(["b@x.example"])), ["b@x.example"]);
  });

  it("are compared by mailbox, in any spelling", () => {
    const old = addressesAsJson(["Ada@bücher.example", "bob@x.example"]);
    assert.deepEqual(addressesWithout(old, addressesAsJson(["ada@xn--bcher-kva.example"])), ["bob@x.example"]);
  });

  it("are fine with the stack's tag, or while they are not known", () => {
    assert.equal(archiveProblem(inputs("qa+seeds.pr-7@seeds.example.com"), recipients), undefined);
    assert.equal(archiveProblem({ ...inputs(), contacts: UNKNOWN }, recipients), undefined);
  });

  for (const [what, email, says] of [
    ["without a tag", "qa@seeds.example.com", /^The contact q\*\*\*@seeds\.example\.com: archiveContact is only for /],
    ["with another stack's tag", "qa+seeds.pr-70@seeds.example.com", /archiveContact is only for addresses with this/],
    ["with a tag of its own before the stack's", "qa+smoke.seeds.pr-7@seeds.example.com", undefined],
    ["outside the allowed recipients", "qa+seeds.pr-7@example.org", /is outside mailmodo:allowedRecipients/],
  ] as const) {
    it(`are ${says === undefined ? "fine" : "refused"} ${what}`, () => {
      const problem = archiveProblem(inputs("ada+seeds.pr-7@seeds.example.com", email), recipients);
      if (says === undefined) assert.equal(problem, undefined);
      else assert.match(problem ?? "", says);
    });
  }
});
