import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { SANDBOX_KEY } from "mailmodo-sandbox";
import { readRuns } from "../../../provider/journal/runFile";
import type { ContactInputs } from "../../../provider/model/contactInputs";
import { addNote } from "../../../provider/model/contactNote";
import { LOADER, TYPES } from "../../../provider/model/stateFormat";
import { JournaledCall } from "../../../provider/plugin/journaledCall";
import { Session } from "../../../provider/plugin/session";
import { contactInputs } from "../../support/contactInputs";
import { inputs } from "../../support/enrollmentInputs";
import { useEnvironment } from "../../support/environment";
import { journalOf } from "../../support/journalOf";
import { modelBackends } from "../../support/modelBackend";
import { useModelCli } from "../../support/modelCli";
import { usePluginProcess } from "../../support/pluginProcess";
import { connectionTo } from "../../support/vendor";

// The state is what the model of the CLI says it is. test/engine has one that the real engine could not write.
describe("the notes of a run, at its end", () => {
  const instanceId = "11111111-2222-4333-8444-555555555555";
  const enrollment = { ...inputs, stack: "organization/seeds/test" };
  const resource = {
    urn: "urn:pulumi:test::seeds::x::one",
    type: TYPES.enrollment,
    outputs: { ...enrollment, instanceId, status: "started", __provider: LOADER },
  };
  const sentAt = Date.UTC(2026, 10, 27);
  const unconfirmed = (at: number) => ({
    ...resource,
    outputs: { ...enrollment, status: "unconfirmed", startedAt: new Date(at).toISOString(), __provider: LOADER },
  });
  const stateWith = (...resources: object[]) => JSON.stringify({ version: 3, deployment: { resources } });
  const contact = { ...contactInputs, stack: enrollment.stack };
  const withContact = (recorded: Partial<ContactInputs> = {}) =>
    stateWith({
      urn: "urn:pulumi:test::seeds::x::ada",
      type: TYPES.contact,
      outputs: { ...contact, ...recorded, adopted: false },
    });
  let folder: string;
  useModelCli();
  usePluginProcess();
  useEnvironment(() => ({ PULUMI_HOME: folder, PULUMI_BACKEND_URL: `file://${folder}` }));
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-mailmodo-journals-"));
  });
  afterEach(() => {
    fs.rmSync(folder, { recursive: true, force: true });
  });

  /** Ends a run that had an answer, or had none to a start, and whose state is this then. @returns How many notes are left. */
  async function left(answer: "start" | "abort" | "none" | "add", state: string | undefined): Promise<number> {
    const url = `file://${folder}`;
    process.env["PULUMI_HOME"] = folder;
    process.env["PULUMI_BACKEND_URL"] = url;
    modelBackends.set(url, { states: new Map(state === undefined ? [] : [["test", state]]), config: "{}" });
    const { journals } = new Session();
    const to = connectionTo("http://127.0.0.1:1", SANDBOX_KEY);
    const noted = {
      start: () => enrollment,
      abort: () => ({ ...enrollment, instanceId }),
      none: () => enrollment,
      add: () => addNote(contact),
    };
    const kind = answer === "none" ? "start" : answer;
    const call = new JournaledCall(await journals.of(to, enrollment.stack), kind, noted[answer]());
    await call.writeNoteOnly();
    const answered = {
      start: () => call.confirmStart(instanceId),
      abort: () => call.confirmAbort(),
      none: () => call.leaveUnconfirmed(sentAt),
      add: () => call.confirmContact("contact"),
    };
    journals.finishAtEnd(answered[answer]());
    await journals.close();
    return readRuns(journalOf(process.env)).runs.flatMap(({ notes }) => notes).length;
  }
  for (const [answer, what, state, notes] of [
    ["start", "finished where the state has its instance", stateWith(resource), 0],
    ["start", "kept where the state does not have it", stateWith(), 1],
    ["start", "kept where the state cannot be read", undefined, 1],
    ["abort", "finished where the state has the instance no more", stateWith(), 0],
    ["abort", "kept where the state still has it", stateWith(resource), 1],
    ["none", "finished where the state has the unconfirmed start", stateWith(unconfirmed(sentAt)), 0],
    ["none", "kept where the state has none", stateWith(), 1],
    ["none", "kept where the state has an earlier one", stateWith(unconfirmed(sentAt - 60_000)), 1],
    ["none", "kept where the state has an instance of another start", stateWith(resource), 1],
    ["none", "kept where the state cannot be read", undefined, 1],
    ["add", "finished where the state has what was added", withContact(), 0],
    ["add", "kept where the state has no such contact", stateWith(), 1],
    ["add", "kept where the state has it with earlier values", withContact({ data: { first_name: "Eve" } }), 1],
    ["add", "kept where the state has it in its former list", withContact({ list: "Others" }), 1],
  ] as const) {
    it(`are ${what}: ${answer === "none" ? "a start without an answer" : `a confirmed ${answer}`}`, async () =>
      assert.equal(await left(answer, state), notes));
  }
});
