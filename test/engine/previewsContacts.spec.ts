import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { journeyId } from "../support/journeyId";
import { useFolderBackend, useRunners } from "../support/previews";
import { useSandbox } from "../support/sandbox";

const CONTACT = `const { Contact } = require("pulumi-mailmodo");`;

describe("a contact of a preview, where something goes wrong", () => {
  const sandbox = useSandbox();
  const newRunner = useRunners(sandbox, useFolderBackend());
  const archived = () =>
    sandbox()
      .contacts()
      .map(({ archived }) => archived);

  it("is archived by previews down where its add was not confirmed and is not recorded, as the error says", async () => {
    const runner = await newRunner({
      program: `${CONTACT} new Contact("jane", { email: "jane@seeds.example.com", list: "Seeds", data: { n: 1 } });`,
    });
    sandbox().addFault({ kind: "500", on: "addToList" });
    const { output } = await runner.previews("up", "--name", "pr-1");
    assert.match(
      output,
      /is not recorded, so a destroy leaves it\. npx pulumi-mailmodo previews down --name pr-1 archives the contact if /,
    );
    sandbox().clearFaults();
    await runner.succeed("down", "--name", "pr-1");
    assert.deepEqual(archived(), [true]);
  });

  it("is archived by previews down once its enrollment depends on it, as the error says", async () => {
    const runner = await newRunner({ program: program("email") });
    await runner.succeed("up", "--name", "pr-1");
    const { output } = await runner.previews("down", "--name", "pr-1");
    assert.match(
      output,
      /let it depend on the contact in the program, and run npx pulumi-mailmodo previews up --name pr-1 first\./,
    );
    const file = path.join(runner.dir, "index.js");
    fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace(program("email"), program("qa.email")));
    await runner.succeed("up", "--name", "pr-1");
    await runner.succeed("down", "--name", "pr-1");
    assert.deepEqual([sandbox().running(), archived()], [[], [true]]);
  });

  it("does not hold up previews down once it is out of the state, where it depends on its enrollment", async () => {
    const runner = await newRunner({ program: program("email", "{ dependsOn: welcome }") });
    await runner.succeed("up", "--name", "pr-1");
    const { output } = await runner.previews("down", "--name", "pr-1");
    const [, stack = "", urn = ""] = /\(pulumi state delete --stack (\S+) '([^']+)'\)/.exec(output) ?? [];
    const deleted = await runner.pulumi("state", "delete", "--yes", "--stack", stack, urn);
    assert.equal(deleted.code, 0, deleted.output);
    await runner.succeed("down", "--name", "pr-1");
    assert.deepEqual([sandbox().running(), archived()], [[], [false]]);
  });
});

/** A contact in a component, and an enrollment of its address. */
function program(enrolled: string, options = "{}"): string {
  const welcome = `const welcome = new JourneyEnrollment("welcome", { journeyId: "${journeyId}", email: ${enrolled} });`;
  const contact = `
    const seeds = new pulumi.ComponentResource("seeds:index:Seeds", "seeds", {}, ${options});
    const qa = new Contact("qa", { email, list: "Seeds" }, { parent: seeds });`;
  return `${CONTACT}
    const pulumi = require("@pulumi/pulumi");
    const email = stackAddress("qa@seeds.example.com");
    ${enrolled === "email" ? welcome + contact : contact + welcome}`;
}
