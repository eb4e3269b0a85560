import * as iam from "@pulumi/aws/iam";
import * as pulumi from "@pulumi/pulumi";
import type { MailBucket } from "./mailBucket";
import { policy, type Statement } from "./policies";
import { keysOfProject, keysOfStack, META_KEY } from "./stateKeys";

export interface PreviewRoleArgs {
  /** `owner/name` as the subject of the repository's OIDC tokens spells it. */
  readonly githubRepository: string;
  /** The account's OIDC provider for GitHub. Default: one is made; an account can have one only. */
  readonly githubOidcProviderArn: string | undefined;
  /** The Pulumi project whose stacks the previews are. */
  readonly previewProject: string;
  readonly apiKeySecretArn: pulumi.Output<string>;
  readonly stateBucketArn: pulumi.Output<string>;
  readonly stateKeyArn: pulumi.Output<string>;
  readonly mail: MailBucket;
}

const ISSUER = "token.actions.githubusercontent.com";

/** As whom previews run on GitHub: without a key of their own, and with what they need. */
export class PreviewRole extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: PreviewRoleArgs, options?: pulumi.ComponentResourceOptions) {
    super("seeds:aws:PreviewRole", name, {}, options);
    const inside = { parent: this };
    const providerArn =
      args.githubOidcProviderArn ??
      new iam.OpenIdConnectProvider(name, { url: `https://${ISSUER}`, clientIdLists: ["sts.amazonaws.com"] }, inside)
        .arn;
    const role = new iam.Role(
      name,
      {
        name: "mailmodo-previews",
        description: "Mailmodo previews on GitHub",
        assumeRolePolicy: policy(trust(providerArn, args.githubRepository)),
      },
      inside,
    );
    new iam.RolePolicy(name, { name: "previews", role: role.name, policy: policy(...permissions(args)) }, inside);
    this.arn = role.arn;
    this.registerOutputs({ arn: this.arn });
  }
}

/** Pull requests of the repository itself (those of forks get no token), and what runs on main: the nightly sweep. */
function trust(providerArn: pulumi.Input<string>, repository: string): Statement {
  return {
    Effect: "Allow",
    Principal: { Federated: providerArn },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: {
      StringEquals: {
        [`${ISSUER}:aud`]: "sts.amazonaws.com",
        [`${ISSUER}:sub`]: [`repo:${repository}:pull_request`, `repo:${repository}:ref:refs/heads/main`],
      },
    },
  };
}

function permissions(args: PreviewRoleArgs): Statement[] {
  const { apiKeySecretArn, stateKeyArn, mail } = args;
  return [
    ...statePermissions(args),
    {
      Sid: "EncryptState",
      Effect: "Allow",
      Action: ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"],
      Resource: stateKeyArn,
    },
    { Sid: "ReadApiKey", Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: apiKeySecretArn },
    {
      Sid: "ReadMail",
      Effect: "Allow",
      Action: "s3:GetObject",
      Resource: pulumi.interpolate`${mail.arn}/${mail.prefix}*`,
    },
  ];
}

/** What IAM does not allow it denies: the rest of the bucket, such as stacks without a project and other projects. */
function statePermissions({ previewProject, stateBucketArn, mail }: PreviewRoleArgs): Statement[] {
  const inBucket = (keys: string[]) => keys.map((key) => pulumi.interpolate`${stateBucketArn}/${key}`);
  const foundation = keysOfStack(pulumi.getProject(), pulumi.getStack());
  return [
    {
      // Of the whole bucket: Pulumi first lists it without a prefix, to see whether it is there.
      Sid: "List",
      Effect: "Allow",
      Action: "s3:ListBucket",
      Resource: [stateBucketArn, mail.arn],
    },
    {
      Sid: "KeepState",
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
      Resource: inBucket(keysOfProject(previewProject)),
    },
    {
      // Each command of the CLI reads the version of the format first; a program may read the foundation's outputs.
      Sid: "ReadShared",
      Effect: "Allow",
      Action: "s3:GetObject",
      Resource: inBucket([META_KEY, ...foundation]),
    },
    {
      // With a forged version no CLI works in the bucket; forged outputs would mislead everyone who reads them.
      Sid: "LeaveSharedAlone",
      Effect: "Deny",
      Action: ["s3:PutObject*", "s3:DeleteObject*"],
      Resource: inBucket([META_KEY, ...foundation]),
    },
  ];
}
