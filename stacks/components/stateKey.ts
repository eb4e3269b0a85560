import * as kms from "@pulumi/aws/kms";
import * as pulumi from "@pulumi/pulumi";

/** The KMS key that encrypts the state bucket, and the secrets inside each stack's state. */
export class StateKey extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  /** What `pulumi stack init --secrets-provider` takes. */
  readonly secretsProvider: pulumi.Output<string>;

  constructor(name: string, options?: pulumi.ComponentResourceOptions) {
    super("seeds:aws:StateKey", name, {}, options);
    // Without a policy of its own the key has AWS's default: the account's IAM policies say who may use it.
    const key = new kms.Key(
      name,
      { description: "Pulumi state and its secrets", enableKeyRotation: true, deletionWindowInDays: 30 },
      { parent: this },
    );
    const alias = new kms.Alias(name, { name: "alias/pulumi-state", targetKeyId: key.keyId }, { parent: this });
    this.arn = key.arn;
    this.secretsProvider = pulumi.interpolate`awskms://${alias.name}?region=${regionOf(key.arn)}`;
    this.registerOutputs({ arn: this.arn, secretsProvider: this.secretsProvider });
  }
}

function regionOf(arn: pulumi.Output<string>): pulumi.Output<string | undefined> {
  return arn.apply((text) => text.split(":")[3]);
}
