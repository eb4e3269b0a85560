import assert from "node:assert/strict";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { journalOf } from "../support/journalOf";
import { journeyId } from "../support/journeyId";
import { pluginsOf } from "../support/pluginsOf";
import { useProject, type Project } from "../support/project";
import { DESTROY, UP } from "../support/pulumiArgs";
import { recoverByCli } from "../support/recoverByCli";

const ada = "ada+seeds.test@seeds.example.com";
const CONTACT = `new Contact("ada", { email: "${ada}", list: "Seeds" });`;
const ENROLLED = `new JourneyEnrollment("welcome", { journeyId, email: "${ada}", archiveContact: true });`;

const archived = ({ sandbox }: Project) =>
  sandbox.contacts().flatMap(({ email, archived: isArchived }) => (isArchived ? [email] : []));

/**
 * Kills an up before it has the answers to what it has sent.
 *
 * @param isSent Whether all of that has taken effect.
 */
async function killUp(project: Project, victims: "all" | "plugin", isSent: () => boolean): Promise<void> {
  const { sandbox } = project;
  for (const on of ["start", "addToList"] as const) sandbox.addFault({ kind: "delay", on, delayMs: 1_500 });
  const cli = project.start({}, ...UP);
  const ended = once(cli, "exit");
  while (!isSent()) await new Promise((resolve) => setImmediate(resolve));
  const plugins = pluginsOf(project);
  if (victims === "all") cli.kill("SIGKILL");
  for (const pid of plugins) process.kill(pid, "SIGKILL");
  await ended;
  sandbox.clearFaults();
}

for (const [what, program] of [
  ["a contact", `const ada = ${CONTACT} new JourneyEnrollment("welcome", { journeyId, email: ada.email });`],
  ["the contact of archiveContact", ENROLLED],
] as const) {
  describe(`${what} whose up was killed in a start, in a container that is gone`, () => {
    const project = useProject(program);

    it("is not archived by a destroy before recover has ended the journey that the state's pending create tells of", async () => {
      const { sandbox } = project();
      await killUp(project(), "all", () => sandbox.running().length > 0);
      fs.rmSync(journalOf(project().env), { recursive: true });
      await project().succeed("cancel", "--yes");

      const { output } = await project().fail(...DESTROY);
      assert.match(
        output,
        new RegExp(
          `Could not archive the contact a\\*\\*\\*@seeds\\.example\\.com: .* journey ${journeyId} for it, which`,
        ),
      );
      assert.match(output, /Run npx pulumi-mailmodo recover --stack test, which/);
      assert.deepEqual([archived(project()), sandbox.running()], [[], [ada]]);

      const recovered = await recoverByCli(project());
      assert.equal(recovered.code, 0, recovered.output);
      await project().succeed(...DESTROY);
      assert.deepEqual([archived(project()), sandbox.running()], [[ada], []]);
    });
  });
}

describe("a recovery that cannot read the note of a start", () => {
  const project = useProject(`${CONTACT} new JourneyEnrollment("welcome", { journeyId, email: "${ada}" });`);

  it("archives no contact, and says so", async () => {
    const { sandbox } = project();
    const isAdded = () => sandbox.contacts().some(({ lists }) => lists.includes("Seeds"));
    await killUp(project(), "plugin", () => sandbox.running().length > 0 && isAdded());
    const folder = journalOf(project().env);
    const files = () => fs.readdirSync(folder).map((name) => path.join(folder, name));
    for (const file of files())
      fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace(/("call":"start","sealed":")./, "$1!"));

    const { code, output } = await recoverByCli(project());
    assert.deepEqual([code, archived(project()), sandbox.running()], [1, [], [ada]]);
    assert.match(output, /1 unsettled call cannot be read: .* delete \S+\.jsonl\.$/m);
    assert.match(output, /^The contacts of the killed run were left in Mailmodo, because a journey of them may run\./m);
  });
});
