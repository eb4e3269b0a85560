// Part of the double of Pulumi's AWS plugin: see ../awsPlugin.ts.
import type { ReceiptRule } from "@aws-sdk/client-ses";
import { found, resource, type AnyResource } from "./awsResource";

export const mail: Record<string, AnyResource> = {
  "aws:ses/domainIdentity:DomainIdentity": resource<{ domain: string }>({
    args: ["domain"],
    async create({ ses }, { domain: Domain }) {
      const { VerificationToken } = await ses.verifyDomainIdentity({ Domain });
      return { id: Domain, outs: { verificationToken: VerificationToken } };
    },
    async exists({ ses }, domain) {
      return (await ses.listIdentities({ IdentityType: "Domain" })).Identities?.includes(domain) ?? false;
    },
    delete: ({ ses }, Identity) => ses.deleteIdentity({ Identity }),
  }),
  "aws:ses/domainDkim:DomainDkim": resource<{ domain: string }>({
    args: ["domain"],
    async create({ ses }, { domain: Domain }) {
      return { id: Domain, outs: { dkimTokens: (await ses.verifyDomainDkim({ Domain })).DkimTokens } };
    },
    exists: ({ ses }, domain) => found(ses.getIdentityDkimAttributes({ Identities: [domain] })),
    // It goes with the identity: SES has no call for it alone.
    delete: async () => undefined,
  }),
  "aws:ses/receiptRuleSet:ReceiptRuleSet": resource<{ ruleSetName: string }>({
    args: ["ruleSetName"],
    async create({ ses, region, account }, { ruleSetName: RuleSetName }) {
      await ses.createReceiptRuleSet({ RuleSetName });
      return {
        id: RuleSetName,
        outs: { arn: `arn:aws:ses:${region}:${account}:receipt-rule-set/${RuleSetName}` },
      };
    },
    exists: ({ ses }, RuleSetName) => found(ses.describeReceiptRuleSet({ RuleSetName })),
    delete: ({ ses }, RuleSetName) => ses.deleteReceiptRuleSet({ RuleSetName }),
  }),
  "aws:ses/activeReceiptRuleSet:ActiveReceiptRuleSet": resource<{ ruleSetName: string }>({
    args: ["ruleSetName"],
    async create({ ses }, { ruleSetName: RuleSetName }) {
      await ses.setActiveReceiptRuleSet({ RuleSetName });
      return { id: RuleSetName };
    },
    async exists({ ses }, ruleSetName) {
      return (await ses.describeActiveReceiptRuleSet({})).Metadata?.Name === ruleSetName;
    },
    // No name: none is active.
    delete: ({ ses }) => ses.setActiveReceiptRuleSet({}),
  }),
  "aws:ses/receiptRule:ReceiptRule": resource<RuleArgs>({
    args: ["name", "ruleSetName", "enabled", "scanEnabled", "s3Actions"],
    async create({ ses }, inputs) {
      await ses.createReceiptRule({ RuleSetName: inputs.ruleSetName, Rule: receiptRule(inputs) });
      return { id: inputs.name };
    },
    exists: ({ ses }, RuleName, { ruleSetName: RuleSetName }) =>
      found(ses.describeReceiptRule({ RuleSetName, RuleName })),
    update: ({ ses }, inputs) => ses.updateReceiptRule({ RuleSetName: inputs.ruleSetName, Rule: receiptRule(inputs) }),
    // moto has no DeleteReceiptRule. Instead the rule is switched off here, and goes with its set, which is deleted next.
    delete: ({ ses }, _, state) =>
      ses.updateReceiptRule({
        RuleSetName: state.ruleSetName,
        Rule: { ...receiptRule(state), Enabled: false },
      }),
  }),
};

interface RuleArgs {
  name: string;
  ruleSetName: string;
  enabled: boolean;
  scanEnabled: boolean;
  s3Actions: { position: number; bucketName: string; objectKeyPrefix: string }[];
}

function receiptRule({ name, enabled, scanEnabled, s3Actions }: RuleArgs): ReceiptRule {
  return {
    Name: name,
    Enabled: enabled,
    ScanEnabled: scanEnabled,
    // The order of the actions is that of their positions; moto has no SetReceiptRulePosition, and one rule needs none.
    Actions: s3Actions
      .sort((one, other) => one.position - other.position)
      .map(({ bucketName, objectKeyPrefix }) => ({
        S3Action: { BucketName: bucketName, ObjectKeyPrefix: objectKeyPrefix },
      })),
  };
}
