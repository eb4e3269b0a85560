import { fork } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { Command } from "commander";
import { report } from "./report";
import { reportSharing } from "./sharingReport";
import type { Result } from "./result";
import { reportSandbox } from "./sandbox";
import { reportStatus } from "./status";
import { hasTofu, rows, STEPS, type Measured, type Row } from "./rows";

interface Cell {
  readonly row: Row;
  readonly contacts: number;
  readonly limit?: number;
  /** How often it is measured; the big ones take minutes. */
  readonly times: number;
}

const ROUNDS = 3;
const each = (row: Row, sizes: readonly number[], times: number, limit?: number): Cell[] =>
  sizes.map((contacts) => ({ row, contacts, times, ...(limit === undefined ? {} : { limit }) }));

/** What is measured. Single resources are quadratic: 10,000 of them would take hours. */
const CELLS: readonly Cell[] = [
  ...each("cohort", [1, 100, 500, 1_000], ROUNDS),
  ...each("single", [1, 100, 500, 1_000], ROUNDS),
  ...each("tofu", [1, 100, 500, 1_000], ROUNDS),
  ...each("baseline", [1, 100, 500, 1_000], ROUNDS),
  ...each("empty", [1], ROUNDS),
  ...each("cohort", [1, 100, 500, 1_000], ROUNDS, 50),
  ...each("single", [100, 500], ROUNDS, 50),
  ...each("tofu", [100, 500], ROUNDS, 50),
  ...each("cohort", [10_000, 100_000], 1),
  ...each("tofu", [10_000], 1),
  ...each("cohort", [10_000], 1, 50),
];

const RESULTS = path.join(__dirname, "results.json");

interface Options {
  readonly rounds: number;
  readonly atMost: number;
  readonly rows?: string;
  readonly add?: boolean;
  readonly report?: boolean;
  readonly sharing?: boolean;
  readonly sandbox?: boolean;
  readonly status?: boolean;
}

async function main(): Promise<void> {
  const options = new Command("bench")
    .description("measures enrolling, over and over, side by side with the peers; takes hours")
    .option("--rounds <n>", "at most so many rounds", Number, ROUNDS)
    .option("--at-most <contacts>", "no size above", Number, Infinity)
    .option("--rows <names>", "only these, with commas between: cohort, single, baseline, empty, tofu")
    .option("--add", "go on with bench/results.json, until each has been measured as often as it should be")
    .option("--report", "only print the table and draw the chart from bench/results.json")
    .option("--sharing", "only play runs that share a key, on a moved clock")
    .option("--sandbox", "only load the sandbox, with its page open, and side by side with Prism; takes six minutes")
    .option(
      "--status",
      "only time pulumi-mailmodo status for a hundred stacks, beside the CLI's exports; takes two minutes",
    )
    .parse()
    .opts<Options>();
  if (options.sharing) return reportSharing();
  if (options.sandbox) return reportSandbox();
  if (options.status) return reportStatus();
  if (!options.report) await measure(options, options.add ? earlier() : []);
  report(earlier());
}

function earlier(): Result[] {
  return JSON.parse(fs.readFileSync(RESULTS, "utf8")) as Result[];
}

/** Interleaved: a round takes each cell once, so that a slower minute of the machine slows all of them. */
async function measure({ rounds, atMost, rows: names }: Options, before: readonly Result[]): Promise<void> {
  if (!hasTofu())
    console.log("No OpenTofu with restapi on this machine, so without it: bench/buildTofu.sh builds them.");
  const isWanted = (row: Row) => (row !== "tofu" || hasTofu()) && (names?.split(",").includes(row) ?? true);
  const cells = CELLS.filter(({ row, contacts }) => isWanted(row) && contacts <= atMost);
  const results = [...before];
  const resultOf = ({ row, contacts, limit }: Cell): Result => {
    const known = results.find((one) => one.row === row && one.contacts === contacts && one.limit === limit);
    const result = known ?? {
      row,
      contacts,
      ...(limit === undefined ? {} : { limit }),
      rounds: { up: [], noChange: [], preview: [], destroy: [] },
      stateBytes: [],
    };
    if (known === undefined) results.push(result);
    return result;
  };
  const server = fork(path.join(__dirname, "server.ts"), { execArgv: ["-r", "ts-node/register/transpile-only"] });
  try {
    const [port] = (await once(server, "message")) as [number];
    const url = `http://127.0.0.1:${port}`;
    for (let round = 0; round < rounds; round++) {
      for (const cell of cells) {
        const result = resultOf(cell);
        if (result.stateBytes.length >= cell.times) continue;
        await measureCell(url, cell, result);
        fs.writeFileSync(RESULTS, `${JSON.stringify(results, undefined, 1)}\n`);
      }
    }
  } finally {
    server.disconnect();
  }
}

/** What came since it was last asked. */
interface Counted extends Required<Pick<Measured, "busiestSecond" | "sendingMs">> {
  readonly requests: number;
  readonly running: number;
}

async function measureCell(url: string, { row, contacts, limit }: Cell, result: Result): Promise<void> {
  const candidate = await rows[row]({ url, contacts, ...(limit === undefined ? {} : { limit }) });
  const count = async () => (await (await fetch(`${url}/_count`)).json()) as Counted;
  try {
    for (const step of STEPS) {
      await count();
      const measured = await candidate.run(step);
      const { running, ...counted } = await count();
      result.rounds[step].push({ ...measured, ...counted });
      const wanted = step === "destroy" || row === "empty" ? 0 : contacts;
      if (running !== wanted && !measured.unfinished)
        throw new Error(`${row}: ${running} run after ${step} of ${contacts}`);
      if (step === "up") result.stateBytes.push(Math.round(await candidate.stateBytes()));
      const pace = limit === undefined ? "no limit" : `${limit}/s`;
      console.log(
        `${row} ${contacts} ${pace} ${step}: ${measured.seconds.toFixed(1)} s, ${counted.requests} requests${measured.unfinished ? ", not done" : ""}`,
      );
    }
  } finally {
    candidate.dispose();
    // What an unfinished destroy left.
    await fetch(`${url}/_forget`).catch(() => undefined);
  }
}

void main();
