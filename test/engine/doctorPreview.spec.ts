import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { stackIdentity } from "../../provider/journal/stackIdentity";
import { backendAt } from "../../provider/pulumi/backend";
import { startProxy } from "../support/connectProxy";
import { deadProcess } from "../support/deadProcess";
import { doctor } from "../support/doctor";
import { journalOf } from "../support/journalOf";
import { journeyId } from "../support/journeyId";
import { openJournal } from "../support/openJournal";
import { useFolderBackend, useRunners, type Runner } from "../support/previews";
import { useSandbox } from "../support/sandbox";
import { writeAs } from "../support/writeAs";

const PREVIEW = ["--stack", "pr-3"];
const FILE = ["--config-file", "Pulumi.preview.yaml"];

describe("pulumi-mailmodo doctor looks at a preview:", () => {
  const sandbox = useSandbox({}, "suite");
  const backend = useFolderBackend("suite");
  const newRunner = useRunners(sandbox, backend, "suite");
  let runner: Runner;
  before(async () => {
    runner = await newRunner();
    await runner.succeed("up", "--name", "pr-3");
  });

  it("sends the key nowhere without the preview's settings, which say where its Mailmodo is", async () => {
    const proxy = await startProxy({ status: 502 });
    const withProxy = { HTTPS_PROXY: `http://${proxy.host}`, NO_PROXY: undefined, no_proxy: undefined };
    const { dir } = runner;
    const text = fs.readFileSync(path.join(dir, "Pulumi.yaml"), "utf8");
    try {
      for (const config of ["", "config:\n  mailmodo:allowedRecipients: ['*@seeds.example.com']\n"]) {
        fs.writeFileSync(path.join(dir, "Pulumi.yaml"), text + config);
        const { line } = await doctor(runner, withProxy, ...PREVIEW);
        for (const check of ["Mailmodo", "clock"]) {
          assert.equal(
            line(check),
            "skipped: Not checked. Which Mailmodo the stack uses is not known, because it has no settings file here.",
          );
        }
      }
      assert.deepEqual(proxy.seen, []);
    } finally {
      fs.writeFileSync(path.join(dir, "Pulumi.yaml"), text);
      await proxy.close();
    }
  });

  it("asks the Mailmodo that the preview's settings name", async () => {
    const { line } = await doctor(runner, {}, ...PREVIEW, ...FILE);
    assert.equal(line("Mailmodo"), `ok: ${new URL(sandbox().url).host} accepts the API key.`);
  });

  it("names the command that recovers a preview for all that a killed run left", async () => {
    const { pid } = deadProcess();
    const lock = path.join(backend().dir, ".pulumi/locks/organization/seeds/pr-3/1.json");
    const held = { pid, username: "ci", hostname: os.hostname(), timestamp: new Date().toISOString() };
    fs.mkdirSync(path.dirname(lock), { recursive: true });
    fs.writeFileSync(lock, JSON.stringify(held));
    addPending(path.join(backend().dir, ".pulumi/stacks/seeds/pr-3.json"));
    await addNote();
    for (const more of [FILE, []]) {
      const { line } = await doctor(runner, {}, "--offline", ...PREVIEW, ...more);
      for (const check of ["lock", "pending operations", "journal"]) {
        assert.match(line(check), / Run npx pulumi-mailmodo previews up --name pr-3, or previews down\b/, check);
        assert.doesNotMatch(line(check), /recover --stack/, check);
      }
    }
    fs.writeFileSync(lock, JSON.stringify({ ...held, hostname: "runner-7" }));
    fs.copyFileSync(path.join(runner.dir, "Pulumi.preview.yaml"), path.join(runner.dir, "mine.yaml"));
    const { line } = await doctor(runner, {}, "--offline", ...PREVIEW, "--config-file", "mine.yaml");
    assert.match(
      line("lock"),
      /if it has ended: npx pulumi-mailmodo previews up --name pr-3 --settings mine\.yaml --run-is-over, or previews down --name pr-3 --settings mine\.yaml --run-is-over\.$/,
    );
    fs.writeFileSync(lock, JSON.stringify(held));
    await runner.succeed("down", "--name", "pr-3");
    assert.deepEqual(sandbox().running(), []);
  });

  function addPending(file: string): void {
    const state = JSON.parse(fs.readFileSync(file, "utf8")) as {
      checkpoint: { latest: { resources: { type: string }[]; pending_operations?: unknown[] } };
    };
    const { latest } = state.checkpoint;
    const [resource] = latest.resources.filter(({ type }) => type.endsWith(":JourneyEnrollment"));
    latest.pending_operations = [{ resource, type: "deleting" }];
    fs.writeFileSync(file, JSON.stringify(state));
  }

  async function addNote(): Promise<void> {
    const folder = journalOf(runner.env);
    const stack = stackIdentity("organization/seeds/pr-3", backendAt(backend().env.PULUMI_BACKEND_URL!, runner.dir));
    const journal = await openJournal({ folder, stack });
    const email = "ada@seeds.example.com";
    await journal.addNote("start", { journeyId, email, abortReason: "over", allowDuplicateEmail: false });
    writeAs(folder, deadProcess());
  }
});
