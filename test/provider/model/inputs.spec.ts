import assert from "node:assert/strict";
import {
  changedInPlace,
  changedReplacing,
  problemsOf,
  UNKNOWN,
  withDefaults,
  withoutDefaults,
  type UncheckedInputs,
} from "../../../provider/model/inputs";
import { LOADER } from "../../../provider/model/stateFormat";
import { parseRecipients } from "../../../provider/model/recipients";
import { journeyId } from "../../support/journeyId";

const recipients = parseRecipients('["*@seeds.example.com"]');

const valid = {
  journeyId,
  email: "qa@seeds.example.com",
  data: { firstName: "Ada", seats: 3, trial: true },
  allowDuplicateEmail: false,
  abortReason: "preview closed",
  triggers: ["0a1b2c3"],
  __provider: LOADER,
};

describe("problemsOf", () => {
  it("finds none in valid inputs", () => {
    assert.deepEqual(problemsOf(valid, recipients), []);
  });

  const bad: [what: string, inputs: Record<string, unknown>, problem: RegExp][] = [
    ["a journeyId that is no UUID", { journeyId: "welcome" }, /^journeyId must be a UUID\./],
    ["a journeyId with more around it", { journeyId: ` ${valid.journeyId}` }, /^journeyId must be a UUID\./],
    ["a URL as journeyId", { journeyId: `https://x.example/${valid.journeyId}` }, /UUID alone, not a URL/],
    ["an empty journeyId", { journeyId: "" }, /^journeyId must not be empty/],
    ["a missing journeyId", { journeyId: undefined }, /^journeyId must not be empty/],
    ["a journeyId that is no string", { journeyId: 7 }, /^journeyId must be a UUID/],
    ["an email with a display name", { email: "QA <qa@seeds.example.com>" }, /without a display name/],
    ["an email with a line break", { email: "qa@seeds.example.com\nBcc: x@seeds.example.com" }, /line break/],
    ["an email with a trailing line break", { email: "qa@seeds.example.com\r\n" }, /line break/],
    ["two emails with a comma", { email: "a@seeds.example.com,b@seeds.example.com" }, /one address/],
    ["two emails with a space", { email: "a@seeds.example.com b@seeds.example.com" }, /one address/],
    [
      "an email over 254 characters",
      { email: `qa@${"a".repeat(60)}.`.padEnd(244, "b.") + "example.com" },
      /at most 254/,
    ],
    ["an email that is a number", { email: 5 }, /one e-mail address, as a string/],
    ["an email that is a list", { email: ["qa@seeds.example.com"] }, /one e-mail address, as a string/],
    ["an empty email", { email: "" }, /one e-mail address/],
    ["an email without a domain", { email: "qa" }, /not a valid address/],
    ["an email with an address literal", { email: "qa@[127.0.0.1]" }, /not a valid address/],
    [
      "an email outside the list",
      { email: "jane@example.org" },
      /j\*\*\*@example\.org is outside.*pulumi config set mailmodo:allowedRecipients/,
    ],
    ["an email in a subdomain of the list's", { email: "jane@sub.seeds.example.com" }, /is outside/],
    ["a homograph of an allowed domain", { email: "qa@sееds.example.com" }, /outside.*not ASCII/],
    ["the key toString in data", { data: { toString: "x" } }, /^data must not have the key toString\.$/],
    ["a value that is empty", { data: { who: undefined } }, /it is undefined\.$/],
    ["nested data", { data: { who: { name: "Ada" } } }, /^data\.who must be .*a nested object/],
    ["null in data", { data: { who: null } }, /^data\.who must be .*null/],
    ["NaN in data", { data: { n: NaN } }, /^data\.n must be .*NaN/],
    ["Infinity in data", { data: { n: Infinity } }, /^data\.n must be .*Infinity/],
    ["a list in data", { data: { tags: ["a"] } }, /^data\.tags must be .*a list/],
    ["a list as data", { data: ["a"] }, /^data must be an object/],
    [
      "a Date in data",
      { data: { day: new Date(0) } },
      /^data\.day must be .*a Date\. Write it as text: date\.toISOString/,
    ],
    ["a bigint in data", { data: { n: 1n } }, /^data\.n must be .*a bigint/],
    ["half a character in data", { data: { name: "Zo\ud83d" } }, /^data\.name ends or begins within a character/],
    ["half a character in a key of data", { data: { "\udc69x": 1 } }, /^A key of data ends or begins within a char/],
    [
      "the key __proto__ in data",
      { data: JSON.parse('{"__proto__": "x"}') as object },
      /^data must not have the key __pro/,
    ],
    ["half a character in abortReason", { abortReason: "by \ud83d" }, /^abortReason ends or begins within a character/],
    ["half a character in email", { email: "qa\ud83d@seeds.example.com" }, /^email ends or begins within a character/],
    ["an email with quotation marks", { email: '"qa"@seeds.example.com' }, /^email must not have quotation marks/],
    ["a string as data", { data: "Ada" }, /^data must be an object/],
    ["data over 64 KiB", { data: { text: "é".repeat(33_000) } }, /at most 64 KiB as JSON; it is 65 KiB/],
    ["an empty abortReason", { abortReason: "" }, /^abortReason must not be empty/],
    ["a blank abortReason", { abortReason: " \n" }, /^abortReason must not be empty/],
    ["an abortReason that is no string", { abortReason: 1 }, /^abortReason must/],
    ["an allowDuplicateEmail that is no boolean", { allowDuplicateEmail: "no" }, /true or false/],
    ["triggers that are no list", { triggers: "0a1b2c3" }, /^triggers must be a list/],
  ];
  for (const [what, inputs, problem] of bad) {
    it(`refuses ${what} in one line`, () => {
      const problems = problemsOf({ ...valid, ...inputs }, recipients);
      assert.equal(problems.length, 1, problems.join("\n"));
      assert.match(problems[0]!, problem);
      assert.doesNotMatch(problems[0]!, /\n|qa@|jane@/);
    });
  }

  const good: [what: string, inputs: Record<string, unknown>][] = [
    ["another case of the domain", { email: "qa@SEEDS.Example.com" }],
    ["a plus tag", { email: "qa+seeds.pr-7@seeds.example.com" }],
    ["an upper-case journeyId", { journeyId: valid.journeyId.toUpperCase() }],
    ["exactly 64 KiB of data", { data: { t: "x".repeat(64 * 1024 - '{"t":""}'.length) } }],
    ["empty strings, zero and false in data", { data: { a: "", b: 0, c: false } }],
    ["an unknown value in data", { data: { a: UNKNOWN } }],
    ["whole emoji and the names of an object's own in data", { data: { constructor: "\u{1f469}", valueOf: "x" } }],
  ];
  for (const [what, inputs] of good) {
    it(`allows ${what}`, () => assert.deepEqual(problemsOf({ ...valid, ...inputs }, recipients), []));
  }

  for (const name of ["journeyId", "email", "data", "allowDuplicateEmail", "abortReason", "triggers"]) {
    it(`skips ${name} while it is unknown`, () => {
      assert.deepEqual(problemsOf({ ...valid, [name]: UNKNOWN }, recipients), []);
    });
  }

  it("names every problem at once", () => {
    assert.equal(problemsOf({ ...valid, journeyId: "x", email: "x", abortReason: "" }, recipients).length, 3);
  });
});

