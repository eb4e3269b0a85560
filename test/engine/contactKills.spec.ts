import assert from "node:assert/strict";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { CONTACT_LOADER, TYPES } from "../../provider/model/stateFormat";
import { editState, type FileResource } from "../support/editState";
import { journalOf } from "../support/journalOf";
import { pluginsOf } from "../support/pluginsOf";
import { ONE, useFolderBackend, useRunners } from "../support/previews";
import { useProject } from "../support/project";
import { DESTROY, UP } from "../support/pulumiArgs";
import { recoverByCli } from "../support/recoverByCli";
import { useSandbox, type RunningSandbox } from "../support/sandbox";

const ada = "ada+seeds.test@seeds.example.com";
const CONTACT = `new Contact("ada", { email: "${ada}", list: "Seeds" });`;
const ENROLLED = `new JourneyEnrollment("welcome", { journeyId, email: "${ada}" });`;
const LEFT =
  /The contact a\*\*\*@seeds\.example\.com was left in Mailmodo: a killed run may have added it, and urn:\S+::welcome enrolls it\./;

const RECORDED =
  /^The killed run may have added the contact a\*\*\*@seeds\.example\.com\. It is recorded: the next pulumi up adds it again; a destroy archives it\.$/m;

const WHOLE =
  /^Run the next pulumi up without --target and --exclude: with them, Pulumi may stop halfway \("Duplicate resource URN"\)/m;

const active = (sandbox: RunningSandbox) => sandbox.contacts().filter(({ archived }) => !archived);

for (const [what, victims, keepsJournal] of [
  ["the plugin of its add was", "plugin", true],
  ["its add was", "all", true],
  ["its add was", "all", false],
] as const) {
  const where = keepsJournal ? "" : " on another machine";
  describe(`a contact${where}, when ${what} killed, and that a recorded enrollment has as text`, () => {
    const project = useProject(ENROLLED);
    beforeEach(async () => {
      const { sandbox } = project();
      await project().succeed(...UP);
      project().program(`${ENROLLED} ${CONTACT}`);
      sandbox.faults.add({ kind: "delay", on: "addToList", delayMs: 1_500 });
      const cli = project().start({}, ...UP);
      const ended = once(cli, "exit");
      while (!sandbox.contacts().some(({ lists }) => lists.includes("Seeds")))
        await new Promise((resolve) => setImmediate(resolve));
      const plugins = pluginsOf(project());
      if (victims === "all") cli.kill("SIGKILL");
      for (const pid of plugins) process.kill(pid, "SIGKILL");
      await ended;
      sandbox.faults.clear();
      if (!keepsJournal) fs.rmSync(journalOf(project().env), { recursive: true, force: true });
      const { code, output } = await recoverByCli(project(), "--run-is-over");
      // The engine forgets the call of a killed plugin, so the note alone tells of it.
      assert.equal(code, victims === "all" ? 0 : 1, output);
      assert.match(output, victims === "all" ? RECORDED : LEFT);
      assert.equal(WHOLE.test(output), victims === "all");
    });

    it("is archived by a destroy, and the recover after it", async () => {
      await project().succeed(...DESTROY);
      const { code, output } = await recoverByCli(project());
      assert.equal(code, 0, output);
      assert.deepEqual(active(project().sandbox), []);
    });

    it("is the stack's after an up, and a destroy archives it", async () => {
      await project().succeed(...UP);
      const { code, output } = await recoverByCli(project());
      assert.equal(code, 0, output);
      project().program(CONTACT);
      await project().succeed(...UP);
      await project().succeed(...DESTROY);
      assert.deepEqual(active(project().sandbox), []);
    });

    it("stays out of an up with --target of something else, after a whole one", async () => {
      await project().succeed(...UP);
      project().program(`new JourneyCohort("more", { journeyId, contacts: [] }); ${ENROLLED} ${CONTACT}`);
      await project().succeed(...UP, "--target", "**more**");
      assert.deepEqual(
        active(project().sandbox).map(({ email }) => email),
        [ada],
      );
    });
  });
}

describe("a contact of a note alone, which somebody has archived in Mailmodo", () => {
  const project = useProject(CONTACT);

  it("is recovered once, after which nothing is to recover", async () => {
    const { sandbox } = project();
    sandbox.faults.add({ kind: "delay", on: "addToList", delayMs: 1_500 });
    const cli = project().start({}, ...UP);
    const ended = once(cli, "exit");
    while (cli.exitCode === null && active(sandbox).length === 0) await new Promise((resolve) => setImmediate(resolve));
    for (const pid of pluginsOf(project())) process.kill(pid, "SIGKILL");
    await ended;
    sandbox.faults.clear();
    sandbox.setContacts([{ email: ada, archived: true }]);
    assert.match(
      (await recoverByCli(project())).output,
      /^Nothing left to archive for a\*\*\*@\S+: ".+"\nThe stack test is recovered\. Next: pulumi up, or pulumi destroy\.\n$/,
    );
    assert.equal((await recoverByCli(project())).output, "Nothing to recover in the stack test.\n");
  });
});

describe("a preview whose state alone tells of a contact's add, beside an enrollment of it", () => {
  const sandbox = useSandbox();
  const backend = useFolderBackend();
  const newRunner = useRunners(sandbox, backend);

  for (const isUpdating of [false, true]) {
    it(`goes down only once the contact is archived${isUpdating ? ", with a pending update beside it" : ""}`, async () => {
      const runner = await newRunner({ program: ONE });
      await runner.succeed("up", "--name", "pr-1");
      const file = path.join(backend().dir, ".pulumi/stacks/seeds/pr-1.json");
      editState(file, (latest) => {
        const enrollment = latest.resources.find(({ type }) => type === TYPES.enrollment)!;
        const { email, stack } = enrollment.inputs!;
        const inputs = { email, stack, list: "Seeds", data: {}, adopt: false, __provider: CONTACT_LOADER };
        const urn = `urn:pulumi:pr-1::seeds::${TYPES.contact}::qa`;
        const resource: FileResource = { ...enrollment, urn, type: TYPES.contact, id: "", inputs };
        delete resource.outputs;
        latest.pending_operations = [
          { type: "creating", resource },
          ...(isUpdating ? [{ type: "updating", resource: enrollment }] : []),
        ];
      });
      await runner.succeed("down", "--name", "pr-1");
      assert.deepEqual([active(sandbox()), sandbox().running(), backend().stacks()], [[], [], []]);
    });
  }
});

describe("a contact whose state alone tells of its delete", () => {
  const project = useProject(CONTACT);
  const file = () => path.join(project().dir, "../state/.pulumi/stacks/seeds/test.json");
  beforeEach(async () => {
    const { sandbox } = project();
    await project().succeed(...UP);
    editState(file(), (latest) => {
      const resource = latest.resources.find(({ type }) => type === TYPES.contact)!;
      latest.pending_operations = [{ type: "deleting", resource }];
    });
    sandbox.setContacts([{ email: ada, archived: true }]);
    const { code, output } = await recoverByCli(project());
    assert.equal(code, 0, output);
    assert.match(
      output,
      /^The killed run may have archived the contact a\*\*\*@seeds\.example\.com\. .*\nCleared 1 pending/m,
    );
  });

  it("is added again by the next up, after recover", async () => {
    project().program(`${CONTACT} ${ENROLLED}`);
    await project().succeed(...UP);
    assert.equal(active(project().sandbox).length, 1);
    await project().succeed(...UP, "--expect-no-changes");
  });

  it("is gone after a destroy", async () => {
    await project().succeed(...DESTROY);
    assert.deepEqual(active(project().sandbox), []);
  });
});
