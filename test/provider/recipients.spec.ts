import assert from "node:assert/strict";
import { parseRecipients, tagAddress } from "../../provider/recipients";

describe("parseRecipients", () => {
  const table: [pattern: string, email: string, allowed: boolean][] = [
    ["*@seeds.example.com", "qa@seeds.example.com", true],
    ["*@seeds.example.com", "qa@SEEDS.EXAMPLE.COM", true],
    ["*@seeds.example.com", "qa@seeds.example.com.evil.example", false],
    ["*@seeds.example.com", "qa@xseeds.example.com", false],
    ["*@seeds.example.com", "qa@seedsxexample.com", false],
    ["*@seeds.example.com", "qa@sееds.example.com", false],
    ["*@seeds.example.com", "qa@ſeeds.example.com", false],
    ["*@seeds.example.com", "qa@ⓢeeds.example.com", false],
    ["*@seeds.example.com", "qa@see\u00adds.example.com", false],
    ["*@seeds.example.com", "qa@see\u200bds.example.com", false],
    ["*@seeds.example.com", "qa@seeds。example。com", false],
    ["*@kiosk.example", "qa@\u212aiosk.example", false],
    ["*@bücher.example", "qa@bücher.EXAMPLE", true],
    ["*@bücher.example", "qa@xn--bcher-kva.example", true],
    ["qa+*@seeds.example.com", "qa+pr-7@seeds.example.com", true],
    ["qa+*@seeds.example.com", "jane@seeds.example.com", false],
    ["jane.doe@example.com", "jane.doe@example.com", true],
    ["jane.doe@example.com", "janexdoe@example.com", false],
    ["jane@example.com", "Jane@example.com", false],
  ];
  for (const [pattern, email, allowed] of table) {
    it(`${allowed ? "allows" : "refuses"} ${email} by ${pattern}`, () => {
      assert.equal(parseRecipients(JSON.stringify([pattern])).allows(email), allowed);
    });
  }

  it("allows what any pattern of the list allows", () => {
    const recipients = parseRecipients('["jane@example.com", "*@seeds.example.com"]');
    assert.ok(recipients.allows("jane@example.com"));
    assert.ok(recipients.allows("qa@seeds.example.com"));
    assert.ok(!recipients.allows("john@example.com"));
  });

  for (const text of [
    "",
    "*@seeds.example.com",
    "{}",
    "[]",
    "null",
    '[""]',
    "[1]",
    '["*"]',
    '["*@*"]',
    '["*@"]',
    '["@a.example"]',
    '["*@*.example.com"]',
    '["a@b@c.example"]',
    '["*@a b.example"]',
    '["*@ſeeds.example"]',
    '["jane@a.example, joe@b.example"]',
  ]) {
    it(`refuses ${JSON.stringify(text)} as a list`, () => {
      assert.throws(() => parseRecipients(text), /^Error: (is not|has a pattern, number 1,)/);
    });
  }
});

describe("tagAddress", () => {
  const base = "qa@seeds.example.com";

  it("tags an address with project and stack", () => {
    assert.equal(tagAddress(base, "seeds", "pr-42"), "qa+seeds.pr-42@seeds.example.com");
  });

  it("extends a tag", () => {
    assert.equal(tagAddress("qa+smoke@seeds.example.com", "seeds", "dev"), "qa+smoke.seeds.dev@seeds.example.com");
  });

  it("keeps to 64 characters, readable, with the same hash each time", () => {
    const tagged = tagAddress(base, "a-project-with-quite-a-long-name", "a-stack-with-an-even-longer-name");
    assert.equal(tagged, tagAddress(base, "a-project-with-quite-a-long-name", "a-stack-with-an-even-longer-name"));
    assert.match(tagged, /^qa\+a-project-with-quite-a-long-name-a-st[a-z-]*\+[0-9a-f]{16}@seeds\.example\.com$/);
    assert.equal(tagged.indexOf("@"), 64);
  });

  it("never gives two stacks one address", () => {
    const names = ["a", "b", "a.b", "b.c", "c", "A", "a-b", "a_b", "x".repeat(60), "x".repeat(61), "a+b"];
    const bases = [base, "qa+a@seeds.example.com", "qa+a.b@seeds.example.com", "qa+a+b@seeds.example.com"];
    const seen = new Map<string, string>();
    for (const address of bases) {
      for (const project of names) {
        for (const stack of names) {
          const tagged = tagAddress(address, project, stack).toLowerCase();
          const owner = JSON.stringify([address, project, stack]);
          assert.equal(seen.get(tagged), undefined, `${owner} and ${seen.get(tagged)} share ${tagged}`);
          assert.ok(tagged.indexOf("@") <= 64);
          seen.set(tagged, owner);
        }
      }
    }
    assert.equal(seen.size, bases.length * names.length ** 2);
  });

  it("takes a name of 47 characters and refuses one of 48", () => {
    assert.equal(tagAddress(`${"q".repeat(47)}@a.example`, "seeds", "pr-with-a-long-name").indexOf("@"), 64);
    assert.throws(() => tagAddress(`${"q".repeat(48)}@a.example`, "seeds", "pr-with-a-long-name"), /at most 47/);
  });

  for (const bad of ["", "qa", "QA <qa@a.example>", "qa@a.example\n", "a@a.example,b@a.example"]) {
    it(`refuses ${JSON.stringify(bad)} as a base`, () => {
      assert.throws(() => tagAddress(bad, "seeds", "dev"), /takes a plain e-mail address/);
    });
  }
});
