import { Command, InvalidArgumentError } from "commander";
import type { Deliver } from "./mail/mail";
import { readJourneys } from "./mail/journeys";
import { profileOf } from "./state/profiles";
import { createSandbox, listen, SANDBOX_KEY } from "./sandbox";

interface Flags {
  port: number;
  apiKey: string;
  journeyHours: number;
  profile: string[];
  journeys?: string;
  deliver?: string;
}

const flags = new Command("sandbox")
  .description(
    "A local stand-in for Mailmodo's journey calls. It sends no mail and forgets everything when it stops. " +
      "GET /_sandbox/mails lists what journeys would send. POST /_sandbox/clock moves the clock, with " +
      '{"advanceSeconds": 86400} or {"now": "2026-11-24T12:00:00Z"}, and delivers what becomes due.',
  )
  .option("--port <number>", "the port on 127.0.0.1; 0 picks a free one", wholeNumber(65_535), 8025)
  .option("--api-key <key>", "the key that requests must carry", SANDBOX_KEY)
  .option(
    "--journey-hours <number>",
    "how long a journey runs before it finishes, if it has no steps",
    wholeNumber(100_000),
    168,
  )
  .option("--journeys <file>", "a JSON file with the steps of journeys, such as sandbox/journeys.example.json")
  .option(
    "--deliver <s3://bucket/prefix>",
    "write each message to a bucket, as SES does; AWS_ENDPOINT_URL may name a stand-in for S3",
  )
  .option("--profile <name...>", "the answers that the vendor's contract does not define", [])
  .parse()
  .opts<Flags>();

void main();

async function main(): Promise<void> {
  try {
    const sandbox = createSandbox({
      apiKey: flags.apiKey,
      journeyDurationMs: flags.journeyHours * 3_600_000,
      profile: profileOf(flags.profile),
      ...(flags.journeys === undefined ? {} : { journeys: readJourneys(flags.journeys) }),
      ...(flags.deliver === undefined ? {} : { deliver: await bucketDelivery(flags.deliver) }),
    });
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void sandbox.app.close());
    const url = await listen(sandbox, flags.port);
    console.log(`Sandbox at ${url}, key ${flags.apiKey}. Instances: ${url}/_sandbox/instances. Stop it with Ctrl-C.`);
  } catch (error) {
    const inUse = (error as NodeJS.ErrnoException).code === "EADDRINUSE";
    console.error(
      inUse ? `Port ${flags.port} is in use. Use another: npm run sandbox -- --port 0` : (error as Error).message,
    );
    process.exitCode = 1;
  }
}

/** Loaded only if needed, because the AWS SDK is large. */
async function bucketDelivery(url: string): Promise<Deliver> {
  const { toBucket } = await import("./mail/delivery");
  return toBucket(url);
}

function wholeNumber(max: number): (text: string) => number {
  return (text) => {
    if (!/^\d+$/.test(text) || Number(text) > max) throw new InvalidArgumentError(`Give a whole number up to ${max}.`);
    return Number(text);
  };
}
