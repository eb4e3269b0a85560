import assert from "node:assert/strict";
import * as os from "node:os";
import { ListObjectsV2Command, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { run, type Run } from "../../tools/workbench";
import { COMMAND } from "../support/command";
import { enrollment, stateOf } from "../support/handmadeStates";
import { makeBucket, makeKey, s3Of, useMoto } from "../support/moto";
import { createRunner, ONE, type Runner } from "../support/previews";
import { useSandbox } from "../support/sandbox";

const SECRET = ONE.replace('"qa"', '"hidden"').replace(
  'stackAddress("qa@seeds.example.com")',
  'require("@pulumi/pulumi").secret(stackAddress("eve@seeds.example.com"))',
);

describe("pulumi-mailmodo status, with states in S3 and secrets under a KMS key", () => {
  const moto = useMoto();
  const sandbox = useSandbox({}, "suite");
  let s3: S3Client;
  let runner: Runner;
  before(async () => {
    s3 = s3Of(moto());
    await makeKey(moto(), "alias/previews");
    await makeBucket(s3, "states");
    const url = `s3://states/team?use_path_style=true&endpoint=${moto().url}`;
    const settings = "secretsprovider: awskms://alias/previews?region=us-east-1\n";
    const program = `${ONE}\nif (require("@pulumi/pulumi").getStack() === "pr-2") ${SECRET}`;
    runner = await createRunner(sandbox(), { env: { ...moto().env, PULUMI_BACKEND_URL: url }, settings, program });
    runner.env["PULUMI_CONFIG_PASSPHRASE"] = undefined;
    await runner.succeed("up", "--name", "pr-1");
  });
  after(() => runner?.dispose());

  /** Runs the command, and asserts that it writes nothing. */
  async function status(args: string[] = [], env: Record<string, string> = {}): Promise<Run> {
    const before = await objects();
    const own = { ...runner.env, MAILMODO_API_KEY: undefined, ...env };
    const result = await run(process.execPath, [COMMAND, "status", ...args], runner.dir, own);
    assert.deepEqual(await objects(), before);
    return result;
  }
  async function objects(): Promise<[key: string, tag: string, writtenAt: number][]> {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: "states" }));
    return Contents.map(({ Key = "", ETag = "", LastModified }) => [Key, ETag, LastModified?.getTime() ?? 0]);
  }
  const put = (key: string, text: string) =>
    s3.send(new PutObjectCommand({ Bucket: "states", Key: `team/.pulumi/${key}`, Body: text }));

  it("shows a preview and what it enrolls, without the CLI", async () => {
    const { code, stdout, stderr } = await status([], { PATH: os.tmpdir() });
    assert.equal(code, 0, stderr);
    assert.match(
      stdout,
      /^Stack seeds\/pr-1\n {2}Preview: expires in \d+[dh]\.\n {2}Journey \S+\n {4}q\*\*\*@seeds\.example\.com {2}started /,
    );
    assert.match(stdout, /\nTotal: 1 contact in 1 stack \(1 started\), 1 preview\.\n$/);
  });

  it("shows what is encrypted by the CLI, and says so where the key cannot be used", async () => {
    await runner.succeed("up", "--name", "pr-2");
    assert.match((await status()).stdout, /e\*\*\*@seeds\.example\.com {2}started .* hidden$/m);
    const { code, stdout } = await status([], { AWS_ENDPOINT_URL_KMS: sandbox().url });
    assert.equal(code, 1);
    assert.match(stdout, /^ {2}Encrypted, so not shown: 1 enrollment\. Could not read the state of /m);
    assert.match(
      stdout,
      /\nTotal: 2 contacts in 2 stacks \(2 started\), 2 previews, 1 stack not read, or only in part\.\n$/,
    );
  });

  it("shows the lock of another machine", async () => {
    const lock = { pid: 1, username: "ci", hostname: "gone-runner", timestamp: "2026-01-01T00:00:00Z" };
    await put("locks/organization/seeds/pr-1/dead.json", JSON.stringify(lock));
    const { stdout } = await status(["--stack", "pr-1"]);
    assert.match(stdout, /^ {2}Locked by ci@gone-runner \(pid 1\), \d+d ago\. Whether that run has ended cannot be /m);
  });

  it("shows the stacks of all projects, in any folder", async () => {
    const resource = enrollment("qa", "joe@seeds.example.com", { allowDuplicateEmail: true });
    const text = JSON.stringify({ version: 3, checkpoint: { latest: stateOf([resource]) } });
    await Promise.all(Array.from({ length: 20 }, (_, nth) => put(`stacks/shop/stack-${nth}.json`, text)));
    const own = { ...runner.env, PATH: os.tmpdir() };
    const { stdout } = await run(process.execPath, [COMMAND, "status", "--all-projects"], os.tmpdir(), own);
    assert.match(stdout, /^Stack shop\/stack-19$/m);
    assert.match(stdout, /\nTotal: 22 contacts in 22 stacks /);
  });

  it("says in the CLI's words that the bucket is not there", async () => {
    const url = `s3://nowhere?use_path_style=true&endpoint=${moto().url}`;
    const own = { ...runner.env, PULUMI_BACKEND_URL: url };
    const { code, stdout, stderr } = await run(process.execPath, [COMMAND, "status"], runner.dir, own);
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /^Could not list the stacks of the backend: .*\n$/);
  });
});
