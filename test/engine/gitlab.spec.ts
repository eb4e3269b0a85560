import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { SANDBOX_KEY } from "mailmodo-sandbox";
import { run, type Run } from "../../tools/workbench";
import { createCheckout, type Checkout } from "../support/checkout";
import { makeBucket, makeKey, s3Of, useMoto } from "../support/moto";
import { useSandbox } from "../support/sandbox";
import { json, serve, type TestServer } from "../support/server";

interface Job {
  readonly extends?: string;
  readonly rules: readonly { readonly if: string; readonly when?: string }[];
  readonly variables?: Readonly<Record<string, string>>;
  readonly before_script?: readonly string[];
  readonly script: readonly string[];
  readonly environment?: { readonly name: string; readonly on_stop?: string; readonly action?: string };
  readonly resource_group?: string;
  readonly id_tokens?: object;
}

/** Several runs of the engine, each from a fresh checkout, on a machine that does other things too. */
const SLOW_MS = 300_000;

// GitLab's API is a stand-in here, with its list of merge requests only: there is no project to ask.
describe("the example for GitLab, run line by line against the sandbox and moto", () => {
  const jobs = parse(fs.readFileSync(path.join(__dirname, "../../docs/gitlab.yml"), "utf8")) as Record<string, Job>;
  const moto = useMoto();
  const sandbox = useSandbox();
  const checkouts: Checkout[] = [];
  let gitlab: TestServer;
  let status = 200;
  let open: number[] = [];
  /** What `open` becomes, one after another, each time that somebody asks for the first page of it. */
  const next: number[][] = [];

  before(async () => {
    await makeBucket(s3Of(moto()), "states");
    await makeKey(moto(), "alias/pulumi-state");
  });
  beforeEach(async () => {
    gitlab = await serve((response, _, { url = "", headers }) => {
      const { pathname, searchParams } = new URL(url, "http://localhost");
      const known = pathname === "/projects/42/merge_requests" && searchParams.get("state") === "opened";
      if (headers["private-token"] !== READ_TOKEN || !known) return json(response, 404, {});
      if (searchParams.get("page") === "1") open = next.shift() ?? open;
      const from = 100 * (Number(searchParams.get("page")) - 1);
      json(response, status, status === 200 ? open.slice(from, from + 100).map((iid) => ({ iid })) : {});
    });
  });
  afterEach(async () => {
    for (const checkout of checkouts.splice(0)) checkout.dispose();
    await gitlab.close();
  });

  it("has the jobs' rules, groups and environments as its words say", () => {
    const { preview, "preview:stop": stop, "preview:fork": fork, "preview:sweep": sweep } = jobs;
    assert.ok(preview && stop && fork && sweep);
    assert.equal(preview.rules[0]?.if, stop.rules[0]?.if);
    assert.equal(stop.rules[0]?.when, "manual");
    assert.equal(preview.resource_group, stop.resource_group);
    assert.equal(preview.environment?.name, stop.environment?.name);
    assert.deepEqual([preview.environment?.on_stop, stop.environment?.action], ["preview:stop", "stop"]);
    assert.deepEqual([fork.extends, fork.id_tokens, fork.environment], [undefined, undefined, undefined]);
  });

  it("creates a preview with the role, keeps it while its merge request is open, and destroys it", async () => {
    succeeded(await runJob("preview"));
    assert.deepEqual(running(), ["qa+seeds.mr-7@seeds.example.com"]);
    const checkout = checkouts[0]?.dir ?? "";
    assert.match(fs.readFileSync(path.join(checkout, "preview.md"), "utf8"), /### Preview mr-7 is up\n/);
    // Whoever has the token can take the role.
    assert.equal(fs.statSync(path.join(checkout, ".aws-token")).mode & 0o777, 0o600);

    status = 500;
    const blind = await runJob("preview:sweep");
    assert.notEqual(blind.code, 0);
    assert.match(blind.output, /GitLab answered 500 to the list of open merge requests\./);
    status = 200;
    // It is opened only after the sweep has listed them, and is on the second page.
    const others = Array.from({ length: 100 }, (_, other) => 1000 + other);
    next.push(others, [...others, 7]);
    assert.match(
      succeeded(await runJob("preview:sweep")),
      /mr-7: kept: it was opened or renewed meanwhile\nNothing to destroy\n$/,
    );
    assert.equal(running().length, 1);

    assert.match(succeeded(await runJob("preview:stop")), /Preview mr-7 is destroyed\n$/);
    assert.match(succeeded(await runJob("preview:stop")), /Preview mr-7 has no stack/);
    assert.deepEqual(running(), []);
    // None is open, which is no error once GitLab has said so.
    open = [];
    assert.match(succeeded(await runJob("preview:sweep")), /Nothing to destroy\n$/);
  }).timeout(SLOW_MS);

  it("runs a fork's against a sandbox of its own", async () => {
    const output = succeeded(await runJob("preview:fork", {}));
    assert.match(output, /Preview mr-7 is up\n[^]*Preview mr-7 is destroyed\n$/);
    assert.equal(sandbox().store.requests().length, 0);
    assert.deepEqual(gitlab.seen, []);
  });

  const running = () => sandbox().running();

  /** A job as GitLab runs it: all lines in one bash, with the file's variables below those of the project. */
  async function runJob(name: string, project: Record<string, string> = projectVariables()): Promise<Run> {
    const checkout = await createCheckout(sandbox());
    checkouts.push(checkout);
    const [own, base] = checkout.moved([jobs[name], jobs[jobs[name]?.extends ?? ""]]);
    const given: Record<string, string> = {
      CI_MERGE_REQUEST_IID: "7",
      CI_PROJECT_ID: "42",
      CI_PROJECT_DIR: checkout.dir,
      CI_COMMIT_SHA: "a1".repeat(20),
      CI_API_V4_URL: gitlab.url,
      ...project,
    };
    const expand = (text: string) => text.replace(/\$(\w+)/g, (_, variable: string) => given[variable] ?? "");
    const variables = Object.entries({ ...base?.variables, ...own?.variables }).map(
      ([key, value]): [string, string] => [key, expand(value)],
    );
    const lines = [...(own?.before_script ?? base?.before_script ?? []), ...(own?.script ?? [])].join("\n");
    const env = { ...checkout.env, ...Object.fromEntries(variables), ...given };
    return run("bash", ["-eo", "pipefail", "-c", lines], checkout.dir, env);
  }

  /** What the settings of the project give, and the token that GitLab makes: no key of AWS's, but a role to take with it. */
  function projectVariables(): Record<string, string> {
    const aws = Object.entries(moto().env).filter(([name]) => !/ACCESS_KEY/.test(name));
    return {
      ...Object.fromEntries(aws),
      // The CLI looks for a role's credentials before it knows AWS_ENDPOINT_URL.
      AWS_ENDPOINT_URL_STS: moto().url,
      AWS_ID_TOKEN: "e30.e30.e30",
      PREVIEW_ROLE_ARN: "arn:aws:iam::123456789012:role/mailmodo-previews",
      PREVIEW_READ_TOKEN: READ_TOKEN,
      PULUMI_BACKEND_URL: `s3://states?use_path_style=true&endpoint=${moto().url}`,
      MAILMODO_API_KEY: SANDBOX_KEY,
    };
  }
});

const READ_TOKEN = "glpat-TESTTOKEN0000";

function succeeded({ code, output }: Run): string {
  assert.equal(code, 0, output);
  return output;
}