describe("changedReplacing and changedInPlace", () => {
  const table: [what: string, olds: object, news: object, replacing: string[], inPlace: boolean][] = [
    ["nothing", {}, {}, [], false],
    ["the order of data's keys", { data: { a: 1, b: 2 } }, { data: { b: 2, a: 1 } }, [], false],
    ["journeyId", {}, { journeyId: "0b9e8d7c-6a5f-4e4d-9c3b-2a1908f7e6d5" }, ["journeyId"], false],
    ["email", {}, { email: "other@seeds.example.com" }, ["email"], false],
    ["the form of the domain", { email: "qa@München.example" }, { email: "qa@xn--mnchen-3ya.example" }, [], false],
    ["a value in data", {}, { data: { ...valid.data, seats: 4 } }, ["data"], false],
    ["a value's type in data", {}, { data: { ...valid.data, seats: "3" } }, ["data"], false],
    ["a key less in data", {}, { data: { firstName: "Ada" } }, ["data"], false],
    ["allowDuplicateEmail", {}, { allowDuplicateEmail: true }, ["allowDuplicateEmail"], false],
    ["triggers", {}, { triggers: ["fffffff"] }, ["triggers"], false],
    ["the order of triggers", { triggers: [1, 2] }, { triggers: [2, 1] }, ["triggers"], false],
    ["abortReason", {}, { abortReason: "other" }, [], true],
    ["the loader text", { __provider: "old" }, {}, [], true],
    ["the case of the email's domain", {}, { email: "qa@Seeds.Example.com" }, [], false],
    ["the case of the email's name", {}, { email: "QA@seeds.example.com" }, ["email"], false],
    ["the case of journeyId", {}, { journeyId: valid.journeyId.toUpperCase() }, [], false],
    ["two at once", {}, { abortReason: "other", data: {} }, ["data"], true],
    ["a default that old state lacks", { data: undefined }, { data: {} }, [], false],
    ["no triggers to an empty list", { triggers: undefined }, { triggers: [] }, [], false],
    ["a value that is not known yet", {}, { email: UNKNOWN }, ["email"], false],
  ];
  for (const [what, olds, news, replacing, inPlace] of table) {
    it(`tells a change of ${what}`, () => {
      const [before, after] = [
        { ...valid, ...olds },
        { ...valid, ...news },
      ];
      assert.deepEqual(changedReplacing(before, after), replacing);
      assert.equal(changedInPlace(before, after), inPlace);
    });
  }
});

