// The engine is mocked here by the SDK's own setMocks, to see what the program registers; test/engine runs one for real.
import assert from "node:assert/strict";
import {
  ACCOUNT,
  foundation,
  ISSUER,
  KEY,
  MAIL,
  RULE,
  SECRET,
  STATE,
  statementsOf,
  type Statement,
} from "../support/foundation";

const denyPlainHttp = (bucket: string): Statement => ({
  Sid: "DenyPlainHttp",
  Effect: "Deny",
  Principal: "*",
  Action: "s3:*",
  Resource: [bucket, `${bucket}/*`],
  Condition: { Bool: { "aws:SecureTransport": "false" } },
});

/** The version of the backend's format, and what the foundation's stack has: it is called pr-7 here. */
const shared = [
  `${STATE}/.pulumi/meta.yaml`,
  `${STATE}/.pulumi/stacks/seeds/pr-7.*`,
  `${STATE}/.pulumi/history/seeds/pr-7/*`,
  `${STATE}/.pulumi/backups/seeds/pr-7/*`,
  `${STATE}/.pulumi/locks/organization/seeds/pr-7/*`,
];

/** Every policy of the foundation, whole: a word more in one of them must be meant. */
const policies: Readonly<Record<string, Statement[]>> = {
  "aws:s3/bucketPolicy:BucketPolicy state": [denyPlainHttp(STATE)],
  "aws:s3/bucketPolicy:BucketPolicy mail": [
    {
      Sid: "ReceiveMail",
      Effect: "Allow",
      Principal: { Service: "ses.amazonaws.com" },
      Action: "s3:PutObject",
      Resource: `${MAIL}/mail/*`,
      Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT, "aws:SourceArn": RULE } },
    },
    denyPlainHttp(MAIL),
  ],
  "aws:iam/role:Role previews": [
    {
      Effect: "Allow",
      Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/${ISSUER}` },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: {
        StringEquals: {
          [`${ISSUER}:aud`]: "sts.amazonaws.com",
          [`${ISSUER}:sub`]: ["repo:octocat/seeds:pull_request", "repo:octocat/seeds:ref:refs/heads/main"],
        },
      },
    },
  ],
  "aws:iam/rolePolicy:RolePolicy previews": [
    { Sid: "List", Effect: "Allow", Action: "s3:ListBucket", Resource: [STATE, MAIL] },
    {
      Sid: "KeepState",
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
      Resource: [
        `${STATE}/.pulumi/stacks/seeds/*`,
        `${STATE}/.pulumi/history/seeds/*`,
        `${STATE}/.pulumi/backups/seeds/*`,
        `${STATE}/.pulumi/locks/organization/seeds/*`,
      ],
    },
    { Sid: "ReadShared", Effect: "Allow", Action: "s3:GetObject", Resource: shared },
    {
      Sid: "LeaveSharedAlone",
      Effect: "Deny",
      Action: ["s3:PutObject*", "s3:DeleteObject*"],
      Resource: shared,
    },
    {
      Sid: "EncryptState",
      Effect: "Allow",
      Action: ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"],
      Resource: KEY,
    },
    { Sid: "ReadApiKey", Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: SECRET },
    { Sid: "ReadMail", Effect: "Allow", Action: "s3:GetObject", Resource: `${MAIL}/mail/*` },
  ],
};

describe("The foundation stack's policies", () => {
  it("are these", async () => {
    assert.deepEqual(statementsOf(await foundation()), policies);
  });

  it("allows nothing by a wildcard that is an action, a whole resource or a principal", async () => {
    const statements = Object.values(statementsOf(await foundation())).flat();
    for (const { Effect, Action, Resource, Principal } of statements) {
      if (Effect !== "Allow") continue;
      for (const action of [Action].flat()) assert.match(action, /^[a-z0-9]+:[A-Za-z]+$/);
      // A bucket's or a key's name; below a bucket at least a folder, or one stack.
      for (const arn of [Resource ?? []].flat()) assert.match(arn, /^arn:aws:[^*]+[a-z0-9](\/\*|\.\*)?$/i);
      assert.ok(!JSON.stringify(Principal ?? "").includes("*"));
    }
    assert.ok(statements.filter(({ Effect }) => Effect === "Allow").length > 5);
  });
});
