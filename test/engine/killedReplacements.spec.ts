import assert from "node:assert/strict";
import { once } from "node:events";
import * as fs from "node:fs";
import { journalOf } from "../support/journalOf";
import { pluginsOf } from "../support/pluginsOf";
import { useProject } from "../support/project";
import { DESTROY, UP } from "../support/pulumiArgs";
import { recoverByCli } from "../support/recoverByCli";

const ada = "ada+seeds.test@seeds.example.com";

/** Pulumi deletes the slug before it makes its next one, and so deletes first what depends on it. The address stays. */
const program = (enrolled: string) => `
const slug = new pulumi.dynamic.Resource({
  create: async (inputs) => ({ id: "slug-" + inputs.round, outs: { ...inputs, name: "ada" } }),
  diff: async (id, olds, news) => ({
    changes: olds.round !== news.round,
    replaces: olds.round !== news.round ? ["round"] : [],
    deleteBeforeReplace: true,
  }),
  delete: async () => {},
}, "slug", { round: process.env.ROUND || "1", name: undefined });
const contact = new Contact("ada", { email: pulumi.interpolate\`\${slug.name}+seeds.test@seeds.example.com\`, list: "Seeds" });
new JourneyEnrollment("welcome", { journeyId, email: ${enrolled} });
`;

for (const keepsJournal of [true, false]) {
  const where = keepsJournal ? "" : " on another machine";
  describe(`a contact that was archived and was being added again${where} when its up was killed`, () => {
    for (const [what, enrolled, running] of [
      ["where its enrollment was replaced with it", "contact.email", []],
      ["where its enrollment has the address as text", JSON.stringify(ada), [ada]],
    ] as const)
      it(`is archived once it is recovered and destroyed, ${what}`, async () => {
        const { project, sandbox, active } = await killed(enrolled);
        const recovered = await recoverByCli(project, "--run-is-over");
        assert.equal(recovered.code, 0, recovered.output);
        assert.deepEqual([active(), sandbox.running()], [[...running], [...running]], recovered.output);
        await project.succeed(...DESTROY);
        assert.deepEqual([active(), sandbox.running()], [[], []]);
      });

    it("is the stack's again after the next up", async () => {
      const { project, sandbox, active } = await killed("contact.email");
      assert.equal((await recoverByCli(project, "--run-is-over")).code, 0);
      await project.succeed(...UP);
      assert.deepEqual([active(), sandbox.running()], [[ada], [ada]]);
      await project.succeed(...DESTROY);
      assert.deepEqual([active(), sandbox.running()], [[], []]);
    });

    const made = useProject("");

    /** Runs an up, and kills the next one once it has added the contact again and has no answer yet. */
    async function killed(enrolled: string) {
      const project = made();
      const { sandbox } = project;
      const active = () => sandbox.contacts().flatMap(({ email, archived }) => (archived ? [] : [email]));
      project.program(program(enrolled));
      await project.succeed(...UP);
      sandbox.faults.add({ kind: "delay", on: "addToList", delayMs: 1_500 });
      project.env["ROUND"] = "2";
      const cli = project.start({}, ...UP);
      const ended = once(cli, "exit");
      const adds = () => sandbox.store.requests().filter(({ path }) => path.includes("addToList"));
      while (cli.exitCode === null && (adds().length < 2 || active().length === 0))
        await new Promise((resolve) => setImmediate(resolve));
      assert.equal(cli.exitCode, null);
      const plugins = pluginsOf(project);
      cli.kill("SIGKILL");
      for (const pid of plugins) process.kill(pid, "SIGKILL");
      await ended;
      sandbox.faults.clear();
      if (!keepsJournal) fs.rmSync(journalOf(project.env), { recursive: true, force: true });
      return { project, sandbox, active };
    }
  });
}
