import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { SANDBOX_KEY, type SandboxOptions } from "mailmodo-sandbox";
import { createCheckout, type Checkout } from "./checkout";
import { startGitHub, TOKEN, type GitHub } from "./github";
import { makeBucket, s3Of, type Moto } from "./moto";
import { useSandbox, type Each, type RunningSandbox } from "./sandbox";
import { readWorkflow, runJob, type Job, type JobRun, type Machine } from "./workflow";

/** What happens to a pull request, and what the repository is set up with. */
interface PullEvent {
  readonly action: string;
  /** Default: 7. */
  readonly number?: number;
  readonly sha?: string;
  /** Whose branch it is. Default: the repository's own. */
  readonly repository?: string;
  readonly author?: string;
  readonly secrets?: object;
  readonly vars?: object;
  /** Gets the process of each step as it starts. */
  readonly onStart?: (name: string, child: ChildProcess) => void;
}

/** The workflows of the repository, run on fresh machines against a sandbox, a bucket and a GitHub of their own. */
interface WorkflowRuns {
  readonly sandbox: RunningSandbox;
  readonly github: GitHub;
  /** The machine that the last job ran on. */
  readonly machine: Checkout | undefined;
  /** Runs a job of the workflow for pull requests. Default: `preview`. */
  preview(event: PullEvent, job?: string): Promise<JobRun>;
  sweep(inputs?: object, secrets?: object): Promise<JobRun>;
  /** The bucket's stacks, but for the copies that the CLI itself keeps. */
  stacks(): Promise<string[]>;
}

const PREVIEW = readWorkflow("preview.yml").workflow;
const SWEEP = readWorkflow("preview-sweep.yml").workflow;
const ROLE = "arn:aws:iam::123456789012:role/mailmodo-previews";
let nth = 0;

export function useWorkflowRuns(
  moto: () => Moto,
  options: SandboxOptions = {},
  each: Each = "test",
): () => WorkflowRuns {
  const sandbox = useSandbox(options, each);
  let machine: Checkout | undefined;
  let github: GitHub;
  let bucket: string;
  const [first, last] = each === "test" ? [beforeEach, afterEach] : [before, after];
  first(async () => {
    bucket = `states-${++nth}`;
    await makeBucket(s3Of(moto()), bucket);
    github = await startGitHub();
  });
  last(async () => {
    machine?.dispose();
    machine = undefined;
    await github.close();
  });

  const run = async (
    job: Job | undefined,
    event: object,
    {
      inputs = {},
      secrets = { MAILMODO_API_KEY: SANDBOX_KEY },
      vars,
      onStart,
    }: Partial<PullEvent> & { inputs?: object },
  ): Promise<JobRun> => {
    assert.ok(job !== undefined);
    const url = `s3://${bucket}?use_path_style=true&endpoint=${moto().url}`;
    const contexts = {
      github: { repository: "octocat/seeds", token: TOKEN, ...event },
      vars: vars ?? { PULUMI_BACKEND_URL: url, PREVIEW_ROLE_ARN: ROLE, AWS_REGION: "us-east-1" },
      secrets,
      inputs,
    };
    machine?.dispose();
    machine = await createCheckout(sandbox());
    return runJob(machine.moved(job), machineOf(machine, github.url, moto()), contexts, onStart);
  };

  return () => ({
    sandbox: sandbox(),
    github,
    machine,
    preview(event, job = "preview") {
      const { action, number = 7, sha = "a1".repeat(20), repository = "octocat/seeds", author = "octocat" } = event;
      const pull = { number, head: { sha, repo: { full_name: repository } }, user: { login: author } };
      return run(PREVIEW.jobs[job], { event: { action, pull_request: pull } }, event);
    },
    sweep: (inputs = {}, secrets) =>
      run(SWEEP.jobs["sweep"], {}, { inputs, ...(secrets === undefined ? {} : { secrets }) }),
    async stacks() {
      const { Contents = [] } = await s3Of(moto()).send(new ListObjectsV2Command({ Bucket: bucket }));
      return Contents.map(({ Key = "" }) => Key).filter(
        (key) => key.startsWith(".pulumi/stacks/") && !key.endsWith(".bak"),
      );
    },
  });
}

function machineOf(checkout: Checkout, github: string, moto: Moto): Machine {
  return {
    dir: checkout.dir,
    temp: checkout.temp,
    env: {
      ...checkout.env,
      GITHUB_API_URL: github,
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
        return moto.env;
      },
    },
  };
}
