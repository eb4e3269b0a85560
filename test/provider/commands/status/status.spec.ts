import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { readStatus, type StatusOptions } from "../../../../provider/commands/status/status";
import { UsageError } from "../../../../provider/commands/usageError";
import { enrollment, shard, stateOf, writeBackendFile, writeStack } from "../../../support/handmadeStates";
import { useTemporaryFolder } from "../../../support/temporaryFolder";

/** A stand-in for a CLI that is logged in to Pulumi Cloud, where "stack ls" lists the stacks of the folder's project alone. */
const CLI = `#!/bin/sh
case "$*" in
  "stack ls"*" --all "*) echo '[{"name":"acme/shop/dev"},{"name":"acme/seeds/dev"}]' ;;
  "stack ls"*) echo '[{"name":"acme/seeds/dev"}]' ;;
  "stack tag ls"*) echo "{}" ;;
  "stack export"*) echo '{"deployment":{}}' ;;
esac
`;
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

  it("finds nothing in a folder in which no stack was made yet, and creates nothing in it", async () => {
    fs.rmSync(path.join(root(), "state/.pulumi"), { recursive: true });
    assert.deepEqual(await status(), { stacks: [], conflicts: [], gone: [], unknownNotes: [] });
    assert.deepEqual(fs.readdirSync(path.join(root(), "state")), []);
  });

  it("fails if the backend's folder does not exist, and creates none", async () => {
    fs.rmSync(path.join(root(), "state"), { recursive: true });
    await assert.rejects(status(), /^Error: The backend's folder \S+state does not exist\. /);
    assert.deepEqual(fs.readdirSync(root()), ["Pulumi.yaml"]);
  });

  for (const [what, options, says] of [
    [
      "a folder that does not exist",
      { cwd: "/nowhere" },
      /^The folder \/nowhere does not exist\. .* --cwd <folder>\.$/,
    ],
    ["a folder without a project", { cwd: os.tmpdir() }, /^No Pulumi project in \S+: .* --cwd <folder>\.$/],
    [
      "a stack that does not exist",
      { stack: "prod" },
      /^There is no stack prod in the project seeds\. List all of them: npx /,
    ],
    [
      "a stack of another project that does not exist",
      { stack: "organization/shop/dev" },
      /^There is no stack \S+shop\/dev\. /,
    ],
  ] as const) {
    it(`is used wrongly with ${what}`, async () => {
      write("seeds/dev");
      await assert.rejects(status(options), (error: Error) => {
        assert.ok(error instanceof UsageError);
        assert.match(error.message, says);
        return true;
      });
    });
  }

  it("reads a stack of another project by its full name, where the CLI reads the backend", async () => {
    fs.writeFileSync(path.join(root(), "pulumi"), CLI, { mode: 0o755 });
    const cloud = { PATH: `${root()}:${process.env["PATH"]}`, PULUMI_BACKEND_URL: "https://api.pulumi.com" };
    const env = { ...cloud, PULUMI_HOME: `${root()}/home` };
    for (const stack of ["acme/shop/dev", "shop/dev"]) assert.deepEqual(await names({ stack, env }), ["acme/shop/dev"]);
    assert.deepEqual(await names({ stack: "acme/dev", env }), ["acme/seeds/dev"]);
  });

  for (const [what, tags] of [
    ["an expiry", { "mailmodo:preview": "2026-11-27T12:00:00.000Z", "mailmodo:expires": "soon" }],
    ["a time of creation", { "mailmodo:preview": "yes" }],
  ] as const) {
    it(`shows what a preview enrolls whose tags have ${what} that is no time`, async () => {
      write("seeds/pr-1");
      writeBackendFile(
        `${root()}/state`,
        ".pulumi/stacks/seeds/pr-1.pulumi-tags",
        JSON.stringify({ version: 1, tags }),
      );
      const [preview] = (await status()).stacks;
      assert.equal(preview?.enrolled.length, 1);
      assert.deepEqual([preview.preview?.name, preview.preview?.expires], ["pr-1", undefined]);
    });
  }

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
