import { Command, InvalidArgumentError, Option } from "commander";
import { SANDBOX_KEY } from "./options";
import { version } from "./server/shownState";

/** The options of the command line. */
export interface Flags {
  readonly port: number;
  readonly host: string;
  readonly allowHost?: readonly string[];
  readonly apiKey: string;
  readonly journeyHours: number;
  readonly profile: readonly string[];
  readonly profileFile?: string;
  readonly journeys?: string;
  readonly deliver?: string;
  readonly rate?: number;
  readonly seed?: number;
  readonly store?: string;
  readonly open?: true;
}

export const command = new Command("mailmodo-sandbox")
  .description(
    "A local stand-in for Mailmodo's calls for journeys and contacts, with a page to watch it. It sends no mail. It keeps everything in " +
      "memory and forgets it when it stops, unless --store names a file.",
  )
  .version(version)
  .option("--port <number>", "the port; 0 picks a free one", wholeNumber(0, 65_535), 8025)
  .option(
    "--host <address>",
    "the address to listen on; another than this machine's own is open to others",
    notEmpty,
    "127.0.0.1",
  )
  .option(
    "--allow-host <name...>",
    "more host names that it answers to, such as that of a container; with --host 0.0.0.0 each address is one",
  )
  .option("--api-key <key>", "the key that requests must carry", notEmpty, SANDBOX_KEY)
  .addOption(
    new Option("--profile <name...>", "the answers that the vendor's contract does not define").default(
      [],
      '"default"',
    ),
  )
  .addOption(
    new Option("--profile-file <file>", "a JSON file with the answers, to the byte; it may name profiles, too")
      .conflicts("profile")
      .argParser(notEmpty),
  )
  .option("--journeys <file>", "a JSON file with the steps of journeys, such as journeys.example.json", notEmpty)
  .option(
    "--journey-hours <number>",
    "how long a journey runs before it finishes, if it has no steps",
    wholeNumber(0, 100_000),
    168,
  )
  .option("--rate <number>", "requests in any one second; more are answered with 429", wholeNumber(1, 100_000))
  .option(
    "--seed <number>",
    "makes ids and faults by probability the same in each run",
    wholeNumber(0, Number.MAX_SAFE_INTEGER),
  )
  .option(
    "--store <file>",
    "keep instances, contacts, messages, late effects and the clock in a file, also after a kill; not faults, profile and the log of requests",
    notEmpty,
  )
  .option(
    "--deliver <s3://bucket/prefix>",
    "write each message to a bucket, as SES does; AWS_ENDPOINT_URL may name a stand-in for S3",
    notEmpty,
  )
  .option("--open", "open the page in a browser")
  .showSuggestionAfterError(false)
  .allowExcessArguments(false);

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Give a whole number from ${min} to ${max}.`);
  };
}

function notEmpty(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("It is empty.");
  return text;
}
