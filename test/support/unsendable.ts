class Person {
  #name = "Ada";
  get name() {
    return this.#name;
  }
}

class Seats {
  count = 3;
}

/** Values that no personalization value can be, by kind: what an error says of it, and of what an output makes of it. */
export const UNSENDABLE: readonly [what: string, value: unknown, says: RegExp, inOutput?: RegExp][] = [
  ["a Date", new Date(0), /it is a Date\. Write it as text: date\.toISOString\(\)\.$/, emptied()],
  ["a Map", new Map([[1, 2]]), /it is an instance of Map\. Write what you need of it as text/, emptied()],
  ["a Set", new Set([1]), /it is an instance of Set\. Write what/, emptied()],
  ["a RegExp", /x/, /it is an instance of RegExp\. Write what/, emptied()],
  ["an Error", new RangeError("x"), /it is an instance of RangeError\. Write what/, emptied()],
  ["a URL", new URL("https://example.com"), /it is an instance of URL\. Write what/, emptied()],
  ["an instance without fields", new Person(), /it is an instance of Person\. Write what/, emptied()],
  [
    "an instance with fields",
    new Seats(),
    /it is (an instance of Seats\. Write|a nested object)/,
    /it is a nested object/,
  ],
  ["bytes", Buffer.from("a"), /it is (an instance of Buffer\. Write|a nested object)/, /it is a nested object/],
  ["a function", () => 1, /it is a function\. Call it, and write what it returns\.$/],
  ["a symbol", Symbol("x"), /it is a symbol\. Write it as text: value\.description\.$/],
  ["a bigint", 3n, /it is a bigint\. Write it as text: String\(value\)\.$/],
];

function emptied(): RegExp {
  return /it is an empty object\. If it was a Date, write it as text: date\.toISOString\(\)\. Write a Map, a Set and the like/;
}
