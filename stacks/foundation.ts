import * as pulumi from "@pulumi/pulumi";
import { ApiKeySecret } from "./components/apiKeySecret";
import { CatchAllRule } from "./components/catchAllRule";
import { foundationSettings } from "./components/foundationSettings";
import { MailBucket } from "./components/mailBucket";
import { PreviewRole } from "./components/previewRole";
import { ReceiptRuleSet } from "./components/receiptRuleSet";
import { ReceivingDomain } from "./components/receivingDomain";
import { StateBucket } from "./components/stateBucket";
import { StateKey } from "./components/stateKey";

/**
 * What all previews of an AWS account share, once for the account: where the API key is, where their state is, where
 * their mail arrives, and as whom they run. `docs/aws.md` takes it from an empty account to a received mail.
 */
export function program(): pulumi.Inputs {
  const { mailDomain, githubRepository, githubOidcProviderArn, previewProject } = foundationSettings();

  // Without the key no state's secrets can be read again, and a destroy must not take other stacks' state or the API
  // key by the way. Protected, not retained: a destroy that forgot them would leave them there, paid for and unseen.
  const kept = { protect: true };
  const apiKey = new ApiKeySecret("api-key", kept);
  const stateKey = new StateKey("state-key", kept);
  const state = new StateBucket("state", { keyArn: stateKey.arn }, kept);

  const domain = new ReceivingDomain("mail-domain", { domain: mailDomain });
  const rules = new ReceiptRuleSet("mail-rules");
  const mail = new MailBucket("mail", { writerArn: rules.ruleArn });
  new CatchAllRule("catch-all", { rules, mail });

  const previews = new PreviewRole("previews", {
    githubRepository,
    githubOidcProviderArn,
    previewProject,
    apiKeySecretArn: apiKey.arn,
    stateBucketArn: state.arn,
    stateKeyArn: stateKey.arn,
    mail,
  });

  return {
    apiKeySecretArn: apiKey.arn,
    stateBucket: state.bucket,
    backendUrl: state.backendUrl,
    secretsProvider: stateKey.secretsProvider,
    mailBucket: mail.bucket,
    mailPrefix: mail.prefix,
    mailDomain,
    dnsRecords: domain.dnsRecords,
    previewRoleArn: previews.arn,
  };
}
