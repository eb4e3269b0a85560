// Part of the double of Pulumi's AWS plugin: see ../awsPlugin.ts.
import { IAM } from "@aws-sdk/client-iam";
import { KMS } from "@aws-sdk/client-kms";
import { S3 } from "@aws-sdk/client-s3";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { SES } from "@aws-sdk/client-ses";
import type { Moto } from "../moto";

/** One type of resource, in calls of the AWS SDK. `Args` is what it is made of; its state holds them too. */
export interface AwsResource<Args> {
  /** The arguments that it translates. */
  readonly args: readonly (keyof Args & string)[];
  /** The argument that gets a made-up name where the program gives none. */
  readonly autoname?: keyof Args & string;
  /** Makes it, and gives its id and what only AWS knows of it. */
  create(clients: Clients, inputs: Args): Promise<{ id: string; outs?: object }>;
  /** Whether AWS has it. */
  exists(clients: Clients, id: string, state: Args): Promise<boolean>;
  /** Changes it in place. Default: a change replaces it. */
  update?(clients: Clients, inputs: Args): Promise<unknown>;
  delete(clients: Clients, id: string, state: Args): Promise<unknown>;
}

/** One whose arguments nobody names any more: they come from the engine. */
export type AnyResource = AwsResource<Record<string, unknown>>;

/** Checks the calls of a type against the arguments that its type parameter names. */
export function resource<Args>(calls: AwsResource<Args>): AnyResource {
  return calls as unknown as AnyResource;
}

export interface Clients {
  readonly region: string;
  /** moto's only one. */
  readonly account: "123456789012";
  readonly iam: IAM;
  readonly kms: KMS;
  readonly s3: S3;
  readonly secrets: SecretsManager;
  readonly ses: SES;
}

/** The SDK's clients, as they talk to moto in a region. */
export function clientsFor({ url, env }: Moto, region: string): Clients {
  const credentials = {
    accessKeyId: env["AWS_ACCESS_KEY_ID"] ?? "",
    secretAccessKey: env["AWS_SECRET_ACCESS_KEY"] ?? "",
  };
  const config = { endpoint: url, region, credentials };
  return {
    region,
    account: "123456789012",
    iam: new IAM(config),
    kms: new KMS(config),
    // moto is one host for all buckets.
    s3: new S3({ ...config, forcePathStyle: true }),
    secrets: new SecretsManager(config),
    ses: new SES(config),
  };
}

/** Whether a call finds what it asks for. Every other error is one. */
export async function found(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if (/NoSuch|NotFound|DoesNotExist|ResourceNotFound/.test((error as Error).name)) return false;
    throw error;
  }
}
