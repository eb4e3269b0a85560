import assert from "node:assert/strict";
import { useProject } from "../support/project";
import { DESTROY, UP } from "../support/pulumiArgs";

const email = "qa@seeds.example.com";

describe("an address that moves from one resource to another, through the real engine", () => {
  const project = useProject(`
    new JourneyEnrollment("one", { journeyId, email: "${email}", data: { seats: 3 } });
    new JourneyEnrollment("two", { journeyId, email: "bob@seeds.example.com" });
  `);
  const running = () =>
    project()
      .sandbox.runningInstances()
      .map(({ email, instanceId }) => [email, instanceId])
      .sort();
  const calls = () =>
    project()
      .requests()
      .map(([call]) => call);
  const COHORT = `
    const contacts = [{ email: "${email}", data: { seats: 3 } }, { email: "bob@seeds.example.com" }];
    const cohort = new JourneyCohort("smoke", { journeyId, contacts, shards: 2 });
    exports.instances = cohort.instances;
  `;

  it("runs on: into a cohort, a component and another name, and is aborted once at the end", async () => {
    await project().succeed(...UP);
    const before = running();
    assert.deepEqual(calls(), ["start", "start"]);

    project().program(COHORT);
    const moved = await project().succeed(...UP);
    assert.match(moved.output, /smoke: \d go on: they were moved here\./);
    assert.deepEqual(running(), before);
    // Mailmodo refuses both, which is how a move shows.
    assert.deepEqual(calls(), ["start", "start"]);
    const { stdout } = await project().succeed("stack", "output", "--json");
    assert.deepEqual((JSON.parse(stdout) as { instances: object }).instances, Object.fromEntries(before));
    await project().succeed(...UP, "--expect-no-changes");

    project().program(`
      const seeds = new pulumi.ComponentResource("seeds:index:Seeds", "seeds");
      new JourneyEnrollment("one", { journeyId, email: "${email}", data: { seats: 3 } }, { parent: seeds });
      new JourneyEnrollment("other", { journeyId, email: "bob@seeds.example.com" });
    `);
    const back = await project().succeed(...UP);
    assert.match(back.output, /Journey \S+ goes on for q\*\*\*@seeds\.example\.com: it was moved here\./);
    assert.deepEqual(running(), before);
    await project().succeed(...UP, "--expect-no-changes");

    project().requests();
    await project().succeed(...DESTROY);
    assert.deepEqual(running(), []);
    assert.deepEqual(calls(), ["abort", "abort"]);
  });

  it("is refused with other values of data, in one line that says what runs it and what to do", async () => {
    await project().succeed(...UP);
    const before = running();
    project().program(`new JourneyEnrollment("other", { journeyId, email: "${email}", data: { seats: 4 } });`);
    const { output } = await project().fail(...UP);
    assert.match(
      output,
      /Nothing was started: urn:pulumi:test::\S+::one of this stack runs it, with other values of data\. Move it with the/,
    );
    assert.deepEqual(running(), before);
  });

  it("runs on without a start by an alias", async () => {
    await project().succeed(...UP);
    const before = running();
    project().requests();
    project().program(`
      const seeds = new pulumi.ComponentResource("seeds:index:Seeds", "seeds");
      const moved = { parent: seeds, aliases: [{ parent: pulumi.rootStackResource }] };
      new JourneyEnrollment("one", { journeyId, email: "${email}", data: { seats: 3 } }, moved);
      new JourneyEnrollment("three", { journeyId, email: "bob@seeds.example.com" }, { aliases: [{ name: "two" }] });
    `);
    await project().succeed(...UP);
    assert.deepEqual(running(), before);
    assert.deepEqual(calls(), []);
  });
});
