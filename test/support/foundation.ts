// The foundation stack's program where the engine is mocked by the SDK's own setMocks.
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { program } from "../../stacks/foundation";
import { registrations, type Registered } from "./registrations";

interface Run {
  readonly registered: Registered[];
  readonly outputs: Record<string, unknown>;
}

export interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Principal?: unknown;
  readonly Action: string | string[];
  readonly Resource?: string | string[];
  readonly Condition?: unknown;
}

export const FOUNDATION_CONFIG: Readonly<Record<string, string>> = {
  "seeds:mailDomain": "seeds.example.com",
  "seeds:githubRepository": "octocat/seeds",
};

/** Runs the program as if AWS had answered, and gives what it registers and its outputs. */
export async function foundation(config: Readonly<Record<string, string>> = FOUNDATION_CONFIG): Promise<Run> {
  let outputs: Record<string, unknown> = {};
  const registered = await registrations(
    () => pulumi.output(program()).apply((values) => (outputs = values)),
    config,
    computed,
  );
  return { registered, outputs };
}

/** What it registers with AWS. */
export function awsOf({ registered }: Run): Registered[] {
  return registered.filter(({ type }) => type.startsWith("aws:"));
}

/** The statements of each policy, by the resource that has it. */
export function statementsOf({ registered }: Run): Record<string, Statement[]> {
  return Object.fromEntries(
    registered.flatMap(({ type, name, inputs }) => {
      const policy = (inputs["policy"] ?? inputs["assumeRolePolicy"]) as string | undefined;
      if (policy === undefined) return [];
      const { Version, Statement } = JSON.parse(policy) as { Version: string; Statement: Statement[] };
      assert.equal(Version, "2012-10-17");
      return [[`${type} ${name}`, Statement]];
    }),
  );
}

export const ACCOUNT = "123456789012";
/** What AWS would know of a resource. */
function computed({ type, name, inputs }: Registered): Record<string, unknown> {
  switch (type) {
    case "aws:s3/bucket:Bucket":
      return { bucket: `${name}-1`, arn: `arn:aws:s3:::${name}-1`, region: "eu-west-1" };
    case "aws:kms/key:Key":
      return { keyId: "k1", arn: `arn:aws:kms:eu-west-1:${ACCOUNT}:key/k1` };
    case "aws:secretsmanager/secret:Secret":
      return { arn: `arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:${String(inputs["name"])}-AbCdEf` };
    case "aws:ses/receiptRuleSet:ReceiptRuleSet":
      return { arn: `arn:aws:ses:eu-west-1:${ACCOUNT}:receipt-rule-set/${String(inputs["ruleSetName"])}` };
    case "aws:ses/domainIdentity:DomainIdentity":
      return { verificationToken: "verify", region: "eu-west-1" };
    case "aws:ses/domainDkim:DomainDkim":
      return { dkimTokens: ["t1", "t2", "t3"] };
    case "aws:iam/openIdConnectProvider:OpenIdConnectProvider":
      return { arn: `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com` };
    case "aws:iam/role:Role":
      return { arn: `arn:aws:iam::${ACCOUNT}:role/${String(inputs["name"])}` };
    default:
      return {};
  }
}

export const STATE = "arn:aws:s3:::pulumi-state-1";
export const MAIL = "arn:aws:s3:::seed-mail-1";
export const KEY = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/k1`;
export const SECRET = `arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:mailmodo/api-key-AbCdEf`;
export const RULE = `arn:aws:ses:eu-west-1:${ACCOUNT}:receipt-rule-set/mailmodo-seeds:receipt-rule/catch-all`;
export const ISSUER = "token.actions.githubusercontent.com";
