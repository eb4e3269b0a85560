import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { diagnose, type Diagnosis } from "../../provider/commands/doctor/doctor";
import type { DoctorOptions } from "../../provider/commands/doctor/surroundings";
import { fresh } from "../support/awsKey";
import { COMMAND } from "../support/command";
import { withEnvironment } from "../support/environment";
import { TEST_ACCOUNT } from "../support/moto";
import { useProject } from "../support/project";
import { startSilentServer, type SilentServer } from "../support/silentServer";

const LIMIT_MS = 6_000;

describe("pulumi-mailmodo doctor, where nothing answers:", () => {
  const project = useProject("", {}, "suite");
  let silent: SilentServer;
  beforeEach(async () => {
    silent = await startSilentServer();
  });
  afterEach(() => silent.close());

  const bucket = () =>
    `s3://states?endpoint=http://${silent.host}&hostname_immutable=true&use_path_style=true&region=us-east-1`;

  /** The diagnosis, which must not take much longer than one answer may. */
  async function soon(
    more: Record<string, string | undefined>,
    options: Partial<DoctorOptions> = {},
  ): Promise<Diagnosis> {
    const { dir, env } = project();
    const startedAt = performance.now();
    const diagnosis = await diagnose({ cwd: dir, offline: true, env: { ...env, ...more }, ...options }, LIMIT_MS);
    const tookMs = performance.now() - startedAt;
    assert.ok(tookMs < 2 * LIMIT_MS, `it took ${tookMs} ms`);
    return diagnosis;
  }
  const having = ({ lines }: Diagnosis, level: string) => lines.filter((line) => line.level === level);
  const names = (diagnosis: Diagnosis, level: string) => having(diagnosis, level).map(({ check }) => check);

  for (const [what, env] of [
    ["a bucket", () => ({ ...TEST_ACCOUNT, PULUMI_BACKEND_URL: bucket() })],
    [
      "a Pulumi Cloud",
      () => ({ PULUMI_BACKEND_URL: `https://${silent.host}`, PULUMI_ACCESS_TOKEN: "pul-0123456789abcdef" }),
    ],
  ] as const) {
    it(`${what} is one failure, and what needs the backend is not checked`, async () => {
      const diagnosis = await soon(env());
      const [backend, ...others] = having(diagnosis, "failure");
      assert.deepEqual([backend?.check, others], ["backend", []]);
      assert.equal(backend?.text, "Could not list the stacks of the project: no answer within 6 s.");
      assert.equal(
        backend.advice,
        "Check PULUMI_BACKEND_URL and the network, and look for a firewall or a proxy on the way.",
      );
      const skipped = having(diagnosis, "skipped").filter(({ check }) => check !== "Mailmodo" && check !== "clock");
      assert.deepEqual(
        skipped.map(({ check, text }) => `${check}: ${text}`),
        ["stack", "settings file", "secrets", "settings", "recipients", "lock", "pending operations"].map(
          (check) => `${check}: Not checked. The backend cannot be read.`,
        ),
      );
      await silent.abandoned();
    });
  }

  it("leaves no CLI behind that still waits for its backend if a signal stops it", async () => {
    const { dir, env } = project();
    const child = spawn(process.execPath, [COMMAND, "doctor", "--offline"], {
      cwd: dir,
      env: { ...env, ...TEST_ACCOUNT, PULUMI_BACKEND_URL: bucket() },
      stdio: "ignore",
    });
    const ended = once(child, "close");
    await silent.asked();
    child.kill("SIGINT");
    assert.equal((await ended)[0], 130);
    await silent.abandoned();
  });

  it("a KMS key is one failure, and what is not secret is checked", async () => {
    const { dir } = project();
    const text = fs.readFileSync(path.join(dir, "Pulumi.test.yaml"), "utf8").replace(/^encryptionsalt: .*\n/m, "");
    const configFile = path.join(dir, "kms.yaml");
    fs.writeFileSync(
      configFile,
      `secretsprovider: awskms://alias/states?region=us-east-1\nencryptedkey: AAAA\n${text}`,
    );
    const diagnosis = await soon({ ...TEST_ACCOUNT, AWS_ENDPOINT_URL_KMS: `http://${silent.host}` }, { configFile });
    const [secrets, ...others] = having(diagnosis, "failure");
    assert.deepEqual([secrets?.check, others], ["secrets", []]);
    assert.equal(
      secrets?.text,
      "The stack's secrets cannot be used. Could not encrypt a secret: no answer within 6 s.",
    );
    assert.equal(
      secrets.advice,
      "Check the secrets provider (awskms) and the network, and look for a firewall or a proxy on the way.",
    );
    assert.deepEqual(names(diagnosis, "skipped"), ["Mailmodo", "clock"]);
    await silent.abandoned();
  });

  it("AWS is one failure, and Mailmodo is not asked", async () => {
    await project().succeed("config", "set", "--plaintext", "mailmodo:apiKeySecret", fresh());
    const aws = { ...TEST_ACCOUNT, AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://${silent.host}` };
    const diagnosis = await withEnvironment(aws, () =>
      soon({ ...aws, MAILMODO_API_KEY: undefined }, { offline: false }),
    );
    await project().succeed("config", "rm", "mailmodo:apiKeySecret");
    const [secret, ...others] = having(diagnosis, "failure");
    assert.deepEqual([secret?.check, others], ["AWS secret", []]);
    assert.match(
      secret?.text ?? "",
      /^Could not read the API key from mailmodo:apiKeySecret \S+: no answer within 6 s\.$/,
    );
    assert.match(secret?.advice ?? "", /^Check the network, the region, and /);
    assert.deepEqual(names(diagnosis, "skipped"), ["Mailmodo", "clock"]);
  });
});
