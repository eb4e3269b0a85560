import assert from "node:assert/strict";
import { defaultProfile, type Profile } from "mailmodo-sandbox";
import { useProbes } from "../../../support/probing";

const NOT_SEEN = "an abort of what has ended";

/** Answers, the situation that they are for, and what is said of it. */
const CASES: [name: string, changes: Partial<Profile>, situation: string, verdict: string, note?: RegExp][] = [
  ["a 401", { wrongKey: { status: 401, message: "No" } }, "a wrong key", "right"],
  [
    "words that do not name the key",
    { wrongKey: { status: 403, message: "No" } },
    "a wrong key",
    "defect",
    /that the key is/,
  ],
  [
    "a success",
    { wrongKey: { status: 200, body: { success: true } } },
    "a wrong key",
    "defect",
    /took an invented key/,
  ],
  [
    "a refusal",
    { start: { status: 400, message: "The journey is paused" } },
    "a start",
    "fix",
    /correct what Mailmodo names/,
  ],
  [
    "words of its own",
    { duplicate: { status: 400, message: "Nope" } },
    "a second start while it runs",
    "defect",
    /already/,
  ],
  ["another instance", { duplicate: "accepted" }, "a second start while it runs", "right", /everything twice/],
  ["its end for ever", { duplicateMeans: "ever" }, "a start after the abort", "right", /once, ever/],
  ["words of its own", { abortEnded: { status: 400, message: "Flow was left before" } }, NOT_SEEN, "setting"],
  ["words that say too little", { abortEnded: { status: 400, message: "Failed" } }, NOT_SEEN, "defect", /no phrase/],
  [
    "words for any failure",
    { abortEnded: { status: 404, message: "Some Internal Error Occurred: 404" } },
    NOT_SEEN,
    "defect",
  ],
  [
    "the words for a wrong key",
    {
      abortEnded: { status: 400, message: "Please log in first" },
      wrongKey: { status: 401, message: "Please log in first" },
    },
    NOT_SEEN,
    "defect",
  ],
  ["words about the key", { abortEnded: { status: 400, message: "Invalid API key" } }, NOT_SEEN, "defect", /the key/],
  [
    "a failure",
    { abortEnded: { status: 500, message: "Flow was left before" } },
    NOT_SEEN,
    "defect",
    /neither yes nor no/,
  ],
];

describe("the probe's judgement", () => {
  const probe = useProbes();

  for (const [name, changes, situation, verdict, note = /(?:)/] of CASES) {
    it(`of ${situation}, answered with ${name}, is: ${verdict}`, async () => {
      const { result, exitCode, sandbox } = await probe({ profile: { ...defaultProfile, ...changes } });
      const row = result?.rows.find((one) => one.situation === situation);
      assert.equal(row?.verdict, verdict, JSON.stringify(row));
      assert.match(row?.note ?? "", note);
      assert.equal(exitCode, verdict === "right" ? 0 : 1);
      assert.deepEqual(sandbox.running(), []);
    });
  }
});
