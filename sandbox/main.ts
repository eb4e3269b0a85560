import { Command, InvalidArgumentError } from "commander";
import { profileOf } from "./profiles";
import { createSandbox, listen, SANDBOX_KEY } from "./server";

interface Flags {
  port: number;
  apiKey: string;
  journeyHours: number;
  profile: string[];
}

const flags = new Command("sandbox")
  .description(
    "A stand-in for Mailmodo's journey calls on this machine. It sends no mail and forgets all when it stops.",
  )
  .option("--port <number>", "where to listen on 127.0.0.1; 0 picks a free port", wholeNumber(65_535), 8025)
  .option("--api-key <key>", "the key that requests must carry", SANDBOX_KEY)
  .option("--journey-hours <number>", "how long a journey runs before it finishes", wholeNumber(100_000), 168)
  .option("--profile <name...>", "how to answer where the vendor's contract is silent", [])
  .parse()
  .opts<Flags>();

void main();

async function main(): Promise<void> {
  try {
    const sandbox = createSandbox({
      apiKey: flags.apiKey,
      journeyDurationMs: flags.journeyHours * 3_600_000,
      profile: profileOf(flags.profile),
    });
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void sandbox.app.close());
    const url = await listen(sandbox, flags.port);
    console.log(`Sandbox at ${url}, key ${flags.apiKey}. Instances: ${url}/_sandbox/instances. Stop it with Ctrl-C.`);
  } catch (error) {
    const inUse = (error as NodeJS.ErrnoException).code === "EADDRINUSE";
    console.error(
      inUse ? `Port ${flags.port} is in use. Take another: npm run sandbox -- --port 0` : (error as Error).message,
    );
    process.exitCode = 1;
  }
}

function wholeNumber(max: number): (text: string) => number {
  return (text) => {
    if (!/^\d+$/.test(text) || Number(text) > max) throw new InvalidArgumentError(`Give a whole number up to ${max}.`);
    return Number(text);
  };
}
