import assert from "node:assert/strict";
import { once } from "node:events";
import { pluginsOf } from "../support/pluginsOf";
import { DESTROY, UP } from "../support/pulumiArgs";
import { useProject } from "../support/project";
import { recoverByCli } from "../support/recoverByCli";
import { requestNumber } from "../support/requestNumber";

const at = (name: string) => `${name}+seeds.test@seeds.example.com`;
const ada = at("ada");
const OTHER_JOURNEY = "0b9e8d7c-6a5f-4e4d-9c3b-2a1908f7e6d5";

const PROGRAM = `
const seeds = new pulumi.ComponentResource("seeds:index:Seeds", "seeds");
new JourneyEnrollment("welcome", { journeyId, email: "${ada}" });
new Contact("ada", { email: "${ada}", list: "Seeds" }, { parent: seeds });
`;
const COHORT = `
new JourneyCohort("smoke", { journeyId, contacts: [{ email: "${ada}" }], archiveContact: true, shards: 1 });
`;
const MOVED = `
const plain = new JourneyEnrollment("plain", { journeyId: "${OTHER_JOURNEY}", email: "${ada}" });
new JourneyEnrollment("next", { journeyId: "${OTHER_JOURNEY}", email: "qa@seeds.example.com" }, { dependsOn: plain });
`;
const SHARED = (...names: string[]) => `
new JourneyCohort("smoke", { journeyId, shards: 1, contacts: ${JSON.stringify(names.map((name) => ({ email: at(name) })))} });
`;

describe("a destroy that is to archive a contact before its last enrollment is gone", () => {
  const project = useProject(PROGRAM);
  const state = () => ({
    running: project().sandbox.running().length,
    archived: project()
      .sandbox.contacts()
      .flatMap(({ email, archived }) => (archived ? [email] : [])),
  });

  /** Destroys, follows the advice if that fails, and destroys again. */
  async function destroyAsAdvised(): Promise<string> {
    const { output } = await project().fail(...DESTROY);
    assert.deepEqual(state().archived, []);
    const advice = / end that one first: pulumi destroy --target-dependents --target '([^']+)'\./.exec(output);
    assert.ok(advice, output);
    const urn = advice[1]!;
    await project().succeed(...DESTROY, "--target-dependents", "--target", urn);
    await project().succeed(...DESTROY);
    return urn;
  }

  it("names the enrollment that has to go first, where the contact is in a component", async () => {
    await project().succeed(...UP);
    assert.match(await destroyAsAdvised(), /::welcome$/);
    assert.deepEqual(state(), { running: 0, archived: [ada] });
  });

  it("names it also where an up failed that moved the contact out of a cohort", async () => {
    project().program(COHORT);
    await project().succeed(...UP);
    project().program(MOVED);
    project().sandbox.addFault({ kind: "500", on: "start", email: "qa@seeds.example.com", takesEffect: false });
    await project().fail(...UP);
    assert.match(await destroyAsAdvised(), /::plain$/);
    assert.deepEqual(state(), { running: 0, archived: [ada] });
  });

  it("waits for recover where a killed up may have started it, and nothing but the journal says so", async () => {
    project().program(`new JourneyEnrollment("welcome", { journeyId, email: "${ada}", archiveContact: true });`);
    project().sandbox.addFault({ kind: "delay", delayMs: 500 });
    const reached = requestNumber(project(), 1);
    const cli = project().start({}, ...UP);
    const ended = once(cli, "exit");
    await reached;
    for (const pid of pluginsOf(project())) process.kill(pid, "SIGKILL");
    await ended;
    project().sandbox.clearFaults();

    const { output } = await project().fail(...DESTROY);
    assert.match(
      output,
      /may have started journey \S+ for it, which may still run\. Run npx pulumi-mailmodo recover --stack test, which/,
    );
    assert.deepEqual(state().archived, []);
    assert.equal((await recoverByCli(project())).code, 0);
    await project().succeed(...DESTROY);
    assert.equal(state().running, 0);
  });
});

describe("an up that is to archive a contact before its last enrollment is gone", () => {
  const project = useProject(`${SHARED("ada", "bob", "eve")} new Contact("ada", { email: "${ada}", list: "Seeds" });`);
  const running = () => project().sandbox.running();
  const archived = () =>
    project()
      .sandbox.contacts()
      .flatMap(({ email, archived }) => (archived ? [email] : []));
  const starts = () =>
    project()
      .requests()
      .filter(([call]) => call === "start").length;

  /** What the error of an up says to run. */
  function advised(output: string): string[] {
    const advice = / says so again, run this first: pulumi up --target-dependents --target '([^']+)'\./.exec(output);
    assert.ok(advice, output);
    return [...UP, "--target-dependents", "--target", advice[1]!];
  }

  it("names an up of the cohort's shard, which ends the journey of that contact alone", async () => {
    await project().succeed(...UP);
    project().program(SHARED("bob", "eve"));
    const urn = /urn:pulumi:\S+:Contact::ada/.exec((await project().succeed("stack", "--show-urns")).stdout)![0];
    const { output } = await project().fail(...UP, "--target", urn);
    await project().succeed(...advised(output));
    await project().succeed(...UP);
    assert.deepEqual([running().sort(), archived(), starts()], [[at("bob"), at("eve")], [ada], 3]);
  });
});
