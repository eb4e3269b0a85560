import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { useFolderBackend, useRunners, type Runner } from "../support/previews";
import { recoverByCli } from "../support/recoverByCli";
import { useSandbox } from "../support/sandbox";

// As a full disk, a power cut or a kill leaves a file that the CLI writes in place.
describe("previews, beside a file of the backend's that was left empty", () => {
  const sandbox = useSandbox({}, "suite");
  const backend = useFolderBackend("suite");
  const newRunner = useRunners(sandbox, backend, "suite");
  const file = (name: string) => path.join(backend().dir, ".pulumi/stacks/seeds", name);
  const empty = (name: string) => {
    assert.ok(fs.statSync(file(name)).size > 0, name);
    fs.truncateSync(file(name));
  };
  const LISTED = /│ pr-1 │ \S+ +│ in 3d +│ 1 +│ 0 +│ up succeeded /;
  let runner: Runner;
  before(async () => {
    runner = await newRunner();
    assert.equal((await runner.pulumi("stack", "init", "dev")).code, 0);
    await runner.succeed("up", "--name", "pr-1");
  });

  for (const stack of ["pr-1", "dev"]) {
    it(`are listed, once the attributes of a state are removed: ${stack}`, async () => {
      empty(`${stack}.json.attrs`);
      const { stdout } = await runner.succeed("list");
      assert.match(stdout, LISTED);
      assert.match(stdout, new RegExp(`^${stack}: Removed an empty attributes file left by a killed run\\.$`, "m"));
      assert.equal(fs.existsSync(file(`${stack}.json.attrs`)), false);
      assert.doesNotMatch((await runner.succeed("list")).stdout, /Removed/);
    });
  }

  it("are found by their tags, once the attributes of these are removed", async () => {
    empty("pr-1.pulumi-tags.attrs");
    assert.match((await runner.succeed("list")).stdout, LISTED);
  });

  it("are brought up and taken down", async () => {
    await runner.succeed("up", "--name", "pr-1");
    empty("pr-1.json.attrs");
    await runner.succeed("up", "--name", "pr-1");
    empty("pr-1.json.attrs");
    await runner.succeed("down", "--name", "pr-1");
    assert.deepEqual(sandbox().running(), []);
    assert.deepEqual(
      backend()
        .stacks()
        .filter((name) => name.includes("pr-1")),
      [],
    );
  });

  it("say what to do where the tags themselves are lost, as recover does", async () => {
    await runner.succeed("up", "--name", "pr-2");
    empty("pr-2.pulumi-tags");
    const down = await runner.previews("down", "--name", "pr-2");
    assert.equal(down.code, 1);
    const [, set = ""] =
      /^The tags of the stack pr-2 are lost: their file in the backend is empty\. If the stack is a preview, .*: pulumi (stack tag set mailmodo:preview \S+ --stack pr-2)\.$/m.exec(
        down.stderr,
      ) ?? [];
    assert.notEqual(set, "", down.stderr);
    const list = await runner.succeed("list");
    assert.match(list.stdout, /^pr-2: The tags of the stack pr-2 are lost/m);
    const recovered = await recoverByCli(runner, "--stack", "pr-2");
    assert.equal(recovered.code, 1);
    assert.match(recovered.output, /The tags of the stack pr-2 are lost/);
    assert.equal((await runner.pulumi(...set.split(" "))).code, 0);
    await runner.succeed("down", "--name", "pr-2");
    assert.deepEqual(sandbox().running(), []);
  });
});
