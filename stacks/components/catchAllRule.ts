import * as ses from "@pulumi/aws/ses";
import * as pulumi from "@pulumi/pulumi";
import type { MailBucket } from "./mailBucket";
import type { ReceiptRuleSet } from "./receiptRuleSet";

export interface CatchAllRuleArgs {
  readonly rules: ReceiptRuleSet;
  readonly mail: MailBucket;
}

/** Delivers all mail, whoever it is to, to the mail bucket. Which mail is whose, a test tells by its plus-tag. */
export class CatchAllRule extends pulumi.ComponentResource {
  constructor(name: string, { rules, mail }: CatchAllRuleArgs, options?: pulumi.ComponentResourceOptions) {
    super("seeds:aws:CatchAllRule", name, {}, options);
    new ses.ReceiptRule(
      name,
      {
        name: rules.ruleName,
        ruleSetName: rules.ruleSetName,
        enabled: true,
        // No recipients: every address of every verified domain. The verdicts of the scan stand in the mail's headers.
        scanEnabled: true,
        s3Actions: [{ position: 1, bucketName: mail.bucket, objectKeyPrefix: mail.prefix }],
      },
      // SES writes a test object when the rule is made, so the bucket's policy must be there.
      { parent: this, dependsOn: mail },
    );
    this.registerOutputs();
  }
}
