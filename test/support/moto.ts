// A stand-in for AWS: moto's server, for there is no account here. The calls to it are real.
import { spawn, type ChildProcess } from "node:child_process";
import { findMoto } from "../../tools/moto/moto";

export interface Moto {
  readonly url: string;
  /** What makes the CLI, and the AWS SDKs, talk to it. */
  readonly env: Record<string, string>;
}

/** Starts moto's server on a free port for a suite, and ends it after. */
export function useMoto(): () => Moto {
  let running: { moto: Moto; process: ChildProcess };
  before(async () => {
    running = await startMoto();
  });
  after(() => running.process.kill("SIGKILL"));
  return () => running.moto;
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
        AWS_REGION: "us-east-1",
        AWS_ACCESS_KEY_ID: "testing",
        AWS_SECRET_ACCESS_KEY: "testing",
        AWS_EC2_METADATA_DISABLED: "true",
        // No profile of the machine's.
        AWS_CONFIG_FILE: "/dev/null",
        AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
      },
    },
  };
}
