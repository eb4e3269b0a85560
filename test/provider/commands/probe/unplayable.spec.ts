import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import * as fc from "fast-check";
import { readProfileFile, SANDBOX_KEY } from "mailmodo-sandbox";
import { SITUATIONS, type Situation } from "../../../../provider/commands/probe/situations";
import { openOddVendor, type Odd, type OddAnswers } from "../../../support/oddVendor";
import { useProbes, useTemporaryFolder, type Probed } from "../../../support/probing";

const NOT_WRITTEN = /^No file was written: /;
const LONG = "word ".repeat(5_000);
const DEEP = "[".repeat(20_000) + "]".repeat(20_000);

/** Bodies of answers, in no form that anybody has promised. */
const BODIES: Readonly<Record<string, string>> = {
  nothing: "",
  "blank lines": " \r\n\t ",
  "a text": "Nope",
  "a long word": "a".repeat(100_000),
  "control characters": "a\u0000\u001b[31m\u0007\u009b\u202e\u2028b",
  "a page": "<html><title>Sorry &amp; {{email}}</title></html>",
  null: "null",
  "a number": "-1e400",
  "a JSON text": '"{{instanceId}}"',
  "a list": '[1, ["{{email}}"], {"a": null}]',
  "a list in a list, thousands of times": DEEP,
  "an object in an object, thousands of times": '{"a":'.repeat(20_000) + "1" + "}".repeat(20_000),
  "another envelope": '{"error": {"code": 7, "for": "{{email}}"}}',
  "a name of every object": '{"__proto__": {"success": true}, "success": false, "message": "No"}',
  "no message": '{"success": false}',
  "an empty message": '{"success": false, "status": "error", "message": ""}',
  "a number for a message": '{"success": false, "message": 5}',
  "an object for a message": '{"success": false, "message": {"text": "{{email}}"}}',
  "long words": JSON.stringify({ success: false, status: "error", message: LONG }),
  "a message of control characters":
    '{"success": false, "status": "error", "message": "\\u0000\\u001b[31m\\r\\n\\ud800"}',
  "a message with the id": '{"success": false, "status": "error", "message": "{{instanceId}} is not there"}',
  "a message with the address": '{"success": false, "status": "error", "message": "{{email}} is not there"}',
  "a message with the key": JSON.stringify({ success: false, status: "error", message: `Not ${SANDBOX_KEY}` }),
  "success that is a text": '{"success": "{{email}}", "message": "Yes"}',
  yes: '{"success": true, "message": "Done"}',
  "yes with an id": '{"success": true, "message": "Done", "ref": "{{instanceId}}"}',
  "yes with an id that is none": '{"success": true, "message": "Done", "ref": "a b"}',
  "yes without a message": '{"success": true, "ref": "{{instanceId}}"}',
  "yes with more": '{"success": true, "message": "Done", "ref": "{{instanceId}}", "for": "{{email}}"}',
};
/** A redirect, and a gateway's 502, 503 and 504, are not Mailmodo's. 429 is asked again. */
const STATUSES = [199, 200, 201, 204, 299, 400, 401, 404, 408, 409, 418, 425, 499, 500, 599, 600, 999];
const ASKED = (Object.keys(SITUATIONS) as Situation[]).filter((name) => !/Again$|slowDown/.test(name));

