import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import { journeysOf, readJourneys } from "../../../sandbox/mail/journeys";
import { journeyId } from "../../support/journeyId";

const undelayed = { subject: "Welcome", text: "Hello" };
const step = { delay: "0s", ...undelayed };
const steps = (...all: unknown[]) => ({ [journeyId]: { steps: all } });

describe("the sandbox's journeys", () => {
  it("are read with delays that add up", () => {
    const journeys = journeysOf({
      [journeyId.toUpperCase()]: {
        steps: [step, { ...step, delay: "1.5h" }, { ...undelayed, delayMs: 500 }, { ...step, delay: "1 day" }],
      },
    });
    assert.deepEqual(
      journeys.get(journeyId)?.map(({ afterMs }) => afterMs),
      [0, 5_400_000, 5_400_500, 91_800_500],
    );
  });

  it("are there as an example", () => {
    const file = path.join(__dirname, "../../../sandbox/journeys.example.json");
    assert.deepEqual(
      [...readJourneys(file).values()].map((mails) => mails.length),
      [3],
    );
  });

  const second = `Journey ${journeyId}, step 2`;
  const bad: [what: string, value: unknown, message: string][] = [
    ["a list", [], "The journeys must be an object."],
    ["null", null, "The journeys must be an object."],
    ["an id that is no UUID", { welcome: { steps: [step] } }, 'Journey "welcome" has an id that is not a UUID.'],
    [
      "an id twice",
      { [journeyId]: { steps: [step] }, [journeyId.toUpperCase()]: { steps: [step] } },
      `Journey ${journeyId.toUpperCase()} is listed twice.`,
    ],
    ["a journey that is a list", { [journeyId]: [step] }, `Journey ${journeyId} must be an object.`],
    [
      "an unknown field of a journey",
      { [journeyId]: { steps: [step], from: "x" } },
      `Journey ${journeyId} has an unknown field "from"; there are steps.`,
    ],
    ["no steps", { [journeyId]: {} }, `Journey ${journeyId} must have a list of steps.`],
    ["an empty list of steps", steps(), `Journey ${journeyId} must have a list of steps.`],
    ["steps that are no list", { [journeyId]: { steps: step } }, `Journey ${journeyId} must have a list of steps.`],
    ["a step that is text", steps(step, "Welcome"), `${second} must be an object.`],
    [
      "an unknown field of a step",
      steps(step, { ...step, body: "x" }),
      `${second} has an unknown field "body"; there are delay, delayMs, subject, text, html.`,
    ],
    ["no subject", steps(step, { delay: "1d", text: "x" }), `${second} must have a subject.`],
    ["an empty subject", steps(step, { ...step, subject: " " }), `${second} must have a subject.`],
    ["a subject that is a number", steps(step, { ...step, subject: 5 }), `${second} must have a subject.`],
    ["neither text nor html", steps(step, { delay: "1d", subject: "x" }), `${second} must have text, html or both.`],
    ["an empty text", steps(step, { ...step, text: "" }), `${second}: text must be a string that is not empty.`],
    ["html that is a list", steps(step, { ...step, html: [] }), `${second}: html must be a string that is not empty.`],
    ["no delay", steps(step, undelayed), `${second} must have delay or delayMs.`],
    ["two delays", steps(step, { ...step, delayMs: 5 }), `${second} must have delay or delayMs.`],
    ...["-1d", "soon", "", "5", "1x", "d"].map((delay): [string, unknown, string] => [
      `a delay of "${delay}"`,
      steps(step, { ...step, delay }),
      `${second}: delay must be a time from 0 with its unit, such as "0s", "90m" or "1d"; it is "${delay}".`,
    ]),
    [
      "a delay as a number",
      steps(step, { ...step, delay: 5 }),
      `${second}: delay must be a time from 0 with its unit, such as "0s", "90m" or "1d"; it is 5.`,
    ],
    ...[-1, 1.5, "5"].map((delayMs): [string, unknown, string] => [
      `a delayMs of ${JSON.stringify(delayMs)}`,
      steps(step, { ...undelayed, delayMs }),
      `${second}: delayMs must be a whole number from 0.`,
    ]),
  ];
  for (const [what, value, message] of bad) {
    it(`are refused with ${what}`, () => assert.throws(() => journeysOf(value), { message }));
  }

  describe("in a file", () => {
    let folder: string;
    before(() => {
      folder = fs.mkdtempSync(path.join(os.tmpdir(), "journeys-"));
    });
    after(() => fs.rmSync(folder, { recursive: true }));
    const write = (text: string) => {
      const file = path.join(folder, "journeys.json");
      fs.writeFileSync(file, text);
      return file;
    };

    it("that is not there are refused", () => {
      assert.throws(
        () => readJourneys(path.join(folder, "none.json")),
        /^Error: Could not read the journeys in .*none\.json: there is no such file\.$/,
      );
    });

    it("that is no JSON are refused on one line", () => {
      assert.throws(
        () => readJourneys(write('{\n "steps": [\n}')),
        (error: Error) => /^Could not read the journeys in .*journeys\.json: .*JSON.*\.$/.test(error.message),
      );
    });

    it("that is bad end the sandbox at its start, with one line that names the file and the step", async () => {
      const file = write(JSON.stringify(steps(step, { ...step, delay: "-1d" })));
      const command = path.join(__dirname, "../../../sandbox/bin/mailmodo-sandbox.js");
      const args = [command, "--port", "0", "--journeys", file];
      const { code, stderr, stdout } = await promisify(execFile)(process.execPath, args).then(
        () => assert.fail("it started"),
        (error: { code: number; stderr: string; stdout: string }) => error,
      );
      assert.deepEqual([code, stdout], [1, ""]);
      assert.equal(
        stderr,
        `${file}: ${second}: delay must be a time from 0 with its unit, such as "0s", "90m" or "1d"; it is "-1d".\n`,
      );
    });
  });
});
