import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { recover } from "../../../../provider/commands/recover/recover";
import { stackIdentity } from "../../../../provider/journal/stackIdentity";
import { TYPES } from "../../../../provider/model/stateFormat";
import { backendOf } from "../../../../provider/pulumi/backend";
import { settings } from "../../../support/configure";
import { deadProcess } from "../../../support/deadProcess";
import { journalOf } from "../../../support/journalOf";
import { journeyId } from "../../../support/journeyId";
import { modelBackends, useModelBackend } from "../../../support/modelBackend";
import { useModelCli } from "../../../support/modelCli";
import { openJournal } from "../../../support/openJournal";
import { json, serve, type TestServer } from "../../../support/server";
import { no } from "../../../support/vendor";
import { writeAs } from "../../../support/writeAs";

const inputs = { journeyId, email: "ada@seeds.example.com", abortReason: "over", allowDuplicateEmail: false };
const unconfirmed = {
  urn: "urn:pulumi:test::seeds::x::ada",
  type: TYPES.enrollment,
  inputs,
  outputs: { ...inputs, status: "unconfirmed" },
};

describe("an abort by address that a run lost, and that Mailmodo refuses a recover in unknown words", () => {
  const url = useModelBackend();
  useModelCli();
  let folder: string;
  let mailmodo: TestServer;
  beforeEach(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "recover-"));
    fs.writeFileSync(path.join(folder, "Pulumi.yaml"), "name: seeds\nruntime: nodejs\n");
    mailmodo = await serve((response) => json(response, 400, { ...no, message: "Journey is paused" }));
  });
  afterEach(async () => {
    await mailmodo.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  /** @returns What recover gives and logs, and how many files of notes it leaves. */
  async function recovering(lateStartSeconds: number, resources: readonly object[]) {
    const backend = modelBackends.get(url())!;
    const values = settings(mailmodo.url, { "mailmodo:lateStartSeconds": String(lateStartSeconds) });
    backend.config = JSON.stringify(
      Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }])),
    );
    backend.states.set("test", JSON.stringify({ version: 3, deployment: { manifest: { time: "1" }, resources } }));
    const env = { PULUMI_BACKEND_URL: url(), PULUMI_HOME: folder };
    const stack = stackIdentity("organization/seeds/test", backendOf({ env, folder, askCli: url }));
    const journal = journalOf(env);
    await (await openJournal({ folder: journal, stack })).addNote("abort", inputs);
    writeAs(journal, deadProcess());
    const lines: string[] = [];
    const { problems } = await recover({ stack: "test", cwd: folder, env, log: (line) => void lines.push(line) });
    const notes = fs.readdirSync(journal).filter((name) => name.endsWith(".jsonl")).length;
    return { problems, lines, notes, asked: mailmodo.seen.length };
  }

  it("is settled, with its note, where the state has no record of the address and it is too old to take effect", async () => {
    const { problems, lines, notes, asked } = await recovering(0, []);
    assert.deepEqual([problems, notes, asked], [[], 0, 1]);
    assert.match(lines.join("\n"), /: "Journey is paused"\. No stack records it, so recover does not try again\.$/m);
  });

  for (const [what, lateStartSeconds, resources] of [
    ["the state records the address", 0, [unconfirmed]],
    ["it may still take effect", 60, []],
  ] as const)
    it(`stays, and the setting that helps is named, where ${what}`, async () => {
      const { problems, notes } = await recovering(lateStartSeconds, resources);
      assert.match(
        problems.join("\n"),
        /^Could not abort .*: "Journey is paused"\. If that means that it has ended, add a phrase of Mailmodo's words to mailmodo:alreadyOver, and recover again\.$/,
      );
      assert.equal(notes, 1);
    });
});
