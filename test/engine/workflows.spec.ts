import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import { SANDBOX_KEY } from "../../sandbox/server";
import { createCheckout, type Checkout } from "../support/checkout";
import { startGitHub, TOKEN, type GitHub } from "../support/github";
import { makeBucket, makeKey, s3Of, useMoto } from "../support/moto";
import { useSandbox } from "../support/sandbox";
import { readWorkflow, runJob, type JobRun, type Machine } from "../support/workflow";

const preview = readWorkflow("preview.yml");
const sweep = readWorkflow("preview-sweep.yml");

/** Several runs of the engine, each from a fresh checkout, on a machine that does other things too. */
const SLOW_MS = 300_000;

describe("the workflows, run step by step against the sandbox and moto", () => {
  const moto = useMoto();
  let wait: (ms: number) => Promise<void>;
  let release = () => {};
  beforeEach(() => (wait = setTimeout));
  const sandbox = useSandbox({ sleep: (ms) => wait(ms) });
  const checkouts: Checkout[] = [];
  let s3: S3Client;
  let bucket = "";
  let github: GitHub;
  let nth = 0;

  before(async () => {
    s3 = s3Of(moto());
    await makeKey(moto(), "alias/pulumi-state");
  });
  beforeEach(async () => {
    bucket = `states-${++nth}`;
    await makeBucket(s3, bucket);
    github = await startGitHub();
  });
  afterEach(async () => {
    release();
    for (const checkout of checkouts.splice(0)) checkout.dispose();
    await github.close();
  });

  it("comments on a new pull request, edits that comment at a push and at the close, and leaves nothing", async () => {
    // A page of others' comments; one of them has the mark.
    for (let id = 1; id <= 100; id++) github.comments.push({ id, user: { login: "mallory" }, body: `${MARK}\n${id}` });

    const opened = await runPreview({ action: "opened" });
    assert.equal(opened.conclusion, "success", opened.output);
    assert.deepEqual(running(), ["qa+seeds.pr-7@seeds.example.com"]);
    const [comment, ...more] = github.comments.slice(100);
    assert.ok(comment !== undefined && more.length === 0);
    assert.match(comment.body, /^<!-- pulumi-mailmodo preview -->\n### Preview pr-7 is up\n/);
    assert.match(comment.body, /\| pr-7 \| .* \| in 3d \| 1 \| 0 \| up succeeded \| a1a1a1a1 \|\n/);
    assert.match(comment.body, /\n\[The run\]\(https:\/\/github\.com\/octocat\/seeds\/actions\/runs\/4711\)\n$/);
    assert.match(opened.summary, /### Preview pr-7 is up/);

    const pushed = await runPreview({ action: "synchronize", sha: "b2".repeat(20) });
    assert.equal(pushed.conclusion, "success", pushed.output);
    assert.equal(sandbox().store.requests().length, 1);
    assert.match(comment.body, /\| b2b2b2b2 \|/);

    const closed = await runPreview({ action: "closed", sha: "b2".repeat(20) });
    assert.equal(closed.conclusion, "success", closed.output);
    assert.deepEqual(running(), []);
    assert.deepEqual(await stacks(), []);
    assert.match(comment.body, /### Preview pr-7 is taken down\n/);
    assert.equal(github.comments.length, 101);
    for (const { output, summary } of [opened, pushed, closed]) {
      assert.doesNotMatch(output + summary, new RegExp(`${TOKEN}|${SANDBOX_KEY}`));
    }
  }).timeout(SLOW_MS);

  it("succeeds at the close of a pull request that never had a stack", async () => {
    const closed = await runPreview({ action: "closed" });
    assert.equal(closed.conclusion, "success", closed.output);
    assert.match(github.comments[0]?.body ?? "", /### Preview pr-7 has no stack: nothing to take down/);
  });

  it("fails where the preview does not come up, and says so in the comment", async () => {
    const opened = await runPreview({ action: "opened", secrets: {} });
    assert.equal(opened.conclusion, "failure");
    assert.match(opened.output, /Missing mailmodo:apiKey/);
    assert.match(github.comments[0]?.body ?? "", /### Preview pr-7 failed\n/);
    assert.equal(sandbox().store.requests().length, 0);

    const unset = await runPreview({ action: "synchronize", vars: {} });
    assert.equal(unset.conclusion, "failure");
    assert.match(unset.output, /PULUMI_BACKEND_URL: Set the variable PULUMI_BACKEND_URL of the repository/);
    assert.match(github.comments[0]?.body ?? "", /### Preview pr-7: the job failed before it came to it\n/);
    assert.equal(github.comments.length, 1);
  });

  it("stops in time when its job is cancelled, says so in the comment, and the close aborts what had been started", async () => {
    wait = () => new Promise((resolve) => (release = resolve));
    sandbox().faults.add({ kind: "delay", delayMs: 1, count: 1 });
    const asked = once(sandbox().app.server, "request");
    let toldToStop = 0;
    const cancelled = await runPreview({
      action: "opened",
      onStart(name, child) {
        if (name !== "Bring the preview up") return;
        void asked.then(() => {
          toldToStop = Date.now();
          child.kill("SIGINT");
        });
        void once(child, "exit").then(() => (toldToStop = Date.now() - toldToStop));
      },
    });
    assert.ok(toldToStop < 7_500, `${toldToStop} ms`);
    assert.deepEqual(
      cancelled.ran.map(({ name, code }) => [name, code]),
      [
        ["Install the packages", 0],
        ["Bring the preview up", 130],
        ["Tell the pull request", 0],
      ],
    );
    assert.match(github.comments[0]?.body ?? "", /preview -->\n### Preview pr-7/);
    release();
    sandbox().faults.clear();
    const closed = await runPreview({ action: "closed" });
    assert.equal(closed.conclusion, "success", closed.output);
    assert.deepEqual(running(), []);
    assert.match(github.comments[0]?.body ?? "", /### Preview pr-7 is taken down\n/);
  });

  it("runs a fork's against a sandbox of its own, with no secret in sight and no comment", async () => {
    const forked = { action: "opened", repository: "mallory/seeds" };
    assert.equal((await runPreview(forked)).conclusion, "skipped");
    const run = await runPreview(forked, "fork");
    assert.equal(run.conclusion, "success", run.output);
    assert.match(run.summary, /### Preview pr-7 is up\n[^]*### Preview pr-7 is taken down\n/);

    const own = `http://127.0.0.1:${checkouts.at(-1)?.port}/_sandbox/instances`;
    const instances = (await (await fetch(own)).json()) as { email: string; status: string }[];
    assert.deepEqual(
      instances.map(({ email, status }) => [email, status]),
      [["qa+seeds.pr-7@seeds.example.com", "aborted"]],
    );
    assert.equal(sandbox().store.requests().length, 0);
    assert.deepEqual(github.seen, []);
    assert.deepEqual(await stacks(), []);
    for (const { env } of run.ran) {
      const secrets = Object.entries(env).filter(([name, value = ""]) => value.includes(TOKEN) || /^AWS_/.test(name));
      assert.deepEqual(secrets, []);
    }
  });

  it("takes Dependabot's for a fork's, and neither job runs at a fork's close", async () => {
    const bot = { action: "opened", author: "dependabot[bot]" };
    assert.equal((await runPreview(bot)).conclusion, "skipped");
    const closed = { action: "closed", repository: "mallory/seeds" };
    for (const job of ["preview", "fork"]) assert.equal((await runPreview(closed, job)).conclusion, "skipped");
  });

  it("sweeps what is not open, and nothing while GitHub does not say what is", async () => {
    await Promise.all([1, 2].map((number) => runPreview({ action: "opened", number })));
    assert.equal(running().length, 2);

    Object.assign(github, { open: [1], status: 500 });
    const blind = await runSweep();
    assert.equal(blind.conclusion, "failure");
    assert.deepEqual(
      blind.ran.map(({ name }) => name),
      ["Install the packages", "List the open pull requests"],
    );
    assert.equal(running().length, 2);

    // The open one is on the second page.
    Object.assign(github, { open: [...Array.from({ length: 100 }, (_, other) => 1000 + other), 1], status: 200 });
    const swept = await runSweep();
    assert.equal(swept.conclusion, "success", swept.output);
    assert.match(swept.summary, /\| pr-2 \| not open \| taken down \|/);
    assert.deepEqual(running(), ["qa+seeds.pr-1@seeds.example.com"]);

    github.open = [];
    const dry = await runSweep({ "dry-run": true });
    assert.match(dry.summary, /\| pr-1 \| not open \| would be taken down \|/);
    assert.equal(running().length, 1);

    const keyless = await runSweep({}, {});
    assert.equal(keyless.conclusion, "failure", "what is left fails the job");
    assert.match(keyless.summary, /\| pr-1 \| not open \| still there: /);
    assert.equal((await runSweep()).conclusion, "success");
    assert.deepEqual(running(), []);
    assert.deepEqual(await stacks(), []);
  }).timeout(SLOW_MS);

  const running = () => sandbox().running();
  /** The bucket's stacks, but for the copies that the CLI itself keeps. */
  const stacks = async () =>
    ((await s3.send(new ListObjectsV2Command({ Bucket: bucket }))).Contents ?? [])
      .map(({ Key = "" }) => Key)
      .filter((key) => key.startsWith(".pulumi/stacks/") && !key.endsWith(".bak"));

  function machineOf(checkout: Checkout): Machine {
    return {
      dir: checkout.dir,
      temp: checkout.temp,
      env: {
        ...checkout.env,
        GITHUB_API_URL: github.url,
        GITHUB_SERVER_URL: "https://github.com",
        GITHUB_REPOSITORY: "octocat/seeds",
        GITHUB_RUN_ID: "4711",
      },
      actions: {
        "actions/checkout": () => ({}),
        "actions/setup-node": () => ({}),
        "pulumi/actions": () => ({}),
        "aws-actions/configure-aws-credentials": (inputs) => {
          assert.deepEqual(inputs, { "role-to-assume": ROLE, "aws-region": "us-east-1" });
          return moto().env;
        },
      },
    };
  }

  interface Event {
    action: string;
    number?: number;
    sha?: string;
    repository?: string;
    author?: string;
    secrets?: object;
    vars?: object;
    onStart?: (name: string, child: ChildProcess) => void;
  }

  async function runPreview(event: Event, job = "preview"): Promise<JobRun> {
    const { action, number = 7, sha = "a1".repeat(20), repository = "octocat/seeds", author = "octocat" } = event;
    const pull = { number, head: { sha, repo: { full_name: repository } }, user: { login: author } };
    return run(preview.workflow.jobs[job], { event: { action, pull_request: pull } }, event);
  }

  async function runSweep(inputs: object = {}, secrets?: object): Promise<JobRun> {
    return run(sweep.workflow.jobs["sweep"], {}, { inputs, ...(secrets === undefined ? {} : { secrets }) });
  }

  async function run(
    job: Parameters<typeof runJob>[0] | undefined,
    event: object,
    { inputs = {}, secrets = { MAILMODO_API_KEY: SANDBOX_KEY }, vars, onStart }: Partial<Event> & { inputs?: object },
  ): Promise<JobRun> {
    assert.ok(job !== undefined);
    const url = `s3://${bucket}?use_path_style=true&endpoint=${moto().url}`;
    const contexts = {
      github: { repository: "octocat/seeds", token: TOKEN, ...event },
      vars: vars ?? { PULUMI_BACKEND_URL: url, PREVIEW_ROLE_ARN: ROLE, AWS_REGION: "us-east-1" },
      secrets,
      inputs,
    };
    const checkout = await createCheckout(sandbox());
    checkouts.push(checkout);
    return runJob(checkout.moved(job), machineOf(checkout), contexts, onStart);
  }
});

const MARK = "<!-- pulumi-mailmodo preview -->";
const ROLE = "arn:aws:iam::123456789012:role/mailmodo-previews";
