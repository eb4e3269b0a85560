import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { createInterface } from "node:readline";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import Table from "cli-table3";
import { createSandbox, SANDBOX_KEY } from "mailmodo-sandbox";
import { findMoto } from "../tools/moto/moto";
import { createWorkbench, run, type Workbench } from "../tools/workbench";

const STACKS = 100;
const CONTACTS = 100;
const ROUNDS = 3;
const COMMAND = path.join(__dirname, "../provider/dist/commands/main.js");

/** Prints how long `status` takes for many stacks, beside what as many runs of `pulumi stack export` take. */
export async function reportStatus(): Promise<void> {
  const head = [`${STACKS} stacks of ${CONTACTS} contacts`, "one export", "status", "status to exports"];
  const rows = new Table({ head, style: { head: [], border: [] } });
  await withStacks("", async (bench) => {
    rows.push(["in a folder", ...(await figures(bench, []))]);
    await inBucket(bench, async () => rows.push(["in S3 (moto)", ...(await figures(bench, []))]));
  });
  await withStacks("secret", async (bench) => {
    rows.push(["in a folder, addresses secret", ...(await figures(bench, ["--show-secrets"]))]);
  });
  console.log(`${rows.toString()}\nThe median of ${ROUNDS} rounds. The last column is for ${STACKS} exports in turn.`);
}

/** Makes one stack with the engine, and as many copies of its state as are needed. */
async function withStacks(secret: string, use: (bench: Workbench) => Promise<void>): Promise<void> {
  const sandbox = createSandbox();
  const address = '"seed" + i + ".bench@seeds.example.com"';
  const email = secret === "" ? address : `require("@pulumi/pulumi").secret(${address})`;
  const bench = await createWorkbench({
    "Pulumi.yaml": "name: seeds\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n",
    "Pulumi.bench.yaml":
      `config:\n  mailmodo:baseUrl: ${await sandbox.listen()}\n  mailmodo:requestsPerSecond: "1000"\n` +
      `  mailmodo:allowedRecipients: ["*@seeds.example.com"]\n`,
    "package.json": "{}",
    "index.js":
      `const { JourneyEnrollment } = require("pulumi-mailmodo");\nfor (let i = 0; i < ${CONTACTS}; i++)\n` +
      `  new JourneyEnrollment("seed-" + i, { journeyId: "6f1c2d3e-4a5b-4c6d-8e7f-90a1b2c3d4e5", email: ${email} });\n`,
  });
  try {
    bench.env["MAILMODO_API_KEY"] = SANDBOX_KEY;
    for (const args of [
      ["stack", "init", "bench"],
      ["up", "--yes", "--skip-preview"],
    ]) {
      const { code, output } = await bench.pulumi(...args);
      if (code !== 0) throw new Error(output);
    }
    const folder = stacksOf(bench);
    const state = fs.readFileSync(path.join(folder, "bench.json"), "utf8");
    for (let nth = 1; nth < STACKS; nth++) {
      const copy = state
        .replaceAll("urn:pulumi:bench::", `urn:pulumi:bench-${nth}::`)
        .replaceAll(".bench@", `.${nth}@`);
      fs.writeFileSync(path.join(folder, `bench-${nth}.json`), copy);
    }
    await use(bench);
  } finally {
    bench.dispose();
    await sandbox.app.close();
  }
}

async function figures(bench: Workbench, exportArgs: readonly string[]): Promise<string[]> {
  const rounds: { exportMs: number; statusMs: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const exportMs = await timed(() => bench.pulumi("stack", "export", "--stack", "bench", ...exportArgs));
    const statusMs = await timed(() => run(process.execPath, [COMMAND, "status"], bench.dir, bench.env));
    rounds.push({ exportMs, statusMs });
  }
  const [exportMs, statusMs] = [median(rounds.map((one) => one.exportMs)), median(rounds.map((one) => one.statusMs))];
  const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
  return [seconds(exportMs), seconds(statusMs), (statusMs / (exportMs * STACKS)).toFixed(3)];
}

/** Addresses that are secret make conflicts of the copies, which are one text encrypted: that is exit code 1, too. */
async function timed(work: () => Promise<{ code: number | null; output: string }>): Promise<number> {
  const began = performance.now();
  const { output } = await work();
  const tookMs = performance.now() - began;
  if (!/Total: 10000 contacts in 100 stacks \(10000 started\)|"deployment"/.test(output))
    throw new Error(output.slice(-2000));
  return tookMs;
}

async function inBucket(bench: Workbench, use: () => Promise<unknown>): Promise<void> {
  const moto = spawn(await findMoto(), ["-m", "moto.server", "--host", "127.0.0.1", "--port", "0"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  try {
    let url: string | undefined;
    for await (const line of createInterface(moto.stderr)) {
      url = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(line)?.[1];
      if (url !== undefined) break;
    }
    moto.stderr.resume();
    const credentials = { accessKeyId: "testing", secretAccessKey: "testing" };
    const s3 = new S3Client({ endpoint: url!, region: "us-east-1", credentials, forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket: "states" }));
    const put = (Key: string, Body: string | Buffer) => s3.send(new PutObjectCommand({ Bucket: "states", Key, Body }));
    await put(".pulumi/meta.yaml", "version: 1\n");
    for (const name of fs.readdirSync(stacksOf(bench)).filter((one) => one.endsWith(".json")))
      await put(`.pulumi/stacks/seeds/${name}`, fs.readFileSync(path.join(stacksOf(bench), name)));
    bench.env["PULUMI_BACKEND_URL"] = `s3://states?use_path_style=true&region=us-east-1&endpoint=${url}`;
    Object.assign(bench.env, { AWS_ACCESS_KEY_ID: "testing", AWS_SECRET_ACCESS_KEY: "testing" });
    await use();
  } finally {
    moto.kill("SIGKILL");
    await once(moto, "close");
  }
}

function stacksOf({ dir }: Workbench): string {
  return path.join(dir, "../state/.pulumi/stacks/seeds");
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
