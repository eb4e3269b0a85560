import assert from "node:assert/strict";
import { asciiAddress, mailboxKey } from "../../../provider/model/addresses";

describe("asciiAddress", () => {
  const spellings: [what: string, address: string, expected: string][] = [
    ["keeps the capitals before the @", "QA+Pr@Seeds.Example.COM", "QA+Pr@seeds.example.com"],
    ["gives an international domain in ASCII", "qa@bücher.example", "qa@xn--bcher-kva.example"],
    ["takes capitals in it for none", "qa@BÜCHER.example", "qa@xn--bcher-kva.example"],
    ["takes a mark of its own for one letter", "qa@bu\u0308cher.example", "qa@xn--bcher-kva.example"],
    ["leaves an ASCII form as it is", "qa@XN--bcher-kva.example", "qa@xn--bcher-kva.example"],
    ["leaves a name that is no address", "QA", "QA"],
    ["takes no part of a domain for the whole", "qa@bücher.example/x", "qa@bücher.example/x"],
    ["takes no port away", "qa@bücher.example:80", "qa@bücher.example:80"],
    ["leaves a domain that is longer than any", `qa@${"ü".repeat(300)}`, `qa@${"ü".repeat(300)}`],
  ];
  for (const [what, address, expected] of spellings) {
    it(what, () => assert.equal(asciiAddress(address), expected));
  }
});

describe("mailboxKey", () => {
  it("is one for all spellings of an address", () => {
    const spellings = ["QA@bücher.example", "qa@BÜCHER.example", "Qa@xn--bcher-kva.example"];
    assert.deepEqual(new Set(spellings.map(mailboxKey)), new Set(["qa@xn--bcher-kva.example"]));
  });
});
