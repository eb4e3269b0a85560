import assert from "node:assert/strict";
import { DESTROY, UP } from "../support/pulumiArgs";
import { useProject } from "../support/project";

const ada = "ada+seeds.test@seeds.example.com";
const WELCOME = `const welcome = new JourneyEnrollment("welcome", { journeyId, email: "${ada}" });`;
const IN_ORDER = `
  const contact = new Contact("ada", { email: "${ada}", list: "Seeds" }, { parent: new pulumi.ComponentResource("seeds:index:Seeds", "seeds") });
  new JourneyEnrollment("welcome", { journeyId, email: contact.email });`;

describe("a contact that depends on an enrollment of another address", () => {
  const project = useProject(`${WELCOME} new Contact("bob", {
    email: "bob+seeds.test@seeds.example.com", list: "Seeds", data: { ref: welcome.instanceId },
  });`);

  it("is made and destroyed", async () => {
    await project().succeed("preview");
    await project().succeed(...UP);
    await project().succeed(...UP, "--expect-no-changes");
    await project().succeed(...DESTROY);
    assert.deepEqual(project().sandbox.running(), []);
  });
});

describe("a contact whose component depends on its own enrollment, which no preview sees", () => {
  const project = useProject(`
    ${WELCOME}
    const seeds = new pulumi.ComponentResource("seeds:index:Seeds", "seeds", {}, { dependsOn: welcome });
    new Contact("ada", { email: "${ada}", list: "Seeds" }, { parent: seeds });
  `);
  const state = () => ({
    running: project().sandbox.running().length,
    archived: project()
      .sandbox.contacts()
      .map(({ archived }) => archived),
  });
  beforeEach(() => project().succeed(...UP));

  it("is destroyed once the program has turned the order around, as the error says", async () => {
    const { output } = await project().fail(...DESTROY);
    assert.match(
      output,
      /\(urn:\S+::welcome\)\. The contact depends on it, so Pulumi deletes the contact first, each time\. In the program, let it depend on the contact instead, and run pulumi up before you destroy\./,
    );
    project().program(IN_ORDER);
    await project().succeed(...UP);
    await project().succeed(...DESTROY);
    assert.deepEqual(state(), { running: 0, archived: [true] });
  });

  it("is destroyed once its resource is out of the state, as the error says, and stays in Mailmodo", async () => {
    project().program("");
    const { output } = await project().fail(...UP);
    const urn = /pulumi state delete '([^']+)'/.exec(output)?.[1];
    await project().succeed("state", "delete", "--yes", urn!);
    await project().succeed(...DESTROY);
    assert.deepEqual(state(), { running: 0, archived: [false] });
  });
});