describe("what a profile cannot hold of the probe's answers", function () {
  this.timeout(120_000);
  const probe = useProbes();
  const folder = useTemporaryFolder();
  let files = 0;

  /** Probes an odd vendor, and a sandbox with the file that was written, if one was. */
  async function probeOdd(answers: OddAnswers, secondInstance = false): Promise<Probed & { isWritten: boolean }> {
    const out = path.join(folder(), `profile-${++files}.json`);
    const vendor = await openOddVendor(answers);
    const first = await probe({ options: { baseUrl: vendor.url, secondInstance, out } });
    await vendor.close();
    const { result, lines } = first;
    const isWritten = fs.existsSync(out);
    assert.equal(lines.filter((line) => NOT_WRITTEN.test(line)).length, isWritten ? 0 : 1, lines.join("\n"));
    assert.equal(result?.file, isWritten ? out : undefined);
    for (const text of [...lines, JSON.stringify(result), isWritten ? fs.readFileSync(out, "utf8") : ""])
      assert.ok(!text.includes(SANDBOX_KEY) && !text.includes("secret"), text.slice(0, 1000));
    if (!isWritten) return { ...first, isWritten };
    const second = await probe({ profile: readProfileFile(out), options: { secondInstance } });
    assert.deepEqual(second.result?.rows, result?.rows);
    assert.deepEqual(second.result?.profiles, result?.profiles);
    assert.deepEqual(second.result?.abortByAddress, result?.abortByAddress);
    return { ...first, isWritten };
  }

  for (const [name, body] of Object.entries(BODIES)) {
    it(`is known of each answer: ${name}`, async () => {
      for (const [index, situation] of ASKED.entries()) {
        const status = (index + body.length) % 2 === 0 ? 200 : 400;
        await probeOdd({ [situation]: { status, body } }, situation === "otherStart");
      }
    });
  }

  for (const status of STATUSES) {
    it(`is known of each answer with status ${status}`, async () => {
      const body = '{"success": false, "status": "error", "message": "No"}';
      for (const situation of ASKED) await probeOdd({ [situation]: { status, body } }, situation === "otherStart");
    });
  }

  const named: [what: string, answers: OddAnswers, ...phrases: string[]][] = [
    ["a status above 599", { wrongKey: { status: 999, body: "No" } }, "the answer to a wrong key (status 999)"],
    [
      "an id where there is no instance",
      { invalidEmail: { status: 400, body: "Is it {{instanceId}}?" } },
      "the answer to an invalid address (it has {{instanceId}}, which the sandbox does not know there)",
    ],
    [
      "the address of an instance that nobody knows",
      { abortUnknown: { status: 404, body: "Nothing of {{email}}" } },
      "the answer to an abort of an unknown instance (it has {{email}}, which the sandbox does not know there)",
    ],
    [
      "a start that is answered unlike the first",
      { startAfterAbort: { status: 200, body: '{"success": true, "message": "Again", "ref": "{{instanceId}}"}' } },
      "the answer to a start after the abort (no profile has such an answer there)",
    ],
    [
      "an abort of what runs that is refused",
      { abort: { status: 423, body: "Locked" } },
      "the answer to an abort by instance id (no profile has such an answer there)",
      // In the sandbox, nothing would run any more.
      "the answer to an abort by address (no profile has such an answer there)",
    ],
    [
      "a Retry-After in other letters",
      {
        abortUnknown: {
          status: 503,
          body: '{"success": false, "status": "error", "message": "Later"}',
          headers: { "Retry-After": "sp\u00e4ter" },
        },
      },
      "the answer to an abort of an unknown instance (a header that is not plain text)",
    ],
  ];
  for (const [what, answers, ...phrases] of named) {
    it(`is named in one line, and then there is no file: ${what}`, async () => {
      const { lines, result, exitCode } = await probeOdd(answers);
      assert.ok(exitCode === 1 || exitCode === 3);
      assert.deepEqual(result?.unplayable, phrases);
      const line = `No file was written: a profile cannot hold ${phrases.join(", ")}. --json prints what was seen, as profile.`;
      assert.ok(lines.includes(line), lines.join("\n"));
    });
  }

  const held: [what: string, answers: OddAnswers][] = [
    ["long words", { abortUnknown: { status: 400, body: BODIES["long words"]! } }],
    ["a message that is a number", { secondStart: { status: 409, body: BODIES["a number for a message"]! } }],
    ["control characters", { wrongKey: { status: 401, body: BODIES["control characters"]! } }],
    ["thousands of lists in each other", { invalidEmail: { status: 400, body: DEEP } }],
    [
      "the address, in an abort by id",
      { abort: { status: 200, body: '{"success": true, "message": "{{email}} left"}' } },
    ],
    ["a failure of a start after the abort", { startAfterAbort: { status: 500, body: "Oops" } }],
    [
      "a 503 with Retry-After",
      {
        abortUnknown: {
          status: 503,
          body: '{"success": false, "status": "error", "message": "Later"}',
          headers: { "Retry-After": "47" },
        },
      },
    ],
    [
      "a 503 with Retry-After as a date",
      {
        abortUnknown: {
          status: 503,
          body: '{"success": false, "status": "error", "message": "Later"}',
          headers: { Date: "Tue, 24 Nov 2026 12:00:00 GMT", "Retry-After": "Tue, 24 Nov 2026 12:00:47 GMT" },
        },
      },
    ],
  ];
  for (const [what, answers] of held) {
    it(`is not: ${what}`, async () => {
      const { isWritten, lines, result } = await probeOdd(answers);
      assert.ok(isWritten, lines.join("\n"));
      assert.deepEqual(result?.unplayable, []);
    });
  }

  it("is known of random answers", () =>
    fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.constantFrom(...ASKED), odd, { minKeys: 1, maxKeys: 4 }),
        fc.boolean(),
        async (answers, isTwo) => {
          await probeOdd(answers, isTwo);
        },
      ),
      { numRuns: 100, seed: 20261127 },
    ));
});

const words = fc.oneof(
  fc.constantFrom("{{instanceId}}", "{{email}}", "{{journeyId}}", "instance not found", "already ended", ""),
  fc.string({ unit: "binary", maxLength: 20 }),
);
const message = fc.array(words, { maxLength: 4 }).map((all) => all.join(" "));
const envelope = fc
  .record({
    success: fc.constantFrom<unknown>(true, false, false, "true", null),
    status: fc.option(fc.constantFrom("error", 5), { nil: undefined }),
    message: fc.option(fc.oneof(message, fc.jsonValue({ maxDepth: 2 })), { nil: undefined }),
    ref: fc.option(fc.constantFrom("{{instanceId}}", "", 7, "a b"), { nil: undefined }),
  })
  .map((fields) => JSON.stringify(fields));

const odd: fc.Arbitrary<Odd> = fc.record({
  status: fc.oneof(fc.constantFrom(200, 200, 400, 400), fc.constantFrom(...STATUSES)),
  body: fc.oneof(envelope, envelope, message, fc.json({ maxDepth: 3 }), fc.constantFrom(...Object.values(BODIES))),
});
