// Runs the `run:` lines of ci.yml and release.yml with a stand-in for npm, which notes what it is called with: the real
// commands are the whole suite and a publish.
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { readWorkflow, runJob, type JobRun } from "./support/workflow";

const ci = readWorkflow("ci.yml").workflow;
const release = readWorkflow("release.yml").workflow;
const PACKAGES = ["provider", "sandbox"];

describe("ci.yml and release.yml, run step by step", () => {
  let root: string;
  /** What the stand-in for npm is called with. */
  const calls = () => fs.readFileSync(path.join(root, "calls"), "utf8").split("\n").slice(0, -1);

  beforeEach(() => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), "workflows-"));
    for (const folder of ["bin", "temp", ...PACKAGES]) fs.mkdirSync(path.join(root, folder));
    fs.writeFileSync(path.join(root, "bin", "npm"), NPM, { mode: 0o755 });
    fs.writeFileSync(path.join(root, "calls"), "");
    for (const folder of PACKAGES) manifest(folder, {});
  });
  afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

  for (const [name, commands] of Object.entries({
    checks: ["npm run lint", "npm run typecheck", "npm run knip"],
    test: ["npm test"],
    unit: ["npm run test:unit"],
    matrix: ["npm run test:matrix"],
    package: ["npm run try-package"],
    soak: ["npm run test:soak"],
    coverage: ["npm run coverage"],
  })) {
    it(`ci.yml: ${name} runs ${commands.join(", ")}`, async () => {
      const { conclusion, output } = await run(ci.jobs[name], { event_name: "schedule" });
      assert.equal(conclusion, "success", output);
      assert.deepEqual(calls(), ["npm ci", ...commands]);
    });
  }

  it("ci.yml has no other jobs", () => {
    assert.deepEqual(Object.keys(ci.jobs), ["checks", "test", "unit", "matrix", "package", "soak", "coverage"]);
  });

  it("ci.yml tests on every Node.js that is supported, and the units on the other systems", () => {
    assert.deepEqual(ci.jobs["test"]?.strategy?.matrix, { node: [22, 24, 26] });
    assert.deepEqual(ci.jobs["unit"]?.strategy?.matrix, { os: ["macos-15", "windows-2025"] });
  });

  for (const event_name of ["push", "pull_request"]) {
    it(`ci.yml leaves the soak and the coverage to the schedule (${event_name})`, async () => {
      for (const name of ["soak", "coverage"]) {
        assert.equal((await run(ci.jobs[name], { event_name })).conclusion, "skipped");
      }
      assert.equal((await run(ci.jobs["test"], { event_name })).conclusion, "success");
    });
  }

  it("ci.yml fails where a command does, and runs none after it", async () => {
    const { conclusion } = await run(ci.jobs["checks"], { event_name: "push" }, { FAIL: "run lint" });
    assert.equal(conclusion, "failure");
    assert.deepEqual(calls(), ["npm ci", "npm run lint"]);
  });

  it("release.yml tests what it publishes", async () => {
    const { conclusion, output } = await run(release.jobs["test"]);
    assert.equal(conclusion, "success", output);
    assert.deepEqual(calls(), [
      "npm ci",
      "npm test",
      "npm run test:matrix",
      "npm run lint",
      "npm run typecheck",
      "npm run try-package",
    ]);
    assert.equal(release.jobs["publish"]?.needs, "test");
  });

  it("release.yml publishes the two packages with their provenance", async () => {
    const { conclusion, output } = await run(release.jobs["publish"]);
    assert.equal(conclusion, "success", output);
    assert.deepEqual(calls(), [
      "npm ci",
      "npm --version",
      "npm view mailmodo-sandbox@1.2.3 version",
      "npm publish --workspace mailmodo-sandbox --access public --provenance --tag latest",
      "npm view pulumi-mailmodo@1.2.3 version",
      "npm publish --workspace pulumi-mailmodo --access public --provenance --tag latest",
    ]);
  });

  it("release.yml goes on after a failure between the two, when its job is run again", async () => {
    const { conclusion, output } = await run(release.jobs["publish"], {}, { PUBLISHED: "mailmodo-sandbox@1.2.3" });
    assert.equal(conclusion, "success", output);
    assert.match(output, /^mailmodo-sandbox 1\.2\.3 is published already\.$/m);
    assert.deepEqual(
      calls().filter((call) => call.startsWith("npm publish")),
      ["npm publish --workspace pulumi-mailmodo --access public --provenance --tag latest"],
    );
  });

  it("release.yml does not make a prerelease the version that npm install takes", async () => {
    await run(release.jobs["publish"], {}, { GITHUB_REF_NAME: "v1.2.3-rc.1" });
    assert.match(calls().at(-1) ?? "", / --tag next$/);
  });

  for (const [npm, isEnough] of Object.entries({
    "10.9.4": false,
    "11.5.0": false,
    "11.5.1": true,
    "11.19.1": true,
    "12.0.0": true,
  })) {
    it(`release.yml ${isEnough ? "publishes" : "refuses to publish"} with npm ${npm}`, async () => {
      const { conclusion, output } = await run(release.jobs["publish"], {}, { NPM_VERSION: npm });
      assert.equal(conclusion, isEnough ? "success" : "failure");
      assert.equal(
        calls().some((call) => call.startsWith("npm publish")),
        isEnough,
      );
      if (!isEnough)
        assert.match(output, new RegExp(`^::error::npm ${npm} cannot publish without a token\\. Raise node-version`));
    });
  }

  for (const folder of PACKAGES) {
    it(`release.yml refuses a tag that is not the version in ${folder}, before anything else`, async () => {
      manifest(folder, { version: "1.2.2" });
      const { conclusion, output } = await run(release.jobs["test"]);
      assert.equal(conclusion, "failure");
      const says = `::error::The tag is v1.2.3, but the version in ${folder}/package.json is 1.2.2. Push the tag v1.2.2`;
      assert.ok(output.startsWith(says), output);
      assert.deepEqual(calls(), []);
    });

    for (const repository of [undefined, { url: "git+https://github.com/mallory/seeds.git" }]) {
      it(`release.yml refuses ${repository ? "another" : "no"} repository in ${folder}, before anything else`, async () => {
        manifest(folder, { repository });
        const { conclusion, output } = await run(release.jobs["test"]);
        assert.equal(conclusion, "failure");
        const says = `Set repository.url in ${folder}/package.json to git+https://github.com/octocat/seeds.git.`;
        assert.ok(output.includes(says), output);
        assert.deepEqual(calls(), []);
      });
    }
  }

  function manifest(folder: string, changes: object): void {
    const repository = { url: "git+https://github.com/octocat/seeds.git" };
    const content = JSON.stringify({ version: "1.2.3", repository, ...changes });
    fs.writeFileSync(path.join(root, folder, "package.json"), content);
  }

  async function run(
    job: Parameters<typeof runJob>[0] | undefined,
    github: object = {},
    env: Record<string, string> = {},
  ): Promise<JobRun> {
    assert.ok(job !== undefined);
    const machine = {
      dir: root,
      temp: path.join(root, "temp"),
      env: {
        PATH: [path.join(root, "bin"), path.dirname(process.execPath), process.env["PATH"]].join(path.delimiter),
        CALLS: path.join(root, "calls"),
        NPM_VERSION: "11.6.2",
        GITHUB_REF_NAME: "v1.2.3",
        GITHUB_REPOSITORY: "octocat/seeds",
        GITHUB_SERVER_URL: "https://github.com",
        ...env,
      },
      actions: { "actions/checkout": NOTHING, "actions/setup-node": NOTHING, "pulumi/actions": NOTHING },
    };
    return runJob(job, machine, { github, matrix: { node: 24 } });
  }
});

const NOTHING = () => ({});

const NPM = `#!/usr/bin/env bash
echo "npm $*" >> "$CALLS"
[[ $* != "$FAIL" ]] || exit 1
[[ $1 != --version ]] || echo "$NPM_VERSION"
[[ $1 != view || $2 != "$PUBLISHED" ]] || echo "\${2##*@}"
`;
