import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { scripts } from "../package.json";
import { lintWorkflows } from "../tools/actionlint/actionlint";
import { ENGINE_VERSION } from "../tools/engine/versions";
import { evaluate } from "./support/expressions";
import { readWorkflow, type Job, type Step } from "./support/workflow";

const github = path.join(__dirname, "../.github");
const preview = readWorkflow("preview.yml");
const sweep = readWorkflow("preview-sweep.yml");
const ci = readWorkflow("ci.yml");
const release = readWorkflow("release.yml");
const names = fs.readdirSync(path.join(github, "workflows"));
const files = Object.fromEntries(names.map((name) => [name, readWorkflow(name)]));

describe("the workflows, as they are written", () => {
  it("are such that actionlint finds nothing", async function () {
    this.timeout(300_000); // The first time it is built.
    assert.match(await lintWorkflows(), new RegExp(`: ${names.length} workflows, nothing found$`));
  });

  it("run at these events, and never as pull_request_target", () => {
    assert.deepEqual(Object.keys(ci.workflow.on), ["push", "pull_request", "schedule", "workflow_dispatch"]);
    assert.deepEqual(release.workflow.on, { push: { tags: ["v*"] } });
    assert.deepEqual(preview.workflow.on, {
      pull_request: { types: ["opened", "synchronize", "reopened", "closed"] },
    });
    assert.deepEqual(Object.keys(sweep.workflow.on), ["schedule", "workflow_dispatch"]);
    for (const { text } of Object.values(files)) assert.doesNotMatch(text, /pull_request_target/);
  });

  it("let one run at a time work on a pull request, and cancel none that works", () => {
    assert.deepEqual(preview.workflow.concurrency, {
      group: "preview-${{ github.event.pull_request.number }}",
      "cancel-in-progress": false,
    });
    assert.deepEqual(sweep.workflow.concurrency, { group: "preview-sweep", "cancel-in-progress": false });
    assert.deepEqual(release.workflow.concurrency, { group: "release", "cancel-in-progress": false });
  });

  it("have these permissions and no other", () => {
    const permissions = Object.values(files).flatMap(({ workflow }) => {
      assert.deepEqual(workflow.permissions, {});
      return Object.entries(workflow.jobs).map(([name, job]) => [name, job.permissions]);
    });
    assert.deepEqual(Object.fromEntries(permissions), {
      preview: { contents: "read", "id-token": "write", "pull-requests": "write" },
      fork: { contents: "read" },
      sweep: { contents: "read", "id-token": "write", "pull-requests": "read" },
      ...Object.fromEntries(Object.keys(ci.workflow.jobs).map((name) => [name, { contents: "read" }])),
      test: { contents: "read" },
      publish: { contents: "read", "id-token": "write" },
    });
  });

  it("publish without a secret, and test without one", () => {
    for (const { text } of [ci, release]) assert.doesNotMatch(text, /secrets\.|github\.token/);
  });

  it("pin an action by the same commit everywhere", () => {
    const uses = Object.values(files).flatMap(({ workflow }) => stepsOf(workflow.jobs).map(({ uses }) => uses ?? ""));
    const actions = uses.map((one) => one.split("@")[0]);
    assert.equal(new Set(uses).size, new Set(actions).size);
  });

  it("install the engine that the project is tested with", () => {
    const versions = Object.values(files).flatMap(({ text }) => [...text.matchAll(/pulumi-version: (.*)/g)]);
    for (const [, version] of versions) assert.equal(version, ENGINE_VERSION);
  });

  for (const [file, { text, workflow }] of Object.entries(files)) {
    it(`name only scripts that package.json has (${file})`, () => {
      const named = [...text.matchAll(/npm run (?:--silent )?([\w:-]+)/g)].map(([, script = ""]) => script);
      assert.deepEqual(
        named.filter((script) => !(script in scripts)),
        [],
      );
    });

    it(`pin each action by its commit, with its version beside it (${file})`, () => {
      const uses = text.match(/uses:.*/g) ?? [];
      assert.equal(uses.length, stepsOf(workflow.jobs).filter(({ uses }) => uses !== undefined).length);
      for (const line of uses) assert.match(line, /^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    });

    it(`put nothing from outside into a script but by its environment (${file})`, () => {
      for (const { run } of stepsOf(workflow.jobs)) assert.doesNotMatch(run ?? "", /\$\{\{/);
    });

    it(`end by themselves, and leave no token in the checkout (${file})`, () => {
      for (const job of Object.values(workflow.jobs)) {
        assert.ok(job["timeout-minutes"] <= 60);
        const checkout = job.steps.find(({ uses }) => uses?.startsWith("actions/checkout@"));
        assert.deepEqual(checkout?.with, { "persist-credentials": false });
      }
    });
  }

  it("name a secret, the token or a role only where no fork's code runs, in the steps that need it", () => {
    const { fork, ...jobs } = { ...preview.workflow.jobs, ...sweep.workflow.jobs };
    assert.doesNotMatch(JSON.stringify(fork), /secrets|github\.token|id-token|configure-aws/);
    const needing = Object.values(jobs).flatMap(({ env, steps }) => {
      assert.doesNotMatch(JSON.stringify(env ?? {}), /secrets|token/);
      return steps.filter((step) => /secrets\.|github\.token/.test(JSON.stringify(step))).map(({ name }) => name);
    });
    assert.deepEqual(needing, [
      "Create or update the preview",
      "Destroy the preview",
      "Comment on the pull request",
      "List the open pull requests",
      "Sweep",
    ]);
  });
});

describe("dependabot.yml", () => {
  const { updates } = parse(fs.readFileSync(path.join(github, "dependabot.yml"), "utf8")) as { updates: Update[] };

  it("updates each kind of dependency where its manifest is", () => {
    const manifests = {
      npm: "package-lock.json",
      "github-actions": ".github/workflows",
      gomod: "go.mod",
      pip: "requirements.txt",
    };
    assert.deepEqual([...new Set(updates.map((update) => update["package-ecosystem"]))], Object.keys(manifests));
    const folders = updates.map(({ directory }) => directory);
    assert.deepEqual(folders, ["/", "/", "/tools/engine/pulumi", "/tools/moto", "/tools/schemathesis"]);
    for (const { directory, ...update } of updates) {
      const manifest = path.join(github, "..", directory, manifests[update["package-ecosystem"]]);
      assert.ok(fs.existsSync(manifest), manifest);
    }
  });

  it("makes one pull request of each kind, and leaves a new version a week to prove itself", () => {
    for (const { groups, cooldown } of updates) {
      assert.deepEqual(Object.values(groups), [{ patterns: ["*"] }]);
      assert.equal(cooldown["default-days"], 7);
    }
  });
});

interface Update {
  readonly "package-ecosystem": "npm" | "github-actions" | "gomod" | "pip";
  readonly directory: string;
  readonly groups: object;
  readonly cooldown: { readonly "default-days": number };
}

describe("evaluate, which stands in for GitHub's expressions", () => {
  const contexts = { github: { event: { action: "closed" } }, vars: {}, inputs: {} };

  for (const [expression, value] of [
    ["github.event.action == 'closed' && vars.X != ''", false],
    ["always()", true],
    ["'it''s' == 'it''s' || failure()", true],
    ["inputs.dry-run", ""],
  ] as const) {
    it(`takes ${expression}`, () => assert.equal(evaluate(expression, contexts), value));
  }

  for (const expression of ["github.head_ref", "env.X", "toJSON(github.event)", "1 + 1", "process.exit"]) {
    it(`refuses ${expression}`, () => assert.throws(() => evaluate(expression, contexts), /knows no|Not understood/));
  }
});

function stepsOf(jobs: Readonly<Record<string, Job>>): Step[] {
  return Object.values(jobs).flatMap(({ steps }) => steps);
}
