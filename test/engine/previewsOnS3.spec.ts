import assert from "node:assert/strict";
import { once } from "node:events";
import * as net from "node:net";
import type { AddressInfo } from "node:net";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { makeBucket, makeKey, s3Of, useMoto } from "../support/moto";
import { createRunner, ONE, type Runner, type RunnerOptions } from "../support/previews";
import { useSandbox } from "../support/sandbox";

describe("pulumi-mailmodo previews, with their state in S3 and their secrets under a KMS key", () => {
  const moto = useMoto();
  const sandbox = useSandbox({}, "suite");
  const runners: Runner[] = [];
  let s3: S3Client;
  let bucket = "";
  const settings = "secretsprovider: awskms://alias/previews?region=us-east-1\n";
  /** The address is a secret. */
  const secret = ONE.replace('stackAddress("qa@', 'require("@pulumi/pulumi").secret(stackAddress("qa@').replace(
    'com")',
    'com"))',
  );
  const PR_1 = ".pulumi/stacks/seeds/pr-1.json";

  before(async () => {
    s3 = s3Of(moto());
    await makeKey(moto(), "alias/previews");
    bucket = "states";
    await makeBucket(s3, bucket);
  });
  let way: Awaited<ReturnType<typeof cuttableWay>> | undefined;
  after(() => {
    forget();
    way?.cut();
  });
  /** The machines are gone; what they knew is in the backend only. */
  const forget = () => {
    for (const runner of runners.splice(0)) runner.dispose();
  };

  async function newRunner(options: Partial<RunnerOptions> = {}, endpoint = moto().url): Promise<Runner> {
    const url = `s3://${bucket}?use_path_style=true&endpoint=${endpoint}`;
    const env = { ...moto().env, PULUMI_BACKEND_URL: url };
    const runner = await createRunner(sandbox(), { env, settings, ...options });
    runner.env["PULUMI_CONFIG_PASSPHRASE"] = undefined;
    runners.push(runner);
    return runner;
  }
  const running = () => sandbox().running();
  const objects = async () =>
    ((await s3.send(new ListObjectsV2Command({ Bucket: bucket }))).Contents ?? []).map(({ Key = "" }) => Key);

  it("come up at once, and are swept from a machine that has the backend only", async () => {
    const [one, two] = [await newRunner({ program: secret }), await newRunner()];
    await Promise.all([one.succeed("up", "--name", "pr-1"), two.succeed("up", "--name", "pr-2")]);
    assert.equal(running().length, 2);
    forget();

    const other = await newRunner({ program: secret });
    assert.match((await other.succeed("sweep", "--open", "pr-1")).stdout, /Previews: 1 destroyed/);
    assert.deepEqual(running(), ["qa+seeds.pr-1@seeds.example.com"]);
    const state = await object(PR_1);
    assert.match(state, /"type":"cloud"/);
    assert.ok(!state.includes("qa+seeds"), "the address is a secret");
  });

  it("do not change when they come up again on a machine that made no key of its own", async () => {
    const [other = assert.fail()] = runners;
    await other.succeed("up", "--name", "pr-1");
    assert.equal(sandbox().journeyRequests().length, 3);
  });

  it("are said to have no stack where the state was deleted or never was", async () => {
    const [other = assert.fail()] = runners;
    const state = await object(PR_1);
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: PR_1 }));
    assert.match((await other.succeed("down", "--name", "pr-1")).stdout, /Preview pr-1 has no stack/);
    assert.equal(running().length, 1);
    await put(PR_1, state);
  });

  it("are taken down as a dead machine left them: locked, and with an operation that only the state records", async () => {
    forget();
    const state = JSON.parse(await object(PR_1)) as State;
    const { resources = [] } = state.checkpoint.latest;
    const resource = resources.find(({ type }) => type.includes("JourneyEnrollment"));
    assert.ok(resource);
    state.checkpoint.latest.resources = resources.filter((one) => one !== resource);
    state.checkpoint.latest.pending_operations = [{ type: "creating", resource: { ...resource, id: "", outputs: {} } }];
    await put(PR_1, JSON.stringify(state));
    const lock = { pid: 1, username: "ci", hostname: "gone-runner", timestamp: "2026-01-01T00:00:00Z" };
    await put(".pulumi/locks/organization/seeds/pr-1/dead.json", JSON.stringify(lock));

    const next = await newRunner({ program: secret });
    const down = await next.succeed("down", "--name", "pr-1");
    assert.match(down.stdout, /pr-1: Freed the lock of a run that has ended \(pid 1\)/);
    assert.match(down.stdout, /pr-1: Aborted journey \S+ for q\*\*\*@seeds\.example\.com\./);
    assert.deepEqual(running(), []);
    const kept = /meta\.yaml|\.bak|\.pulumi\/backups\//;
    assert.deepEqual(
      (await objects()).filter((key) => !kept.test(key)),
      [],
    );
  });

  it("lose nothing when the backend goes away in the middle of an up", async () => {
    way = await cuttableWay(moto().url);
    const runner = await newRunner({}, way.url);
    const child = runner.startPreviews("up", "--name", "pr-1");
    const ended = once(child, "exit");
    await once(sandbox().app.server, "request");
    way.cut();
    // The engine tries for some minutes to write what it did; a person is not that patient.
    child.kill("SIGTERM");
    assert.deepEqual(await ended, [143, null]);
    assert.equal(running().length, 1);

    const unreachable = await runner.previews("list");
    assert.equal(unreachable.code, 1);
    assert.match(unreachable.stderr, /^Could not list the stacks of the backend: .*connection refused\.\n$/);

    await way.mend();
    // The plugin could not see the state, so its notes are there still: they prove that the run is dead.
    const again = await runner.succeed("up", "--name", "pr-1");
    assert.match(again.stdout, /Freed the lock of a run that has ended/);
    assert.equal(running().length, 1);
    assert.deepEqual(
      sandbox()
        .store.all()
        .filter(({ doubled }) => doubled),
      [],
    );
    await runner.succeed("down", "--name", "pr-1");
    assert.deepEqual(running(), []);
  });

  async function object(key: string): Promise<string> {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return (await Body?.transformToString()) ?? "";
  }
  async function put(key: string, text: string): Promise<void> {
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: text }));
  }
});

interface State {
  checkpoint: {
    latest: {
      resources?: { type: string }[];
      pending_operations?: { type: string; resource: object }[];
    };
  };
}

/** A way to a server that can be cut, and mended: nothing listens in between. */
async function cuttableWay(url: string) {
  const { hostname, port } = new URL(url);
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    const onward = net.connect(Number(port), hostname);
    for (const one of [socket, onward]) {
      sockets.add(one);
      one.on("error", () => undefined).on("close", () => sockets.delete(one));
    }
    socket.pipe(onward).pipe(socket);
  });
  const listen = (at: number) => new Promise<void>((resolve) => server.listen(at, "127.0.0.1", resolve));
  await listen(0);
  const { port: own } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${own}`,
    cut() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
    mend: () => listen(own),
  };
}
