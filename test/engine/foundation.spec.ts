// The engine and the program are real; Pulumi's AWS plugin is a double (test/support/awsPlugin.ts), and AWS is moto.
import assert from "node:assert/strict";
import { found, type Clients } from "../support/awsResources/awsResource";
import { useFoundationStack } from "../support/foundationStack";
import { DESTROY, UP } from "../support/pulumiArgs";

// Each step goes on from the one before: an up takes ten seconds, and a stack's life is one story.
describe("The foundation stack, through the engine", () => {
  const stack = useFoundationStack();

  it("says in one line which setting is missing, and makes nothing", async () => {
    const { bench } = stack();
    const { code, output } = await bench.pulumi("preview", "--config-file", "empty.yaml");
    assert.notEqual(code, 0);
    const [, diagnostics = ""] = output.split("Diagnostics:\n");
    assert.equal(
      diagnostics.split("\nResources:")[0],
      "  pulumi:pulumi:Stack (seeds-foundation):\n" +
        "    error: Missing seeds:mailDomain: a domain in small letters, such as seeds.example.com. " +
        "Set it: pulumi config set mailDomain <value>.\n",
    );
  });

  it("gives previews what they take, and a person the DNS records to set", async () => {
    const { aws, outputs } = stack();
    const { DkimAttributes = {} } = await aws.ses.getIdentityDkimAttributes({ Identities: ["seeds.example.com"] });
    const tokens = DkimAttributes["seeds.example.com"]?.DkimTokens ?? [];
    assert.equal(tokens.length, 3);
    const { stateBucket, mailBucket, ...others } = outputs;
    assert.match(stateBucket, /^pulumi-state-[0-9a-f]{7}$/);
    assert.match(mailBucket, /^seed-mail-[0-9a-f]{7}$/);
    assert.deepEqual(others, {
      apiKeySecretArn: (await aws.secrets.describeSecret({ SecretId: "mailmodo/api-key" })).ARN,
      backendUrl: `s3://${stateBucket}?region=us-east-1`,
      secretsProvider: "awskms://alias/pulumi-state?region=us-east-1",
      mailPrefix: "mail/",
      mailDomain: "seeds.example.com",
      dnsRecords: [
        // moto has one token for all domains.
        { type: "TXT", name: "_amazonses.seeds.example.com", value: "QTKknzFg2J4ygwa+XvHAxUl1hyHoY0gVfZdfjIedHZ0=" },
        { type: "MX", name: "seeds.example.com", value: "10 inbound-smtp.us-east-1.amazonaws.com" },
        ...tokens.map((token) => ({
          type: "CNAME",
          name: `${token}._domainkey.seeds.example.com`,
          value: `${token}.dkim.amazonses.com`,
        })),
      ],
      previewRoleArn: (await aws.iam.getRole({ RoleName: "mailmodo-previews" })).Role?.Arn,
    });
  });

  it("makes a state bucket that is versioned, encrypted with its own key and private", async () => {
    const { aws, outputs } = stack();
    const Bucket = outputs.stateBucket;
    const { KeyMetadata } = await aws.kms.describeKey({ KeyId: "alias/pulumi-state" });
    const { KeyRotationEnabled } = await aws.kms.getKeyRotationStatus({ KeyId: KeyMetadata?.KeyId });
    assert.deepEqual([KeyMetadata?.KeyState, KeyRotationEnabled], ["Enabled", true]);

    assert.equal((await aws.s3.getBucketVersioning({ Bucket })).Status, "Enabled");
    const [encryption] = (await aws.s3.getBucketEncryption({ Bucket })).ServerSideEncryptionConfiguration?.Rules ?? [];
    assert.deepEqual(encryption?.ApplyServerSideEncryptionByDefault, {
      SSEAlgorithm: "aws:kms",
      KMSMasterKeyID: KeyMetadata?.Arn,
    });
    assert.deepEqual(await accessTo(aws, Bucket), { blocked: [true, true, true, true], sids: ["DenyPlainHttp"] });
    const [rule] = (await aws.s3.getBucketLifecycleConfiguration({ Bucket })).Rules ?? [];
    assert.equal(rule?.NoncurrentVersionExpiration?.NoncurrentDays, 90);
  });

  it("makes a mail bucket that one receipt rule writes to, and that forgets after seven days", async () => {
    const { aws, outputs } = stack();
    const Bucket = outputs.mailBucket;
    assert.deepEqual(await accessTo(aws, Bucket), {
      blocked: [true, true, true, true],
      sids: ["ReceiveMail", "DenyPlainHttp"],
    });
    const { Rules = [] } = await aws.s3.getBucketLifecycleConfiguration({ Bucket });
    assert.deepEqual(
      Rules.map(({ Status, Expiration, Filter }) => [Status, Expiration?.Days, Filter?.Prefix]),
      [["Enabled", 7, ""]],
    );
  });

  it("makes the secret without a value", async () => {
    const { aws, outputs } = stack();
    await assert.rejects(aws.secrets.getSecretValue({ SecretId: outputs.apiKeySecretArn }), /can't find .* value/);
  });

  it("activates one rule set with one rule, which delivers all mail to the mail bucket", async () => {
    const { aws, outputs } = stack();
    const { Metadata, Rules = [] } = await aws.ses.describeActiveReceiptRuleSet({});
    assert.equal(Metadata?.Name, "mailmodo-seeds");
    assert.deepEqual(
      Rules.map(({ Name, Enabled, Recipients, Actions }) => [Name, Enabled, Recipients ?? [], Actions]),
      [
        [
          "catch-all",
          true,
          [],
          [{ S3Action: { BucketName: outputs.mailBucket, ObjectKeyPrefix: outputs["mailPrefix"] } }],
        ],
      ],
    );
  });

  it("makes a role that the repository's pull requests and its main branch can take, and nobody else", async () => {
    const { aws } = stack();
    const { Role } = await aws.iam.getRole({ RoleName: "mailmodo-previews" });
    const { OpenIDConnectProviderList = [] } = await aws.iam.listOpenIDConnectProviders({});
    const { Statement } = JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "")) as {
      Statement: unknown[];
    };
    assert.deepEqual(Statement, [
      {
        Effect: "Allow",
        Principal: { Federated: OpenIDConnectProviderList[0]?.Arn },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": [
              "repo:octocat/seeds:pull_request",
              "repo:octocat/seeds:ref:refs/heads/main",
            ],
          },
        },
      },
    ]);
  });

  it("changes nothing in a second up that looks at AWS first", async () => {
    const { succeed } = stack();
    await succeed(...UP, "--refresh", "--expect-no-changes");
  });

  it("moves its state into the bucket, and its secrets to the key", async () => {
    const { bench, aws, outputs, succeed, keepStateIn } = stack();
    // moto takes a Deny without its condition, and so would refuse everybody.
    await aws.s3.deleteBucketPolicy({ Bucket: outputs.stateBucket });
    // It is there before the CLI has used the bucket, which would write it too.
    const meta = await aws.s3.getObject({ Bucket: outputs.stateBucket, Key: ".pulumi/meta.yaml" });
    assert.equal(await meta.Body?.transformToString(), "version: 1\n");

    await succeed("stack", "change-secrets-provider", outputs.secretsProvider);
    await succeed("stack", "export", "--file", "foundation.json");
    delete bench.env["PULUMI_CONFIG_PASSPHRASE"];
    keepStateIn("bucket");
    await succeed("stack", "init", "foundation", "--secrets-provider", outputs.secretsProvider);
    await succeed("stack", "import", "--file", "foundation.json");
    await succeed("preview", "--expect-no-changes");
    keepStateIn("folder");
    await succeed("stack", "rm", "foundation", "--force", "--yes", "--preserve-config");
    keepStateIn("bucket");

    const stored = await aws.s3.getObject({
      Bucket: outputs.stateBucket,
      Key: ".pulumi/stacks/seeds/foundation.json",
    });
    assert.match((await stored.Body?.transformToString()) ?? "", /"type":"cloud"/);
  });

  it("refuses a destroy of what is protected, and then destroys only the rest", async () => {
    const { bench, aws, outputs, succeed } = stack();
    const refused = await bench.pulumi("destroy", "--preview-only");
    assert.notEqual(refused.code, 0);
    assert.match(refused.output, /it is protected/);

    await succeed(...DESTROY, "--exclude-protected");
    assert.deepEqual((await aws.ses.listReceiptRuleSets({})).RuleSets ?? [], []);
    assert.deepEqual((await aws.ses.listIdentities({})).Identities ?? [], []);
    assert.deepEqual((await aws.iam.listRoles({})).Roles ?? [], []);
    const { Buckets = [] } = await aws.s3.listBuckets({});
    assert.deepEqual(
      Buckets.map(({ Name }) => Name),
      [outputs.stateBucket],
    );
    assert.ok(await found(aws.secrets.describeSecret({ SecretId: outputs.apiKeySecretArn })));
    assert.ok(await found(aws.kms.describeKey({ KeyId: "alias/pulumi-state" })));
  });

  it("destroys all of it once a person has moved its state out, unprotected it and emptied the bucket", async () => {
    const { bench, aws, outputs, succeed, keepStateIn } = stack();
    bench.env["PULUMI_CONFIG_PASSPHRASE"] = "not a secret";
    await succeed("stack", "change-secrets-provider", "passphrase");
    await succeed("stack", "export", "--file", "foundation.json");
    keepStateIn("folder");
    await succeed("stack", "init", "foundation");
    await succeed("stack", "import", "--file", "foundation.json");
    await succeed("state", "unprotect", "--all", "--yes");
    const Bucket = outputs.stateBucket;
    const { Versions = [], DeleteMarkers = [] } = await aws.s3.listObjectVersions({ Bucket });
    const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
    await aws.s3.deleteObjects({ Bucket, Delete: { Objects } });
    await succeed(...DESTROY);

    assert.deepEqual((await aws.s3.listBuckets({})).Buckets ?? [], []);
    const { Keys: [key] = [] } = await aws.kms.listKeys({});
    assert.equal((await aws.kms.describeKey({ KeyId: key?.KeyId })).KeyMetadata?.KeyState, "PendingDeletion");
    assert.ok((await aws.secrets.describeSecret({ SecretId: outputs.apiKeySecretArn })).DeletedDate);
  });

  async function accessTo(aws: Clients, Bucket: string) {
    const { PublicAccessBlockConfiguration } = await aws.s3.getPublicAccessBlock({ Bucket });
    const { Policy = "" } = await aws.s3.getBucketPolicy({ Bucket });
    const { Statement } = JSON.parse(Policy) as { Statement: { Sid: string }[] };
    return { blocked: Object.values(PublicAccessBlockConfiguration ?? {}), sids: Statement.map(({ Sid }) => Sid) };
  }
});
