import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { readStatus, type StatusOptions } from "../../../../provider/commands/status/status";
import { enrollment, shard, stateOf, writeBackendFile, writeStack } from "../../../support/handmadeStates";
import { useTemporaryFolder } from "../../../support/temporaryFolder";

const STATE = stateOf([enrollment("qa", "qa@seeds.example.com")]);

describe("readStatus", () => {
  const root = useTemporaryFolder();
  beforeEach(() => {
    fs.writeFileSync(path.join(root(), "Pulumi.yaml"), "name: seeds\nbackend:\n  url: file://state\n");
    writeBackendFile(`${root()}/state`, ".pulumi/meta.yaml", "version: 1\n");
  });
  const write = (name: string, state = STATE) => writeStack(`${root()}/state`, name, state);
  const status = (options: Partial<StatusOptions> = {}) =>
    readStatus({ allProjects: false, cwd: root(), env: { PULUMI_HOME: `${root()}/home` }, ...options });
  const names = async (options: Partial<StatusOptions>) =>
    (await status(options)).stacks.map(({ fullName }) => fullName.replace("organization/", ""));

  it("reads the stacks of the project, from the backend that its file names", async () => {
    for (const name of ["seeds/prod", "seeds/dev", "shop/dev"]) write(name);
    assert.deepEqual(await names({}), ["seeds/dev", "seeds/prod"]);
    assert.deepEqual(await names({ allProjects: true }), ["seeds/dev", "seeds/prod", "shop/dev"]);
  });

  for (const [stack, allProjects, read] of [
    ["dev", false, ["seeds/dev"]],
    ["organization/dev", false, ["seeds/dev"]],
    ["organization/shop/dev", false, ["shop/dev"]],
    ["shop/dev", false, ["shop/dev"]],
    ["organization/dev", true, ["seeds/dev", "shop/dev"]],
    ["dev", true, ["seeds/dev", "shop/dev"]],
  ] as const) {
    it(`reads only the stack ${stack}${allProjects ? " of each project" : ""}`, async () => {
      for (const name of ["seeds/prod", "seeds/dev", "shop/dev"]) write(name);
      assert.deepEqual(await names({ stack, allProjects }), read);
    });
  }

  it("finds nothing in a backend that is not there yet, and creates none", async () => {
    fs.rmSync(path.join(root(), "state"), { recursive: true });
    assert.deepEqual(await status(), { stacks: [], conflicts: [], gone: [], unknownNotes: [] });
    assert.deepEqual(fs.readdirSync(root()), ["Pulumi.yaml"]);
  });

  it("goes on after a state whose contacts it does not know, and repeats nothing of it", async () => {
    const resource = shard("smoke", 0, {});
    write("seeds/dev", stateOf([{ ...resource, outputs: { ...resource.outputs, contacts: "ada@seeds.example.com" } }]));
    write("seeds/prod");
    const [dev, prod] = (await status()).stacks;
    assert.equal(
      dev?.reason,
      "The state of the stack organization/seeds/dev has contacts in an unknown form. Update pulumi-mailmodo, or restore the state.",
    );
    assert.equal(prod?.enrolled.length, 1);
  });

  for (const [what, state] of [
    ["a resource that is null", { resources: [null] }],
    ["resources that are no list", { resources: 7 }],
    ["pending operations that are null", { pending_operations: [null] }],
    ["a journey that is no text", stateOf([{ ...enrollment("qa", "qa@seeds.example.com", { journeyId: {} }) }])],
  ] as const) {
    it(`says that a state is damaged that has ${what}`, async () => {
      write("seeds/dev", state as unknown as typeof STATE);
      const [dev] = (await status()).stacks;
      assert.match(
        dev?.reason ?? "",
        /^The state of the stack organization\/seeds\/dev (is damaged|has contacts in an unknown form)/,
      );
    });
  }
});
