import * as secretsmanager from "@pulumi/aws/secretsmanager";
import * as pulumi from "@pulumi/pulumi";

/**
 * Where Mailmodo's API key is kept: the secret, without a value. The value is put in by a person, so that it is in no
 * program, no config and no state.
 */
export class ApiKeySecret extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, options?: pulumi.ComponentResourceOptions) {
    super("seeds:aws:ApiKeySecret", name, {}, options);
    const secret = new secretsmanager.Secret(
      name,
      { name: "mailmodo/api-key", description: "Mailmodo's API key. Its value is put in by a person." },
      { parent: this },
    );
    this.arn = secret.arn;
    this.registerOutputs({ arn: this.arn });
  }
}
