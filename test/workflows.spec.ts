import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { lintWorkflows } from "../tools/actionlint/actionlint";
import { evaluate } from "./support/expressions";
import { readWorkflow, type Job, type Step } from "./support/workflow";

const preview = readWorkflow("preview.yml");
const sweep = readWorkflow("preview-sweep.yml");
const files = { "preview.yml": preview, "preview-sweep.yml": sweep };

describe("the workflows, as they are written", () => {
  it("are these two, and actionlint finds nothing", async function () {
    this.timeout(300_000); // The first time it is built.
    assert.deepEqual(fs.readdirSync(path.join(__dirname, "../.github/workflows")).sort(), Object.keys(files).sort());
    assert.match(await lintWorkflows(), /: 2 workflows, nothing found$/);
  });

  it("run at a pull request's life and every night, and never as pull_request_target", () => {
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
    });
  });

  for (const [file, { text, workflow }] of Object.entries(files)) {
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
      "Bring the preview up",
      "Take the preview down",
      "Tell the pull request",
      "List the open pull requests",
      "Sweep",
    ]);
  });
});

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
