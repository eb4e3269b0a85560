import assert from "node:assert/strict";
import {
  changesOf,
  digestOf,
  sortedJson,
  parseRecords,
  shardOf,
  recordsAsJson,
  type RecordedContact,
} from "../../../provider/model/contacts";

describe("shardOf", () => {
  it("never changes: these are in the states of users", () => {
    const shards = ["qa@seeds.example.com", "qa1@seeds.example.com", "ada.l+x@example.org"].map((email) =>
      shardOf(email, 64),
    );
    assert.deepEqual(shards, [1, 13, 42]);
  });

  it("is one for all forms of a domain", () => {
    const spellings = [
      "qa@münchen.example",
      "QA@MÜNCHEN.example",
      "qa@xn--mnchen-3ya.example",
      "qa@XN--MNCHEN-3YA.example",
    ];
    assert.equal(new Set(spellings.map((email) => shardOf(email, 1024))).size, 1);
  });

  it("does not tell capitals apart, for a mail system may not", () => {
    assert.equal(shardOf("QA@Seeds.example.com", 64), shardOf("qa@seeds.example.com", 64));
  });

  it("spreads addresses evenly", () => {
    const counts = new Array<number>(64).fill(0);
    for (let nth = 0; nth < 10_000; nth++) counts[shardOf(`qa${nth}@seeds.example.com`, 64)]! += 1;
    assert.ok(Math.min(...counts) > 100 && Math.max(...counts) < 220, counts.join());
  });
});

describe("digestOf", () => {
  it("tells values and types apart, and not the order of keys", () => {
    const same = digestOf({ a: 1, b: "x" });
    assert.equal(digestOf({ b: "x", a: 1 }), same);
    for (const other of [{ a: "1", b: "x" }, { a: 1 }, { a: 1, b: "y" }, {}]) assert.notEqual(digestOf(other), same);
  });
});

describe("sortedJson", () => {
  it("is the same text for any order of the contacts", () => {
    const entries: [string, number][] = [
      ["b@x.example", 1],
      ["a@x.example", 2],
    ];
    assert.equal(sortedJson(entries), '{"a@x.example":2,"b@x.example":1}');
    assert.equal(sortedJson(entries.reverse()), '{"a@x.example":2,"b@x.example":1}');
  });
});

describe("the recorded contacts", () => {
  // If this test fails, the form was changed. Change it back: it is in the states of users.
  const text = '{"a@x.example":["one","digest"],"b@x.example":[null,"digest",1000],"c@x.example":[null,"digest"]}';

  it("are read from the form that states have", () => {
    assert.deepEqual(
      [...parseRecords(text)],
      [
        ["a@x.example", { instanceId: "one", digest: "digest", startSentAt: undefined }],
        ["b@x.example", { instanceId: undefined, digest: "digest", startSentAt: 1000 }],
        ["c@x.example", { instanceId: undefined, digest: "digest", startSentAt: undefined }],
      ],
    );
  });

  it("are written in that form, in the order of the addresses", () => {
    assert.equal(recordsAsJson([...parseRecords(text)].reverse()), text);
  });
});

describe("changesOf", () => {
  const record = (data = {}): RecordedContact => ({
    instanceId: "11111111-2222-4333-8444-555555555555",
    digest: digestOf(data),
  });
  const unconfirmed: RecordedContact = { instanceId: undefined, digest: digestOf({}) };
  const none = { removed: [], changed: [], added: [] };
  const sure = () => false;
  const table: [what: string, known: [string, RecordedContact][], wanted: Record<string, object>, changes: object][] = [
    ["nothing", [], {}, none],
    ["no change", [["a", record({ x: 1, y: 2 })]], { a: { y: 2, x: 1 } }, none],
    ["a new contact", [["a", record()]], { a: {}, b: {} }, { ...none, added: ["b"] }],
    [
      "a contact that is gone",
      [
        ["a", record()],
        ["b", record()],
      ],
      { a: {} },
      { ...none, removed: ["b"] },
    ],
    ["other values", [["a", record({ x: 1 })]], { a: { x: 2 } }, { ...none, changed: ["a"] }],
    ["an unconfirmed one", [["a", unconfirmed]], { a: {} }, { ...none, changed: ["a"] }],
    ["an unconfirmed one that is gone", [["a", unconfirmed]], {}, { ...none, removed: ["a"] }],
    [
      "a name of every object's",
      [],
      JSON.parse('{"__proto__":{}}') as object as Record<string, object>,
      { ...none, added: ["__proto__"] },
    ],
  ];
  for (const [what, known, wanted, changes] of table) {
    it(`finds ${what}`, () => assert.deepEqual(changesOf(new Map(known), wanted as never, sure), changes));
  }

  it("takes one whose abort was begun as changed", () => {
    assert.deepEqual(
      changesOf(new Map([["a", record()]]), { a: {} }, () => true),
      { ...none, changed: ["a"] },
    );
  });
});
