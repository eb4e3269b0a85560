import assert from "node:assert/strict";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { TYPES } from "../../provider/model/stateFormat";
import { journalOf } from "../support/journalOf";
import { pluginsOf } from "../support/pluginsOf";
import { useProject } from "../support/project";
import { DESTROY, UP } from "../support/pulumiArgs";
import { recoverByCli } from "../support/recoverByCli";

const ada = "ada+seeds.test@seeds.example.com";
const contact = (name: string) =>
  `new Contact("ada", { email: "${ada}", list: "Seeds", data: { first_name: "${name}" } });`;
/** Longer than the CLI takes to begin a destroy, on a busy machine. */
const LATE_START_SECONDS = 20;
const URN = `urn:pulumi:test::seeds::${TYPES.contact}::ada`;

for (const [what, pending, args] of [
  ["changed", "updating", UP],
  ["was told to replace", "creating", [...UP, "--replace", URN]],
] as const)
  describe(`a recorded contact, when the up that ${what} it was killed on another machine, and its add takes effect late`, () => {
    const project = useProject(contact("Ada"));
    /** Once what is late has happened. */
    const contacts = () =>
      project()
        .sandbox.contacts()
        .map(({ data, archived }) => [data["first_name"], archived]);

    beforeEach(async () => {
      const { sandbox } = project();
      await project().succeed(...UP);
      await project().succeed("config", "set", "mailmodo:lateStartSeconds", String(LATE_START_SECONDS));
      project().program(contact("Bea"));
      sandbox.faults.add({ kind: "late", on: "addToList", lateMs: 3_600_000 });
      const cli = project().start({}, ...args);
      const ended = once(cli, "exit");
      while (!sandbox.store.requests().some(({ fault }) => fault === "late"))
        await new Promise((resolve) => setImmediate(resolve));
      const plugins = pluginsOf(project());
      cli.kill("SIGKILL");
      for (const pid of plugins) process.kill(pid, "SIGKILL");
      await ended;
      sandbox.faults.clear();
      const state = path.join(project().dir, "../state/.pulumi/stacks/seeds/test.json");
      assert.match(fs.readFileSync(state, "utf8"), new RegExp(`"type": ?"${pending}"`));
      fs.rmSync(journalOf(project().env), { recursive: true, force: true });
      const { code, output } = await recoverByCli(project(), "--run-is-over");
      assert.equal(code, 0, output);
      assert.match(
        output,
        /^The killed run may have changed the contact a\*\*\*@seeds\.example\.com\. .*\nCleared 1 /m,
      );
      assert.deepEqual(contacts(), [["Ada", false]], "it has not taken effect yet");
      // A destroy that did not wait would come before that.
      await sandbox.moveClock({ advanceSeconds: 3_600 - LATE_START_SECONDS / 2 });
    });

    it("is archived by a destroy, which waits until the add can no longer take effect", async () => {
      const { output } = await project().succeed(...DESTROY);
      assert.match(output, /Waiting \d+ s: until then, an add whose answer was lost may still take effect\./);
      assert.deepEqual(contacts(), [["Bea", true]]);
    });

    it("is added again by an up, though the program has its former values", async () => {
      project().program(contact("Ada"));
      project().requests();
      await project().succeed(...UP);
      assert.ok(project().requests().length > 0);
      await project().succeed(...DESTROY);
      assert.equal(contacts()[0]![1], true);
    });
  });
