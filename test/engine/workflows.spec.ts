import assert from "node:assert/strict";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { SANDBOX_KEY } from "mailmodo-sandbox";
import { TOKEN } from "../support/github";
import { makeKey, useMoto } from "../support/moto";
import type { JobRun } from "../support/workflow";
import { useWorkflowRuns } from "../support/workflowRuns";

const MARK = "<!-- pulumi-mailmodo preview -->";

describe("the workflows, run step by step against the sandbox and moto", () => {
  const moto = useMoto();
  before(() => makeKey(moto(), "alias/pulumi-state"));

  describe("for pull requests that come and go", () => {
    const at = useWorkflowRuns(moto, {}, "suite");
    const running = () => at().sandbox.running().sort();
    const runs: JobRun[] = [];
    const [SECOND, SEVENTH] = ["qa+seeds.pr-2@seeds.example.com", "qa+seeds.pr-7@seeds.example.com"];
    const comment = () => at().github.comments[100] ?? assert.fail();

    it("comment on a new one", async () => {
      // A page of others' comments, with the mark.
      const { comments } = at().github;
      for (let id = 1; id <= 100; id++) comments.push({ id, user: { login: "mallory" }, body: `${MARK}\n${id}` });

      const opened = await at().preview({ action: "opened" });
      runs.push(opened);
      assert.equal(opened.conclusion, "success", opened.output);
      assert.deepEqual(running(), [SEVENTH]);
      assert.equal(comments.length, 101);
      assert.match(comment().body, /^<!-- pulumi-mailmodo preview -->\n### Preview pr-7 is up\n/);
      assert.match(comment().body, /\| pr-7 \| .* \| in 3d \| 1 \| 0 \| up succeeded \| a1a1a1a1 \|\n/);
      assert.match(comment().body, /\n\[The run\]\(https:\/\/github\.com\/octocat\/seeds\/actions\/runs\/4711\)\n$/);
      assert.match(opened.summary, /### Preview pr-7 is up/);
    });

    it("edit that comment at a push, and start nothing again", async () => {
      const pushed = await at().preview({ action: "synchronize", sha: "b2".repeat(20) });
      runs.push(pushed);
      assert.equal(pushed.conclusion, "success", pushed.output);
      assert.equal(at().sandbox.journeyRequests().length, 1);
      assert.match(comment().body, /\| b2b2b2b2 \|/);
    });

    it("sweep nothing while GitHub does not say what is open", async () => {
      assert.equal((await at().preview({ action: "opened", number: 2 })).conclusion, "success");
      at().github.status = 500;
      const blind = await at().sweep();
      at().github.status = 200;
      assert.equal(blind.conclusion, "failure");
      assert.deepEqual(
        blind.ran.map(({ name }) => name),
        ["Install the packages", "List the open pull requests"],
      );
      assert.deepEqual(running(), [SECOND, SEVENTH]);
    });

    it("sweep what is not open, and leave what was opened since they listed it", async () => {
      // One is opened only after the job and its sweep have listed them, and is on the second page.
      const others = Array.from({ length: 100 }, (_, other) => 1000 + other);
      at().github.next.push(others, others, [...others, 7]);
      const swept = await at().sweep();
      assert.equal(swept.conclusion, "success", swept.output);
      assert.match(swept.output, /pr-7: kept: it was opened or renewed meanwhile\n/);
      assert.match(swept.summary, /\| pr-2 \| not open \| destroyed \|/);
      assert.deepEqual(running(), [SEVENTH]);
    });

    it("only say what they would sweep in a dry run", async () => {
      at().github.open = [];
      const dry = await at().sweep({ "dry-run": true });
      assert.match(dry.summary, /\| pr-7 \| not open \| would be destroyed \|/);
      assert.deepEqual(running(), [SEVENTH]);
    });

    it("fail where a sweep leaves something", async () => {
      const keyless = await at().sweep({}, {});
      assert.equal(keyless.conclusion, "failure");
      assert.match(keyless.summary, /\| pr-7 \| not open \| `still there: /);
    });

    it("edit the comment at the close, and leave nothing", async () => {
      const closed = await at().preview({ action: "closed", sha: "b2".repeat(20) });
      runs.push(closed);
      assert.equal(closed.conclusion, "success", closed.output);
      assert.deepEqual(running(), []);
      assert.deepEqual(await at().stacks(), []);
      assert.match(comment().body, /### Preview pr-7 is destroyed\n/);
      assert.equal(at().github.comments.length, 101);
    });

    it("sweep all that is left where none is open, if there is any", async () => {
      const swept = await at().sweep();
      assert.equal(swept.conclusion, "success", swept.output);
      assert.match(swept.summary, /Nothing to destroy/);
    });

    it("print neither the token nor the key", () => {
      assert.equal(runs.length, 3);
      for (const { output, summary } of runs) {
        assert.doesNotMatch(output + summary, new RegExp(`${TOKEN}|${SANDBOX_KEY}`));
      }
    });
  });

  describe("where something goes wrong", () => {
    let wait: (ms: number) => Promise<void>;
    let release = () => {};
    beforeEach(() => (wait = setTimeout));
    const at = useWorkflowRuns(moto, { sleep: (ms) => wait(ms) });
    afterEach(() => release());
    const body = () => at().github.comments[0]?.body ?? "";

    it("succeed at the close of a pull request that never had a stack", async () => {
      const closed = await at().preview({ action: "closed" });
      assert.equal(closed.conclusion, "success", closed.output);
      assert.match(body(), /### Preview pr-7 has no stack: nothing to destroy/);
    });

    it("fail where the preview does not come up, and say so in the comment", async () => {
      const opened = await at().preview({ action: "opened", secrets: {} });
      assert.equal(opened.conclusion, "failure");
      assert.match(opened.output, /No API key for previews/);
      assert.match(body(), /### Preview pr-7 failed\n/);
      assert.equal(at().sandbox.store.requests().length, 0);

      const unset = await at().preview({ action: "synchronize", vars: {} });
      assert.equal(unset.conclusion, "failure");
      assert.match(unset.output, /PULUMI_BACKEND_URL: Set the variable PULUMI_BACKEND_URL of the repository/);
      assert.match(body(), /### Preview pr-7: the job failed before it came to it\n/);
      assert.equal(at().github.comments.length, 1);
    });

    it("stop in time when a job is cancelled, say so in the comment, and abort at the close what had been started", async () => {
      wait = () => new Promise((resolve) => (release = resolve));
      const { sandbox } = at();
      sandbox.faults.add({ kind: "delay", delayMs: 1, count: 1 });
      const asked = once(sandbox.app.server, "request");
      let stopping = 0;
      const cancelled = await at().preview({
        action: "opened",
        onStart(name, child) {
          if (name !== "Create or update the preview") return;
          void asked.then(() => {
            stopping = Date.now();
            child.kill("SIGINT");
          });
          void once(child, "exit").then(() => (stopping = Date.now() - stopping));
        },
      });
      assert.ok(stopping < 7_500, `${stopping} ms`);
      assert.deepEqual(
        cancelled.ran.map(({ name, code }) => [name, code]),
        [
          ["Install the packages", 0],
          ["Create or update the preview", 130],
          ["Comment on the pull request", 0],
        ],
      );
      assert.match(body(), /preview -->\n### Preview pr-7/);
      release();
      sandbox.faults.clear();
      const closed = await at().preview({ action: "closed" });
      assert.equal(closed.conclusion, "success", closed.output);
      assert.deepEqual(sandbox.running(), []);
      assert.match(body(), /### Preview pr-7 is destroyed\n/);
    });

    it("run a fork's against a sandbox of its own, with no secret in sight and no comment", async () => {
      const forked = { action: "opened", repository: "mallory/seeds" };
      assert.equal((await at().preview(forked)).conclusion, "skipped");
      const run = await at().preview(forked, "fork");
      assert.equal(run.conclusion, "success", run.output);
      assert.match(run.summary, /### Preview pr-7 is up\n[^]*### Preview pr-7 is destroyed\n/);

      const own = `http://127.0.0.1:${at().machine?.port}/_sandbox/instances`;
      const instances = (await (await fetch(own)).json()) as { email: string; status: string }[];
      assert.deepEqual(
        instances.map(({ email, status }) => [email, status]),
        [["qa+seeds.pr-7@seeds.example.com", "aborted"]],
      );
      assert.equal(at().sandbox.store.requests().length, 0);
      assert.deepEqual(at().github.seen, []);
      assert.deepEqual(await at().stacks(), []);
      for (const { env } of run.ran) {
        const secrets = Object.entries(env).filter(([name, value = ""]) => value.includes(TOKEN) || /^AWS_/.test(name));
        assert.deepEqual(secrets, []);
      }
    });

    it("take Dependabot's for a fork's, and run no job at a fork's close", async () => {
      const bot = { action: "opened", author: "dependabot[bot]" };
      assert.equal((await at().preview(bot)).conclusion, "skipped");
      const closed = { action: "closed", repository: "mallory/seeds" };
      for (const job of ["preview", "fork"]) assert.equal((await at().preview(closed, job)).conclusion, "skipped");
    });
  });
});
