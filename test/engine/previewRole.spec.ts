// The policies are the foundation's own, and moto asks them about each call to S3: see test/support/motoAccess.ts.
import assert from "node:assert/strict";
import { S3 } from "@aws-sdk/client-s3";
import { useFoundationStack } from "../support/foundationStack";
import { assumeRole, requireAuthorization } from "../support/motoAccess";
import { useRunners } from "../support/previews";
import { useSandbox } from "../support/sandbox";

describe("The role of previews, in the foundation's bucket", () => {
  const stack = useFoundationStack();
  const sandbox = useSandbox({}, "suite");
  const backend = { env: {} };
  const runner = useRunners(sandbox, () => backend, "suite");
  let s3: S3;
  let Bucket = "";
  const FOUNDATION = ".pulumi/stacks/seeds/foundation.json";

  before(async () => {
    const { aws, moto, outputs } = stack();
    Bucket = outputs.stateBucket;
    // moto takes a Deny without its condition, and so would refuse everybody.
    for (const one of [Bucket, outputs.mailBucket]) await aws.s3.deleteBucketPolicy({ Bucket: one });
    await aws.s3.putObject({ Bucket, Key: FOUNDATION, Body: STATE });
    await aws.s3.putObject({ Bucket: outputs.mailBucket, Key: "mail/1", Body: "Subject: Welcome" });

    const role = await assumeRole(moto, outputs.previewRoleArn);
    s3 = new S3({
      endpoint: moto.url,
      region: "us-east-1",
      forcePathStyle: true,
      credentials: {
        accessKeyId: role.AWS_ACCESS_KEY_ID,
        secretAccessKey: role.AWS_SECRET_ACCESS_KEY,
        sessionToken: role.AWS_SESSION_TOKEN,
      },
    });
    // moto does not know the resources of KMS, so the secrets are under a passphrase.
    const url = `${outputs.backendUrl}&use_path_style=true&endpoint=${moto.url}`;
    backend.env = { ...moto.env, ...role, PULUMI_BACKEND_URL: url };
    await requireAuthorization(moto, true);
  });

  it("is enough for previews to come up, go down, and be listed and swept, where nobody used the bucket before", async () => {
    const machine = await runner();
    await machine.succeed("up", "--name", "pr-1");
    await machine.succeed("up", "--name", "pr-2");
    await machine.succeed("up", "--name", "pr-1");
    assert.match((await machine.succeed("list")).stdout, /pr-1[^]*pr-2/);
    assert.match((await machine.succeed("sweep", "--open", "pr-1")).stdout, /Previews: 1 destroyed/);
    await machine.succeed("down", "--name", "pr-1");
    assert.deepEqual(sandbox().running(), []);
  });

  it("lets a program read the foundation's outputs", async () => {
    const machine = await runner({
      program:
        'const { StackReference } = require("@pulumi/pulumi");\n' +
        'exports.domain = new StackReference("organization/seeds/foundation").requireOutput("mailDomain");',
    });
    await machine.succeed("up", "--name", "pr-3");
    const { stdout } = await machine.pulumi("stack", "output", "domain", "--stack", "pr-3");
    assert.equal(stdout, "seeds.example.com\n");
    await machine.succeed("down", "--name", "pr-3");
  });

  it("does not let a preview be the foundation's stack", async () => {
    const machine = await runner();
    for (const command of ["up", "down"]) {
      const { code, stderr } = await machine.previews(command, "--name", "foundation");
      assert.equal(code, 1);
      assert.match(stderr, /The stack foundation is not a preview/);
    }
    assert.equal(await object(FOUNDATION), STATE);
  });

  it("writes neither the format's version nor the foundation, nor a state without a project", async () => {
    for (const Key of [
      ".pulumi/meta.yaml",
      FOUNDATION,
      `${FOUNDATION}.gz`,
      `${FOUNDATION}.bak`,
      ".pulumi/stacks/seeds/foundation.pulumi-tags",
      ".pulumi/history/seeds/foundation/foundation-1.history.json",
      ".pulumi/backups/seeds/foundation/foundation.1.json",
      ".pulumi/locks/organization/seeds/foundation/1.json",
      ".pulumi/stacks/foundation.json",
      ".pulumi/stacks/foundation.json.gz",
      ".pulumi/history/foundation/foundation-1.history.json",
      ".pulumi/backups/foundation/foundation.1.json",
      ".pulumi/locks/foundation/1.json",
      ".pulumi/stacks/seeds2/pr-1.json",
      "elsewhere",
    ]) {
      await assert.rejects(s3.putObject({ Bucket, Key, Body: "version: 99" }), { name: "AccessDenied" }, Key);
      await assert.rejects(s3.deleteObject({ Bucket, Key }), { name: "AccessDenied" }, Key);
      await assert.rejects(s3.copyObject({ Bucket, Key, CopySource: `${Bucket}/${FOUNDATION}` }), {
        name: "AccessDenied",
      });
    }
    assert.equal(await object(".pulumi/meta.yaml"), "version: 1\n");
  });

  it("reads mail, and writes none", async () => {
    const mail = { Bucket: stack().outputs.mailBucket, Key: "mail/1" };
    await s3.getObject(mail);
    await assert.rejects(s3.putObject({ ...mail, Body: "another" }), { name: "AccessDenied" });
    await assert.rejects(s3.listBuckets({}), { name: "AccessDenied" });
  });

  async function object(Key: string): Promise<string> {
    const { Body } = await s3.getObject({ Bucket, Key });
    return (await Body?.transformToString()) ?? "";
  }
});

/** A state of the foundation's, with one output. */
const STATE = JSON.stringify({
  version: 3,
  checkpoint: {
    stack: "organization/seeds/foundation",
    latest: {
      manifest: { time: "2026-01-01T00:00:00Z", magic: "", version: "" },
      resources: [
        {
          urn: "urn:pulumi:foundation::seeds::pulumi:pulumi:Stack::seeds-foundation",
          custom: false,
          type: "pulumi:pulumi:Stack",
          outputs: { mailDomain: "seeds.example.com" },
        },
      ],
    },
  },
});
