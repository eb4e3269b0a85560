import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import type { ServerResponse } from "node:http";
import * as os from "node:os";
import * as path from "node:path";
import { version } from "../../sandbox/package.json";
import { SANDBOX_KEY } from "../../sandbox/sandbox";
import { journeyId } from "../support/journeyId";
import { serve } from "../support/server";

const command = path.join(__dirname, "../../sandbox/bin/mailmodo-sandbox.js");
/** The first message of one is due at the start. */
const journeys = path.join(__dirname, "../../sandbox/journeys.example.json");

describe("the command mailmodo-sandbox", () => {
  const children: ChildProcess[] = [];
  let folder: string;
  before(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "sandbox-command-"))));
  after(() => fs.rmSync(folder, { recursive: true }));
  afterEach(async () => {
    for (const child of children.splice(0)) {
      if (child.exitCode === null && child.signalCode === null && child.kill("SIGKILL")) await once(child, "exit");
    }
  });

  const run = (...args: string[]) => runWith({}, ...args);
  const runWith = (env: NodeJS.ProcessEnv, ...args: string[]) => {
    const child = spawn(process.execPath, [command, ...args], { env: { ...process.env, ...env } });
    children.push(child);
    let [said, warned] = ["", ""];
    child.stdout.on("data", (chunk) => (said += String(chunk)));
    child.stderr.on("data", (chunk) => (warned += String(chunk)));
    const listening = new Promise<string>((resolve, reject) => {
      const look = () => {
        const [, url] = /Sandbox at (\S+),[^]*apiKey .*\n/.exec(said) ?? [];
        if (url !== undefined) resolve(url);
      };
      child.stdout.on("data", look);
      child.on("close", () => reject(new Error(warned)));
    });
    listening.catch(() => undefined);
    const closed = once(child, "close") as Promise<[number]>;
    return { child, listening, closed, said: () => said, warned: () => warned };
  };

  const post = async (url: string, email: string) => {
    const answer = await fetch(`${url}/hooks/start/${journeyId}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", mmApiKey: SANDBOX_KEY },
      body: JSON.stringify({ email }),
    });
    return { status: answer.status, ...((await answer.json()) as { ref?: string }) };
  };

  it("says where it is, the key, and how to point a stack at it", async () => {
    const { listening, said } = run("--port", "0");
    const url = await listening;
    assert.equal(
      said(),
      `Sandbox at ${url}, key ${SANDBOX_KEY}. Stop it with Ctrl-C.
Page: ${url}/
Point a new stack at it:
  pulumi config set mailmodo:baseUrl ${url}
  pulumi config set --secret mailmodo:apiKey ${SANDBOX_KEY}
`,
    );
    assert.equal((await fetch(`${url}/_sandbox/state`)).status, 200);
  });

  it("prints no key of the user's", async () => {
    const { listening, said, warned } = run("--port", "0", "--api-key", "a-key-of-mine");
    const url = await listening;
    assert.equal(
      said(),
      `Sandbox at ${url}, key: the one of --api-key. Stop it with Ctrl-C.
Page: ${url}/
Point a new stack at it:
  pulumi config set mailmodo:baseUrl ${url}
  pulumi config set --secret mailmodo:apiKey <your key>
`,
    );
    assert.equal(warned(), "");
  });

  it("prints its version, and no more", async () => {
    const { listening, closed, said } = run("--version");
    await assert.rejects(listening);
    assert.deepEqual([await closed, said()], [[0, null], `${version}\n`]);
  });

  it("names each default in its help", async () => {
    const { listening, closed, said } = run("--help");
    await assert.rejects(listening);
    await closed;
    assert.match(said().replace(/\s+/g, " "), /--profile <name\.\.\.>[^(]*\(default: "default"\)/);
    assert.doesNotMatch(said(), /default: \[/);
  });

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`ends by ${signal} without a word, also while somebody reads its events`, async () => {
      const { child, listening, closed, warned } = run("--port", "0");
      const events = await fetch(`${await listening}/_sandbox/events`);
      const read = events.text().catch(() => "cut off");
      child.kill(signal);
      assert.deepEqual([await closed, warned()], [[0, null], ""]);
      await read;
    });
  }

  it("ends by SIGINT at once, also while an answer is delayed", async () => {
    const { child, listening, closed } = run("--port", "0");
    const url = await listening;
    await fetch(`${url}/_sandbox/faults`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ kind: "delay", delayMs: 3_600_000 }),
    });
    const call = assert.rejects(post(url, "a@x.example.com"));
    while (((await (await fetch(`${url}/_sandbox/requests`)).json()) as object[]).length === 0);
    child.kill("SIGINT");
    assert.deepEqual(await closed, [0, null]);
    await call;
  });

  it("waits for a message that is being delivered, also if npx sends it SIGINT a second time", async () => {
    let received!: (response: ServerResponse) => void;
    const delivering = new Promise<ServerResponse>((resolve) => (received = resolve));
    const bucket = await serve((response) => received(response));
    const aws = { AWS_ACCESS_KEY_ID: "testing", AWS_SECRET_ACCESS_KEY: "testing", AWS_REGION: "us-east-1" };
    const env = { ...aws, AWS_ENDPOINT_URL_S3: bucket.url };
    const mails = ["--deliver", "s3://seeds-inbox", "--journeys", journeys];
    try {
      const { child, listening, closed, warned } = runWith(env, "--port", "0", ...mails);
      const url = await listening;
      const events = (await fetch(`${url}/_sandbox/events`)).text().catch(() => "cut off");
      await post(url, "a@x.example.com");
      const response = await delivering;
      child.kill("SIGINT");
      // It is about to close.
      await events;
      child.kill("SIGINT");
      response.end();
      assert.deepEqual([await closed, warned()], [[0, null], ""]);
    } finally {
      await bucket.close();
    }
  });

  it("is this machine's alone under the name localhost, however it is written", async () => {
    const { child, listening, closed, warned } = run("--port", "0", "--host", "LOCALHOST");
    await listening;
    child.kill("SIGTERM");
    await closed;
    assert.equal(warned(), "");
  });

  it("names an address that can be called where it listens on all of them", async () => {
    const url = await run("--port", "0", "--host", "::").listening;
    assert.match(url, /^http:\/\/\[::1\]:\d+$/);
    assert.equal((await fetch(`${url}/_sandbox/state`)).status, 200);
  });

  it("keeps to a rate", async () => {
    const url = await run("--port", "0", "--rate", "2").listening;
    const statuses = await Promise.all(
      ["a", "b", "c"].map(async (name) => (await post(url, `${name}@x.example.com`)).status),
    );
    assert.deepEqual(statuses.sort(), [200, 200, 429]);
  });

  it("gives the same ids in each run with a seed", async () => {
    const ids: (string | undefined)[][] = [];
    for (let nth = 0; nth < 2; nth++) {
      const url = await run("--port", "0", "--seed", "7").listening;
      ids.push([(await post(url, "a@x.example.com")).ref, (await post(url, "b@x.example.com")).ref]);
    }
    assert.deepEqual(ids[0], ids[1]);
    assert.equal(new Set(ids[0]).size, 2);
    for (const id of ids[0]!)
      assert.match(id ?? "", /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  });

  it("warns where others on the network can reach it", async () => {
    const { child, listening, closed, warned } = run("--port", "0", "--host", "0.0.0.0");
    await listening;
    child.kill("SIGTERM");
    await closed;
    assert.equal(
      warned(),
      "Warning: it listens on 0.0.0.0, so that others on the network can read and change everything in it.\n",
    );
  });

  it("names another port where its own is in use", async () => {
    const url = await run("--port", "0").listening;
    const { closed, warned } = run("--port", new URL(url).port);
    assert.deepEqual(await closed, [1, null]);
    assert.equal(warned(), `Port ${new URL(url).port} is in use. Use a free one: mailmodo-sandbox --port 0\n`);
  });

  const bad: [args: string[], line: RegExp][] = [
    [["--port", "x"], /'--port <number>' argument 'x' is invalid\. Give a whole number from 0 to 65535\./],
    [["--port", "65536"], /Give a whole number from 0 to 65535/],
    [["--host", ""], /'--host <address>' argument '' is invalid\. It is empty\./],
    [
      ["--host", "203.0.113.9", "--port", "0"],
      /^Could not listen on 203\.0\.113\.9, port 0: this machine does not have that address\./,
    ],
    [["--api-key", " "], /It is empty/],
    [["--rate", "0"], /Give a whole number from 1 to 100000/],
    [["--rate", "1.5"], /Give a whole number/],
    [["--seed", "-1"], /Give a whole number from 0/],
    [["--journey-hours", "1e3"], /Give a whole number/],
    [["--profile", "nope"], /^No profile "nope"\. The profiles are: default, /],
    [["--profile", "key-401", "--profile-file", "x.json"], /cannot be used with option '--profile/],
    [["--profile-file", "nope.json"], /^Could not read the profile in nope\.json: there is no such file\./],
    [["--journeys", "nope.json"], /^Could not read the journeys in nope\.json: there is no such file\./],
    [["--store", os.tmpdir()], /it is a directory\. Name a file\./],
    [["--deliver", "bucket"], /^Mail is delivered to s3:\/\//],
    [["--nope"], /unknown option '--nope'/],
    [["8025"], /too many arguments/],
  ];
  for (const [args, line] of bad) {
    it(`refuses ${args.join(" ")} in one line`, async () => {
      const { closed, said, warned } = run(...args);
      assert.deepEqual(await closed, [1, null]);
      assert.equal(said(), "");
      assert.match(warned(), line);
      assert.match(warned(), /^[^\n]+\n$/);
    });
  }
});
