// A stand-in for AWS: moto's server, for there is no account here. The calls to it are real.
import { CreateAliasCommand, CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { spawn, type ChildProcess } from "node:child_process";
import { findMoto } from "../../tools/moto/moto";

export interface Moto {
  readonly url: string;
  /** What makes the CLI, and the AWS SDKs, talk to it. */
  readonly env: Record<string, string>;
}

/** Starts moto's server on a free port for a suite, and ends it after. */
export function useMoto(): () => Moto {
  let running: { moto: Moto; process: ChildProcess } | undefined;
  before(async () => {
    running = await startMoto();
  });
  after(() => void running?.process.kill("SIGKILL"));
  return () => running!.moto;
}

async function startMoto(): Promise<{ moto: Moto; process: ChildProcess }> {
  const child = spawn(await findMoto(), ["-m", "moto.server", "--host", "127.0.0.1", "--port", "0"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  process.once("exit", () => child.kill("SIGKILL"));
  const url = await new Promise<string>((resolve, reject) => {
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      const address = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(said)?.[1];
      if (address !== undefined) resolve(address);
    });
    child.once("exit", (code) => reject(new Error(`moto ended with ${code}:\n${said}`)));
  });
  return {
    process: child,
    moto: {
      url,
      env: {
        AWS_ENDPOINT_URL: url,
        ...TEST_ACCOUNT,
      },
    },
  };
}

/** An account for tests: invented credentials, and nothing of this machine's. */
export const TEST_ACCOUNT = {
  AWS_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: "testing",
  AWS_SECRET_ACCESS_KEY: "testing",
  AWS_EC2_METADATA_DISABLED: "true",
  // No profile of the machine's.
  AWS_CONFIG_FILE: "/dev/null",
  AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
};

/** A client of moto's S3, with the environment left alone. */
export function s3Of({ url, env }: Moto, region = "us-east-1"): S3Client {
  return new S3Client({ endpoint: url, region, credentials: credentialsOf(env), forcePathStyle: true });
}

export async function makeBucket(client: S3Client, bucket: string): Promise<void> {
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
}

/** Makes a KMS key, by an alias such as `alias/pulumi-state`. */
export async function makeKey({ url, env }: Moto, AliasName: string): Promise<void> {
  const kms = new KMSClient({ endpoint: url, region: "us-east-1", credentials: credentialsOf(env) });
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
  await kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: KeyMetadata?.KeyId }));
}

function credentialsOf(env: Moto["env"]) {
  return {
    accessKeyId: env["AWS_ACCESS_KEY_ID"] ?? "",
    secretAccessKey: env["AWS_SECRET_ACCESS_KEY"] ?? "",
  };
}
