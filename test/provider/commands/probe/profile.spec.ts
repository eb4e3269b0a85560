import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { defaultProfile, readProfileFile, SANDBOX_KEY, type Profile } from "mailmodo-sandbox";
import { journeyId } from "../../../support/journeyId";
import { useProbes, useTemporaryFolder } from "../../../support/probing";

/** Answers that no named profile has. */
const ODD: Readonly<Record<string, Partial<Profile>>> = {
  "a page for what is unknown": { abortUnknown: { status: 404, text: "<h1>Not found</h1>", contentType: "text/html" } },
  "a text, and nothing": { wrongKey: { status: 403, text: "Forbidden" }, abortEnded: { status: 410, text: "" } },
  "success for an invalid address, as in the contract's example": {
    invalidEmail: { status: 200, body: { success: true, message: "The provided email is not a valid email id" } },
  },
  "what the call concerns, in other envelopes": {
    started: { status: 201, body: { success: true, id: "{{instanceId}}", ref: "{{instanceId}}", to: ["{{email}}"] } },
    duplicate: { status: 409, body: { success: false, message: "{{email}} is in {{journeyId}} as {{instanceId}}" } },
    abortUnknown: { status: 404, message: "Instance {{instanceId}} does not exist" },
    invalidEmail: { status: 422, body: { errors: [{ value: "{{email}}" }] } },
  },
  "no instance id": { started: { status: 200, body: { success: true, message: "journey Executed" } } },
  "another answer by address": {
    aborted: { status: 200, message: "Stopped one" },
    addressAborted: { status: 200, message: "Stopped all of {{email}}" },
    addressUnknown: { status: 404, message: "Nothing runs for {{email}}" },
  },
  "success by address alone": { addressUnknown: "success", abortUnknown: { status: 404, message: "No such instance" } },
  "another answer ever than while it runs": {
    duplicateMeans: "ever",
    duplicateEnded: { status: 409, message: "This contact has already been here", withRef: true },
  },
  "another success for what had ended": {
    abortEnded: { status: 200, body: { success: true, message: "Was aborted before" } },
  },
  "an unknown journey": {
    unknownJourney: { status: 404, body: { error: "error", message: "No journey {{journeyId}}" } },
    journeys: [journeyId],
  },
  "an id of an instance that runs in place of another": {
    duplicate: { status: 200, body: { success: true, message: "journey Executed", ref: "{{instanceId}}" } },
  },
  "an error of the server for what has ended": { abortEnded: { status: 500, message: "Internal error" } },
};

describe("the probe's profile file", () => {
  const probe = useProbes();
  const folder = useTemporaryFolder();

  for (const [index, [name, changes]] of Object.entries(ODD).entries()) {
    for (const secondInstance of [false, true]) {
      it(`plays ${name}${secondInstance ? ", by --second-instance" : ""}`, async () => {
        const out = path.join(folder(), `odd-${index}-${secondInstance}.json`);
        const profile = { ...defaultProfile, ...changes };
        const first = await probe({ profile, options: { secondInstance, out } });
        assert.deepEqual(first.sandbox.running(), [], first.lines.join("\n"));
        const text = fs.readFileSync(out, "utf8");
        assert.ok(!text.includes(SANDBOX_KEY) && !text.includes("secret"), text);
        const second = await probe({ profile: readProfileFile(out), options: { secondInstance } });
        const { file, ...seen } = first.result!;
        assert.equal(file, out);
        assert.deepEqual(second.result, seen);
        assert.equal(second.exitCode, first.exitCode);
      });
    }
  }

  it("is not written where an answer was cut off", async () => {
    const out = path.join(folder(), "cut.json");
    const spoil = (nth: number) => (nth === 4 ? ({ kind: "reset", isPassedOn: true } as const) : undefined);
    const { exitCode, result } = await probe({ spoil, options: { out } });
    assert.equal(exitCode, 1);
    assert.equal(result?.file, undefined);
    assert.ok(!fs.existsSync(out));
  });

  it("has no answer of a gateway, which is no defect of the provider", async () => {
    const out = path.join(folder(), "gateway.json");
    const spoil = (nth: number) => (nth === 2 ? ({ kind: "502-html", isPassedOn: false } as const) : undefined);
    const { exitCode, result } = await probe({ spoil, options: { out } });
    const row = result?.rows.find(({ status }) => status === 502);
    assert.equal(exitCode, 1);
    assert.equal(row?.verdict, "fix");
    assert.match(row.note ?? "", /check --base-url or the proxy/);
    assert.equal(readProfileFile(out).start, undefined);
  });

  it("has the answer that says neither yes nor no, so that it can be reported", async () => {
    const out = path.join(folder(), "defect.json");
    const spoil = (nth: number) => (nth === 2 ? ({ kind: "500", isPassedOn: false } as const) : undefined);
    const { exitCode, result } = await probe({ spoil, options: { out } });
    assert.equal(exitCode, 1);
    assert.equal(result?.rows.find(({ status }) => status === 500)?.verdict, "defect");
    assert.equal((readProfileFile(out).start ?? { status: 0 }).status, 500);
  });
});
