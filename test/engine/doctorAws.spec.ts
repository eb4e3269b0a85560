import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SANDBOX_KEY } from "mailmodo-sandbox";
import { fresh } from "../support/awsKey";
import { doctor } from "../support/doctor";
import { makeBucket, makeKey, s3Of, useMoto } from "../support/moto";
import { useProject } from "../support/project";

const BUCKET = "states";

describe("pulumi-mailmodo doctor, with AWS", () => {
  const moto = useMoto();
  const project = useProject("", {}, "suite");
  const name = fresh();
  before(async () => {
    const { url, env } = moto();
    const credentials = { accessKeyId: "testing", secretAccessKey: "testing" };
    const client = new SecretsManagerClient({ endpoint: url, region: "us-east-1", credentials });
    await client.send(new CreateSecretCommand({ Name: name, SecretString: JSON.stringify({ apiKey: SANDBOX_KEY }) }));
    client.destroy();
    Object.assign(project().env, env, { MAILMODO_API_KEY: undefined });
  });
  const refer = (reference: string) =>
    project().succeed("config", "set", "--plaintext", "mailmodo:apiKeySecret", reference);

  it("reads the key from the secret, which Mailmodo takes", async () => {
    await refer(`${name}#apiKey`);
    const { code, line, stdout } = await doctor(project());
    assert.equal(code, 0, stdout);
    assert.equal(line("API key"), "ok: From AWS, by mailmodo:apiKeySecret.");
    assert.equal(line("AWS secret"), `ok: AWS gives the key by ${name}#apiKey.`);
    assert.match(line("Mailmodo"), /^ok: /);
    assert.ok(!stdout.includes(SANDBOX_KEY));
  });

  it("asks AWS nothing with --offline", async () => {
    const env = { AWS_ENDPOINT_URL: "http://127.0.0.1:1" };
    const { line } = await doctor(project(), env, "--offline");
    assert.equal(line("AWS secret"), "skipped: AWS is not asked, because of --offline.");
  });

  it("fails where there is no such secret, and asks Mailmodo nothing then", async () => {
    await refer("prod/nothing");
    const { code, line } = await doctor(project());
    assert.equal(code, 1);
    assert.match(line("AWS secret"), /^failure: Could not read the API key from .*no such secret in us-east-1/);
    assert.equal(line("Mailmodo"), "skipped: Not checked. There is no API key that could be used.");
  });

  describe("and the state in S3, its secrets under a KMS key", () => {
    before(async () => {
      const client = s3Of(moto());
      await makeBucket(client, BUCKET);
      await makeKey(moto(), "alias/states");
      const query = `endpoint=${moto().url}&hostname_immutable=true&use_path_style=true&region=us-east-1`;
      Object.assign(project().env, {
        PULUMI_BACKEND_URL: `s3://${BUCKET}/below?${query}`,
        PULUMI_CONFIG_PASSPHRASE: undefined,
        PULUMI_STACK: undefined,
        MAILMODO_API_KEY: SANDBOX_KEY,
      });
      const { dir } = project();
      await project().succeed("stack", "init", "cloud", "--secrets-provider", "awskms://alias/states?region=us-east-1");
      const settings = fs.readFileSync(path.join(dir, "Pulumi.test.yaml"), "utf8");
      const [config = ""] =
        /^config:[\s\S]*?(?=^\S|(?![\s\S]))/m.exec(settings.replace(/^encryptionsalt.*\n/m, "")) ?? [];
      fs.appendFileSync(path.join(dir, "Pulumi.cloud.yaml"), config.replace(/^.*apiKeySecret.*\n/m, ""));
    });

    it("finds nothing wrong", async () => {
      const { code, line, stdout } = await doctor(project());
      assert.equal(code, 0, stdout);
      assert.equal(line("backend"), `ok: s3://${BUCKET}/below: 1 stack of this project.`);
      assert.equal(line("secrets"), "ok: The secrets provider (awskms) encrypts and decrypts.");
      assert.equal(line("lock"), "ok: Free.");
    });

    it("finds the lock of another machine's run, and leaves it", async () => {
      const lock = { pid: 7, username: "ci", hostname: "runner-7", timestamp: "2026-11-27T00:40:00Z" };
      const Key = "below/.pulumi/locks/organization/seeds/cloud/0d4f1c2e.json";
      await s3Of(moto()).send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: JSON.stringify(lock) }));
      for (let look = 0; look < 2; look++) {
        const { code, line } = await doctor(project());
        assert.equal(code, 1);
        assert.match(
          line("lock"),
          /^failure: Held by \S+runner-7 \(pid 7\), since 2026-11-27T00:40:00\.000Z, on another machine\. .* --run-is-over\.$/,
        );
      }
    });

    it("does not ask the bucket for locks with --offline", async () => {
      const { line } = await doctor(project(), {}, "--offline");
      assert.equal(line("lock"), "skipped: The bucket is not asked for locks, because of --offline.");
    });

    it("fails where the KMS key cannot be used", async () => {
      const { code, line } = await doctor(project(), { AWS_ENDPOINT_URL_KMS: "http://127.0.0.1:1" }, "--offline");
      assert.equal(code, 1);
      assert.match(line("secrets"), /^failure: The stack's secrets cannot be used\. .* Log in where that key is/);
    });
  });
});
