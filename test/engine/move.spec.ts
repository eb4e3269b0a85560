import assert from "node:assert/strict";
import { useProject } from "../support/project";
import { DESTROY, UP } from "../support/pulumiArgs";

describe("an address that moves from one resource to another, through the real engine", () => {
  const project = useProject(`
    new JourneyEnrollment("one", { journeyId, email: "qa@seeds.example.com" });
    new JourneyEnrollment("two", { journeyId, email: "bob@seeds.example.com" });
  `);
  const running = () =>
    project()
      .sandbox.runningInstances()
      .map(({ email, instanceId }) => [email, instanceId])
      .sort();

  it("is refused in one line that names what runs it and the way, and moves in two ups", async () => {
    await project().succeed(...UP);
    const before = running();
    const cohort = `
      const contacts = ["qa", "bob"].map((name) => ({ email: name + "@seeds.example.com" }));
      new JourneyCohort("smoke", { journeyId, contacts, shards: 1 });
    `;
    project().program(cohort);
    const { output } = await project().fail(...UP);
    assert.match(
      output,
      /Nothing was started: urn:pulumi:test::seeds::\S+::(one|two) of this stack runs it, .* remove it there in one up/,
    );
    assert.deepEqual(running(), before);

    project().program("");
    await project().succeed(...UP);
    project().program(cohort);
    await project().succeed(...UP);
    assert.equal(running().length, 2);
    await project().succeed(...DESTROY);
    assert.deepEqual(running(), []);
  });

  it("runs on without any request by an alias: to another name, and into a component", async () => {
    await project().succeed(...UP);
    const before = running();
    project().requests();
    project().program(`
      const seeds = new pulumi.ComponentResource("seeds:index:Seeds", "seeds");
      const moved = { parent: seeds, aliases: [{ parent: pulumi.rootStackResource }] };
      new JourneyEnrollment("one", { journeyId, email: "qa@seeds.example.com" }, moved);
      new JourneyEnrollment("three", { journeyId, email: "bob@seeds.example.com" }, { aliases: [{ name: "two" }] });
    `);
    await project().succeed(...UP);
    assert.deepEqual(running(), before);
    assert.deepEqual(project().requests(), []);
  });

  it("runs on in a cohort that moves into a component by an alias", async () => {
    const contacts = `const contacts = [{ email: "ada@seeds.example.com" }, { email: "cyd@seeds.example.com" }];`;
    project().program(`${contacts} new JourneyCohort("smoke", { journeyId, contacts, shards: 2 });`);
    await project().succeed(...UP);
    const before = running();
    project().requests();
    project().program(`
      ${contacts}
      const seeds = new pulumi.ComponentResource("seeds:index:Seeds", "seeds");
      const moved = { parent: seeds, aliases: [{ parent: pulumi.rootStackResource }] };
      new JourneyCohort("smoke", { journeyId, contacts, shards: 2 }, moved);
    `);
    await project().succeed(...UP);
    assert.deepEqual(running(), before);
    assert.deepEqual(project().requests(), []);
  });
});