describe("withDefaults", () => {
  it("fills in what was left out and keeps the rest", () => {
    const { journeyId, email, abortReason, __provider } = valid;
    const given = { journeyId, email, abortReason, __provider };
    assert.deepEqual(withDefaults(given), { ...given, data: {}, allowDuplicateEmail: false });
    assert.deepEqual(withDefaults(valid), valid);
    assert.deepEqual(withDefaults({ ...given, data: null }).data, {});
  });

  it("takes the reason for an abort from the stack, which states of 0.1.0 do not record", () => {
    const { journeyId, email, __provider } = valid;
    const given = { journeyId, email, stack: "acme/seeds/dev", __provider };
    assert.equal(withDefaults<UncheckedInputs>(given).abortReason, "Removed by Pulumi from seeds/dev");
    assert.equal(withDefaults<UncheckedInputs>({ journeyId, email }).abortReason, undefined);
  });
});

describe("withoutDefaults", () => {
  const { journeyId, email, __provider } = valid;
  const bare = { journeyId, email, stack: "acme/seeds/dev", __provider };
  const defaults = { allowDuplicateEmail: false, abortReason: "Removed by Pulumi from seeds/dev" };

  it("leaves out what withDefaults fills in, and nothing else", () => {
    assert.deepEqual(withoutDefaults({ ...bare, data: {}, ...defaults }), { ...bare, data: {} });
    for (const others of [
      { data: { seats: 0 } },
      { allowDuplicateEmail: true },
      { abortReason: "Removed by Pulumi from seeds/prod" },
      { triggers: [] },
    ])
      assert.deepEqual(withoutDefaults({ ...bare, data: {}, ...defaults, ...others }), {
        ...bare,
        data: {},
        ...others,
      });
  });

  it("keeps what is not known yet, and every reason where no stack is known", () => {
    const unknown = { allowDuplicateEmail: UNKNOWN, abortReason: UNKNOWN } as unknown as typeof defaults;
    assert.deepEqual(withoutDefaults({ ...bare, data: {}, ...unknown }), { ...bare, data: {}, ...unknown });
    const old = { journeyId, email, data: {}, __provider, abortReason: defaults.abortReason };
    assert.deepEqual(withoutDefaults({ ...old, allowDuplicateEmail: false }), old);
  });
});
