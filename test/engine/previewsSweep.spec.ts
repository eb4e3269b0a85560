import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { useFolderBackend, useRunners, type Runner } from "../support/previews";
import { useSandbox } from "../support/sandbox";

describe("a sweep of previews, through the real engine", () => {
  const sandbox = useSandbox({}, "suite");
  const backend = useFolderBackend("suite");
  const newRunner = useRunners(sandbox, backend, "suite");
  const running = () => sandbox().running().sort();
  const [FIRST, OTHERS] = ["qa+seeds.pr-1@seeds.example.com", "qa+other.pr-2@seeds.example.com"];
  let one: Runner;
  let foreign: Runner;

  before(async () => {
    let two: Runner;
    [one, two, foreign] = [await newRunner(), await newRunner(), await newRunner({ project: "other" })];
    await Promise.all([one.succeed("up", "--name", "pr-1"), two.succeed("up", "--name", "pr-2")]);
    // A stack of another tool's, whose name looks like a preview's, and one of another project.
    await one.pulumi("stack", "init", "pr-3");
    fs.rmSync(path.join(one.dir, "Pulumi.pr-3.yaml"));
    await foreign.succeed("up", "--name", "pr-2");
    assert.equal(running().length, 3);
  });

  it("says what it would take down, and takes down nothing that is neither expired nor closed", async () => {
    const dry = await one.succeed("sweep", "--open-command", "echo pr-1", "--dry-run");
    assert.match(dry.stdout, /Previews: 1 would be destroyed\n[^]*│ pr-2 │ not open │ would be destroyed │/);
    assert.match((await one.succeed("sweep")).stdout, /Nothing to destroy\n$/);
    assert.equal(running().length, 3);
  });

  it("goes on past a preview that it cannot take down, keeps its stack, and ends with 1", async () => {
    const lock = path.join(backend().dir, ".pulumi", "locks", "organization", "seeds", "pr-1", "held.json");
    const held = { pid: 1, username: "ci", hostname: "other-runner", timestamp: new Date().toISOString() };
    fs.mkdirSync(path.dirname(lock), { recursive: true });
    fs.writeFileSync(lock, JSON.stringify(held));
    const swept = await one.previews("sweep", "--open", "", "--all", "--json");
    assert.equal(swept.code, 1);
    const taken = JSON.parse(swept.stdout) as { name: string; why: string; outcome: string; error?: string }[];
    assert.deepEqual(
      taken.map(({ name, why, outcome }) => [name, why, outcome]),
      [
        ["pr-1", "not open", "left"],
        ["pr-2", "not open", "destroyed"],
      ],
    );
    const words = /^The stack pr-1 is locked by ci@other-runner \(pid 1\), on another machine\./;
    assert.match(taken[0]?.error ?? "", words);
    assert.match(
      taken[0]?.error ?? "",
      /if you know that it has ended, run npx pulumi-mailmodo previews down --name pr-1 --run-is-over\.$/,
    );
    assert.doesNotMatch(swept.output, /run this again/);
    assert.match(swept.stderr, /pr-1: not open; destroying it\n/);
    assert.deepEqual(running(), [OTHERS, FIRST]);
    fs.rmSync(lock);
  });

  it("finds a preview whose destroy failed still there, with its last result", async () => {
    const { env } = one;
    const key = env["MAILMODO_API_KEY"];
    env["MAILMODO_API_KEY"] = "TESTKEY-1111111-1111111-1111111";
    const down = await one.previews("down", "--name", "pr-1");
    env["MAILMODO_API_KEY"] = key;
    assert.equal(down.code, 1);
    assert.match(down.stderr, /^The destroy of pr-1 failed, and something may still run/);
    assert.match((await one.succeed("list")).stdout, /│ pr-1 │ .* │ 1 +│ 0 +│ destroy failed │/);
  });

  it("keeps one whose expiry is no time, says so, and ends with 1", async () => {
    await one.pulumi("stack", "tag", "set", "mailmodo:expires", "soon", "--stack", "pr-1");
    const swept = await one.previews("sweep");
    assert.equal(swept.code, 1);
    assert.match(swept.stdout, /│ pr-1 │ expiry unknown │ still there: When it expires is not known, because /);
    assert.match((await one.succeed("list")).stdout, /│ pr-1 │ \S+ +│ unknown │/);
    assert.deepEqual(running(), [OTHERS, FIRST]);
  });

  it("takes down what is expired, be it open", async () => {
    await one.pulumi("stack", "tag", "set", "mailmodo:expires", "2020-01-01T00:00:00.000Z", "--stack", "pr-1");
    fs.writeFileSync(path.join(one.dir, "open"), "pr-1\npr-7\n");
    const swept = await one.succeed("sweep", "--open-file", "open");
    assert.match(swept.stdout, /│ pr-1 │ expired │ destroyed │/);
    assert.deepEqual(running(), [OTHERS]);
  });

  it("touches no stack without the mark, none of another project, and not which one is selected", async () => {
    for (const args of [["down"], ["up"]]) {
      const refused = await one.previews(...args, "--name", "pr-3");
      assert.equal(refused.code, 1);
      assert.match(
        refused.stderr,
        /^The stack pr-3 is not a preview: it has no tag mailmodo:preview, and is left unchanged\./,
      );
    }
    assert.match((await one.pulumi("stack", "ls")).stdout, /^pr-3\* /m);
    await foreign.succeed("down", "--name", "pr-2");
    assert.deepEqual(running(), []);
  });
});
