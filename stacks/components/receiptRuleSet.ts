import * as ses from "@pulumi/aws/ses";
import * as pulumi from "@pulumi/pulumi";

/**
 * The set of receipt rules that is active. A region has one, so it belongs to the account and never to a preview; it
 * takes the place of another that was active.
 */
export class ReceiptRuleSet extends pulumi.ComponentResource {
  readonly ruleSetName: pulumi.Output<string>;
  /** The name of its one rule. */
  readonly ruleName = "catch-all";
  /** The ARN of its one rule, known before there is the rule: the bucket it writes to must let it in first. */
  readonly ruleArn: pulumi.Output<string>;

  constructor(name: string, options?: pulumi.ComponentResourceOptions) {
    super("seeds:aws:ReceiptRuleSet", name, {}, options);
    const rules = new ses.ReceiptRuleSet(name, { ruleSetName: "mailmodo-seeds" }, { parent: this });
    new ses.ActiveReceiptRuleSet(name, { ruleSetName: rules.ruleSetName }, { parent: this });
    this.ruleSetName = rules.ruleSetName;
    this.ruleArn = pulumi.interpolate`${rules.arn}:receipt-rule/${this.ruleName}`;
    this.registerOutputs({ ruleSetName: this.ruleSetName, ruleArn: this.ruleArn });
  }
}
