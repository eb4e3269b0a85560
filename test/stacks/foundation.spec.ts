// The engine is mocked here by the SDK's own setMocks, to see what the program registers; test/engine runs one for real.
import assert from "node:assert/strict";
import {
  ACCOUNT,
  awsOf,
  foundation,
  FOUNDATION_CONFIG,
  ISSUER,
  KEY,
  SECRET,
  statementsOf,
} from "../support/foundation";

/** Every AWS resource with its arguments, but for the policies. */
const resources: Readonly<Record<string, Record<string, unknown>>> = {
  "aws:secretsmanager/secret:Secret api-key": {
    name: "mailmodo/api-key",
    description: "Mailmodo's API key. Its value is put in by a person.",
  },
  "aws:kms/key:Key state-key": {
    description: "Pulumi state and its secrets",
    enableKeyRotation: true,
    deletionWindowInDays: 30,
  },
  "aws:kms/alias:Alias state-key": { name: "alias/pulumi-state", targetKeyId: "k1" },
  "aws:s3/bucket:Bucket pulumi-state": {},
  "aws:s3/bucketVersioning:BucketVersioning state": {
    bucket: "pulumi-state-1",
    versioningConfiguration: { status: "Enabled" },
  },
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration state": {
    bucket: "pulumi-state-1",
    rules: [
      { applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: KEY }, bucketKeyEnabled: true },
    ],
  },
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration state": {
    bucket: "pulumi-state-1",
    rules: [
      {
        id: "old-versions",
        status: "Enabled",
        filter: {},
        noncurrentVersionExpiration: { noncurrentDays: 90 },
        expiration: { expiredObjectDeleteMarker: true },
        abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
      },
    ],
  },
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock state": {
    bucket: "pulumi-state-1",
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  },
  "aws:s3/bucketPolicy:BucketPolicy state": { bucket: "pulumi-state-1" },
  "aws:s3/bucketObjectv2:BucketObjectv2 state-meta": {
    bucket: "pulumi-state-1",
    key: ".pulumi/meta.yaml",
    content: "version: 1\n",
    contentType: "text/plain; charset=utf-8",
  },
  "aws:ses/domainIdentity:DomainIdentity mail-domain": { domain: "seeds.example.com" },
  "aws:ses/domainDkim:DomainDkim mail-domain": { domain: "seeds.example.com" },
  "aws:ses/receiptRuleSet:ReceiptRuleSet mail-rules": { ruleSetName: "mailmodo-seeds" },
  "aws:ses/activeReceiptRuleSet:ActiveReceiptRuleSet mail-rules": { ruleSetName: "mailmodo-seeds" },
  "aws:s3/bucket:Bucket seed-mail": { forceDestroy: true },
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration mail": {
    bucket: "seed-mail-1",
    rules: [{ id: "expiry", status: "Enabled", filter: {}, expiration: { days: 7 } }],
  },
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock mail": {
    bucket: "seed-mail-1",
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  },
  "aws:s3/bucketPolicy:BucketPolicy mail": { bucket: "seed-mail-1" },
  "aws:ses/receiptRule:ReceiptRule catch-all": {
    name: "catch-all",
    ruleSetName: "mailmodo-seeds",
    enabled: true,
    scanEnabled: true,
    s3Actions: [{ position: 1, bucketName: "seed-mail-1", objectKeyPrefix: "mail/" }],
  },
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider previews": {
    url: `https://${ISSUER}`,
    clientIdLists: ["sts.amazonaws.com"],
  },
  "aws:iam/role:Role previews": { name: "mailmodo-previews", description: "Mailmodo previews on GitHub" },
  "aws:iam/rolePolicy:RolePolicy previews": { name: "previews", role: "mailmodo-previews" },
};

describe("The foundation stack", () => {
  it("registers these resources of AWS with these arguments, and no other", async () => {
    const found = awsOf(await foundation()).map(({ type, name, inputs }) => {
      const others = Object.fromEntries(
        Object.entries(inputs).filter(([arg]) => !/^(policy|assumeRolePolicy)$/.test(arg)),
      );
      return [`${type} ${name}`, others];
    });
    assert.deepEqual(Object.fromEntries(found), resources);
    assert.equal(found.length, Object.keys(resources).length);
  });

  it("uses no name of an AWS resource that is deprecated", async () => {
    assert.deepEqual(
      awsOf(await foundation()).filter(({ type }) => /V\d$/.test(type)),
      [],
    );
  });

  it("gives previews what they take, and a person the DNS records to set", async () => {
    assert.deepEqual((await foundation()).outputs, {
      apiKeySecretArn: SECRET,
      stateBucket: "pulumi-state-1",
      backendUrl: "s3://pulumi-state-1?region=eu-west-1",
      secretsProvider: "awskms://alias/pulumi-state?region=eu-west-1",
      mailBucket: "seed-mail-1",
      mailPrefix: "mail/",
      mailDomain: "seeds.example.com",
      dnsRecords: [
        { type: "TXT", name: "_amazonses.seeds.example.com", value: "verify" },
        { type: "MX", name: "seeds.example.com", value: "10 inbound-smtp.eu-west-1.amazonaws.com" },
        { type: "CNAME", name: "t1._domainkey.seeds.example.com", value: "t1.dkim.amazonses.com" },
        { type: "CNAME", name: "t2._domainkey.seeds.example.com", value: "t2.dkim.amazonses.com" },
        { type: "CNAME", name: "t3._domainkey.seeds.example.com", value: "t3.dkim.amazonses.com" },
      ],
      previewRoleArn: `arn:aws:iam::${ACCOUNT}:role/mailmodo-previews`,
    });
  });

  it("takes a repository as new tokens spell it, with ids", async () => {
    const run = await foundation({ ...FOUNDATION_CONFIG, "seeds:githubRepository": "octocat@123456/seeds@456789" });
    assert.match(
      JSON.stringify(statementsOf(run)["aws:iam/role:Role previews"]),
      /"repo:octocat@123456\/seeds@456789:pull_request"/,
    );
  });

  it("uses the account's OIDC provider for GitHub where it has one, and makes none", async () => {
    const arn = "arn:aws:iam::210987654321:oidc-provider/token.actions.githubusercontent.com";
    const run = await foundation({ ...FOUNDATION_CONFIG, "seeds:githubOidcProviderArn": arn });
    assert.ok(awsOf(run).every(({ type }) => !type.includes("openIdConnectProvider")));
    assert.deepEqual(statementsOf(run)["aws:iam/role:Role previews"]?.[0]?.Principal, { Federated: arn });
  });
});
