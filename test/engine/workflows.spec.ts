import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { CreateAliasCommand, CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { CreateBucketCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { SANDBOX_KEY } from "../../sandbox/server";
import { createWorkbench, type Workbench } from "../../tools/workbench";
import { startGitHub, TOKEN, type GitHub } from "../support/github";
import { useMoto } from "../support/moto";
import { useSandbox } from "../support/sandbox";
import { readWorkflow, runJob, type JobRun, type Machine } from "../support/workflow";

const preview = readWorkflow("preview.yml");
const sweep = readWorkflow("preview-sweep.yml");

describe("the workflows, run step by step against the sandbox and moto", () => {
  const moto = useMoto();
  const sandbox = useSandbox();
  const benches: Workbench[] = [];
  let s3: S3Client;
  let bucket = "";
  let github: GitHub;
  let nth = 0;

  before(async () => {
    const client = { endpoint: moto().url, region: "us-east-1", credentials: CREDENTIALS };
    s3 = new S3Client({ ...client, forcePathStyle: true });
    const kms = new KMSClient(client);
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    await kms.send(new CreateAliasCommand({ AliasName: "alias/pulumi-state", TargetKeyId: KeyMetadata?.KeyId }));
  });
  beforeEach(async () => {
    bucket = `states-${++nth}`;
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
    github = await startGitHub();
  });
  afterEach(async () => {
    for (const bench of benches.splice(0)) bench.dispose();
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
  });

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

  it("runs a fork's against a sandbox of its own, with no secret in sight and no comment", async () => {
    await assert.rejects(fetch(FORK_SANDBOX), "something listens on port 8025 already: end it, then run the test again");
    const forked = { action: "opened", repository: "mallory/seeds" };
    assert.equal((await runPreview(forked)).conclusion, "skipped");
    const run = await runPreview(forked, "fork");
    assert.equal(run.conclusion, "success", run.output);
    assert.match(run.summary, /### Preview pr-7 is up\n[^]*### Preview pr-7 is taken down\n/);

    const instances = (await (await fetch(FORK_SANDBOX)).json()) as { email: string; status: string }[];
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
  });

  const running = () =>
    sandbox()
      .store.all()
      .filter(({ status }) => status === "running")
      .map(({ email }) => email);
  /** The bucket's stacks, but for the copies that the CLI itself keeps. */
  const stacks = async () =>
    ((await s3.send(new ListObjectsV2Command({ Bucket: bucket }))).Contents ?? [])
      .map(({ Key = "" }) => Key)
      .filter((key) => key.startsWith(".pulumi/stacks/") && !key.endsWith(".bak"));

  /** A runner that nothing was done on yet, with a checkout of this repository. */
  async function newMachine(): Promise<Machine> {
    const root = path.join(__dirname, "../..");
    const settings = fs.readFileSync(path.join(root, "Pulumi.preview.yaml"), "utf8");
    const bench = await createWorkbench(
      {
        // As its user sets it, but for Mailmodo's address.
        "Pulumi.preview.yaml":
          settings.replace("# secretsprovider:", "secretsprovider:") +
          `  mailmodo:baseUrl: ${sandbox().url}\n  mailmodo:requestTimeoutSeconds: "2"\n`,
      },
      { copies: ["Pulumi.yaml", "Pulumi.preview-sandbox.yaml", "package.json", "tsconfig.json", "stacks", "sandbox"] },
    );
    benches.push(bench);
    const [temp, bin] = ["temp", "bin"].map((name) => path.join(bench.dir, "..", name)) as [string, string];
    for (const folder of [temp, bin]) fs.mkdirSync(folder);
    fs.writeFileSync(path.join(bin, "npm"), NPM, { mode: 0o755 });
    return {
      dir: bench.dir,
      temp,
      env: {
        ...bench.env,
        PATH: `${bin}:${bench.env["PATH"]}`,
        PULUMI_BACKEND_URL: undefined,
        PULUMI_CONFIG_PASSPHRASE: undefined,
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
    contexts: { inputs?: object; secrets?: object; vars?: object },
  ): Promise<JobRun> {
    assert.ok(job !== undefined);
    const url = `s3://${bucket}?use_path_style=true&endpoint=${moto().url}`;
    return runJob(job, await newMachine(), {
      github: { repository: "octocat/seeds", token: TOKEN, ...event },
      vars: contexts.vars ?? { PULUMI_BACKEND_URL: url, PREVIEW_ROLE_ARN: ROLE, AWS_REGION: "us-east-1" },
      secrets: contexts.secrets ?? { MAILMODO_API_KEY: SANDBOX_KEY },
      inputs: contexts.inputs ?? {},
    });
  }
});

const MARK = "<!-- pulumi-mailmodo preview -->";
const ROLE = "arn:aws:iam::123456789012:role/mailmodo-previews";
const CREDENTIALS = { accessKeyId: "testing", secretAccessKey: "testing" };
const FORK_SANDBOX = "http://127.0.0.1:8025/_sandbox/instances";

/** The node_modules of this repository are there, which is what `npm ci` would bring from the registry in a minute. */
const NPM = `#!/usr/bin/env bash
if [[ $1 == ci ]]; then [[ -d node_modules ]]; exit; fi
PATH=\${PATH#*:} exec npm "$@"
`;
