import type * as pulumi from "@pulumi/pulumi";
import { SANDBOX_KEY } from "mailmodo-sandbox";
import enrollmentLifecycle from "../../provider/plugin/enrollmentLifecycle";

/**
 * Configures a lifecycle as the plugin does: with the whole stack config. But not as a plugin: one whose engine is gone ends,
 * and would take the process of the tests with it.
 */
export async function configure(
  values: Record<string, string | undefined>,
  lifecycle: Pick<typeof enrollmentLifecycle, "configure"> = enrollmentLifecycle,
): Promise<void> {
  const config = { get: (name: string) => values[name] } as pulumi.dynamic.Config;
  const { argv } = process;
  process.argv = argv.slice(0, 1);
  try {
    await lifecycle.configure({ config });
  } finally {
    process.argv = argv;
  }
}

/**
 * A stack config, with some of it changed. The limit is another each time, so that nothing of it is remembered from a test
 * whose clock was another one.
 */
export function settings(baseUrl: string, others: Record<string, string | undefined> = {}) {
  return {
    "mailmodo:apiKey": SANDBOX_KEY,
    "mailmodo:baseUrl": baseUrl,
    "mailmodo:allowedRecipients": '["*@seeds.example.com"]',
    "mailmodo:requestTimeoutSeconds": "0.5",
    "mailmodo:requestsPerSecond": String(1_000 + limits++),
    ...others,
  };
}

let limits = 0;
