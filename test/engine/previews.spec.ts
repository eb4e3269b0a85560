import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { privateFolders, useFolderBackend, useRunners, type Runner } from "../support/previews";
import { useSandbox } from "../support/sandbox";

describe("a preview, through the real engine", () => {
  const sandbox = useSandbox({}, "suite");
  const backend = useFolderBackend("suite");
  const newRunner = useRunners(sandbox, backend, "suite");
  const running = () => sandbox().running();
  const asked = () => sandbox().journeyRequests().length;
  let runner: Runner;
  let summary: string;
  let writtenAt: number;
  before(async () => {
    runner = await newRunner();
    summary = path.join(runner.dir, "../summary.md");
    writtenAt = fs.statSync(runner.dir).mtimeMs;
  });

  it("comes up as a new stack, and enrolls", async () => {
    const up = await runner.succeed("up", "--name", "pr-42", "--sha", "0123456789abcdef", "--ttl", "48h");
    assert.match(up.stdout, /pr-42: a new stack\n/);
    assert.match(up.stdout, /Preview pr-42 is up\n/);
    assert.deepEqual(running(), ["qa+seeds.pr-42@seeds.example.com"]);
    assert.equal(asked(), 1);
  });

  it("changes nothing when it comes up again, and is listed with what its state says", async () => {
    const again = JSON.parse((await runner.succeed("up", "--name", "pr-42", "--json")).stdout) as Record<
      string,
      unknown
    >;
    assert.equal(asked(), 1);
    assert.deepEqual([again["contacts"], again["unconfirmed"], again["result"]], [1, 0, "up succeeded"]);
    const list = await runner.succeed("list", "--summary", summary);
    assert.match(list.stdout, /│ pr-42 │ \S+ +│ in 3d +│ 1 +│ 0 +│ up succeeded │ 01234567 │/);
    assert.match(fs.readFileSync(summary, "utf8"), /### Previews: 1\n\n\| name \| .*\n\| --- \| .*\n\| pr-42 \| /);
  });

  it("writes nothing to the project's folder, not even for a time, and leaves no settings", () => {
    assert.equal(fs.statSync(runner.dir).mtimeMs, writtenAt);
    assert.deepEqual(privateFolders(runner), []);
  });

  it("mails nobody twice when its state was deleted", async () => {
    const file = path.join(backend().dir, ".pulumi", "stacks", "seeds", "pr-42.json");
    const state = fs.readFileSync(file);
    fs.rmSync(file);
    assert.match((await runner.succeed("down", "--name", "pr-42")).stdout, /has no stack/);
    const up = await runner.previews("up", "--name", "pr-42");
    assert.equal(up.code, 1);
    assert.match(up.stdout, /Mailmodo refused it/);
    assert.equal(running().length, 1);
    fs.writeFileSync(file, state);
  });

  it("is taken down once its state is back, by a machine that has the backend only, and leaves nothing", async () => {
    const other = await newRunner();
    const before = fs.statSync(other.dir).mtimeMs;
    const down = await other.succeed("down", "--name", "pr-42", "--summary", summary);
    assert.match(down.stdout, /Preview pr-42 is destroyed\n$/);
    assert.deepEqual(running(), []);
    assert.match(fs.readFileSync(summary, "utf8"), /### Preview pr-42 is destroyed\n\n$/);
    assert.match(
      (await other.succeed("down", "--name", "pr-42")).stdout,
      /Preview pr-42 has no stack: nothing to destroy\n$/,
    );
    assert.match((await other.succeed("list")).stdout, /No previews\n$/);
    assert.deepEqual(backend().stacks(), []);
    assert.deepEqual(
      fs.readdirSync(other.dir).filter((name) => name.startsWith("Pulumi.")),
      ["Pulumi.preview.yaml", "Pulumi.yaml"],
    );
    assert.equal(fs.statSync(other.dir).mtimeMs, before);
    assert.deepEqual(privateFolders(other), []);
  });
});
