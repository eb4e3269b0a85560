// The sandbox under load: with its page open, with many instances there, with a store, and side by side with Prism.
import Table from "cli-table3";
import type { Measured } from "./sandboxLoad";
import { watchPage, type Watched } from "./sandboxPage";
import { installPeers, Sender, startPrism, startSandbox, startStoring, type Target } from "./sandboxTargets";

const STARTS = 10_000;
const MANY = 100_000;
const PAGE_RATE = 500;
const ROUNDS = 3;
const MEMORY_SECONDS = 60;

type Row = [what: string, ...values: string[]];

/** Measures, and prints tables. Takes about six minutes, and needs a machine that does little else. */
export async function reportSandbox(): Promise<void> {
  const peers = await installPeers();
  const sender = new Sender(peers);
  try {
    print(["page open, worst of 3", "a second", "p50", "p99", "longest frame", "longest task"], await withPage(sender));
    print(["unthrottled", "a second", "p50", "p99", "to Prism"], await sideBySide(sender, peers));
    print(["", "", ""], [...(await aborts(sender)), ...(await memory(sender)), await startUp()]);
  } finally {
    sender.stop();
  }
}

/** The worst of the rounds: the bounds are for each of them. */
async function withPage(sender: Sender): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [name, start] of [
    ["in memory", startSandbox],
    ["with --store", startStoring],
  ] as const) {
    const rounds: { result: Measured; watched: Watched }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      rounds.push(
        await using(await start(), async ({ url }) => {
          await warmUp(sender, url);
          return watchPage(url, () =>
            sender.send({ url, call: "start", until: { requests: STARTS }, perSecond: PAGE_RATE }),
          );
        }),
      );
    }
    rows.push([`${count(STARTS)} starts at ${PAGE_RATE}/s, ${name}`, ...worstOf(rounds)]);
  }
  return rows;
}

function worstOf(rounds: readonly { result: Measured; watched: Watched }[]): string[] {
  const highest = (figure: (round: (typeof rounds)[number]) => number) => Math.max(...rounds.map(figure));
  const result = {
    ...rounds[0]!.result,
    perSecond: Math.min(...rounds.map((round) => round.result.perSecond)),
    p50: highest((round) => round.result.p50),
    p99: highest((round) => round.result.p99),
  };
  const watched = {
    longestFrameMs: highest((round) => round.watched.longestFrameMs),
    longestTaskMs: highest((round) => round.watched.longestTaskMs),
  };
  return [...figures(result), ...frames(watched)];
}

/** Interleaved: a round takes each once, so that a slower minute of the machine slows all of them. */
async function sideBySide(sender: Sender, peers: string): Promise<Row[]> {
  const targets: [name: string, target: Target][] = [
    ["Prism's mock, which keeps nothing", await startPrism(peers)],
    ["in memory, none there", await startSandbox()],
    [`in memory, ${count(MANY)} there`, await filled(sender, await startSandbox())],
    ["with --store, none there", await startStoring()],
    [`with --store, ${count(MANY)} there`, await filled(sender, await startStoring())],
  ];
  const measured = new Map<string, Measured[]>(targets.map(([name]) => [name, []]));
  try {
    for (const [, { url }] of targets) await warmUp(sender, url);
    for (let round = 0; round < ROUNDS; round++) {
      for (const [name, { url }] of targets) {
        if (name.endsWith("none there")) await fetch(`${url}/_sandbox/reset`, { method: "POST" });
        measured.get(name)!.push(await sender.send({ url, call: "start", until: { requests: STARTS } }));
      }
    }
  } finally {
    for (const [, target] of targets) await target.stop();
  }
  const medians = targets.map(([name]): [string, Measured] => [name, medianOf(measured.get(name)!)]);
  const prism = medians[0]![1].perSecond;
  return medians.map(([name, one]) => [name, ...figures(one), (one.perSecond / prism).toFixed(1)]);
}

async function aborts(sender: Sender): Promise<Row[]> {
  return using(await startSandbox(), async ({ url }) => {
    await sender.send({ url, call: "start", until: { requests: STARTS } });
    const one = await sender.send({ url, call: "abort", until: { requests: STARTS } });
    return [[`${count(STARTS)} aborts`, `${one.perSecond.toFixed(0)} a second`, `p99 ${one.p99.toFixed(0)} ms`]];
  });
}

/** Starts and aborts in turn, so that the ended ones and the log reach what is kept at most, and stay there. */
async function memory(sender: Sender): Promise<Row[]> {
  return using(await startSandbox(), async (target) => {
    const samples: number[] = [];
    const send = (seconds: number) => sender.send({ url: target.url, call: "both", until: { seconds } });
    await send(MEMORY_SECONDS * 1.5);
    const timer = setInterval(() => samples.push(target.memoryMb()), 1000);
    const { requests } = await send(MEMORY_SECONDS);
    clearInterval(timer);
    const half = samples.length / 2;
    const peak = (part: readonly number[]) => `${Math.max(...part).toFixed(0)} MB`;
    const [first, second] = [samples.slice(0, half), samples.slice(half)];
    return [
      [`peak memory at the cap, ${count(requests)} requests in ${MEMORY_SECONDS} s: first half`, peak(first), ""],
      ["the same, second half", peak(second), ""],
    ];
  });
}

async function startUp(): Promise<Row> {
  const times: number[] = [];
  for (let time = 0; time < 10; time++) times.push(await using(await startSandbox(), async ({ readyMs }) => readyMs));
  return ["from its start to listening, median of 10", `${median(times).toFixed(0)} ms`, ""];
}

async function using<T>(target: Target, work: (target: Target) => Promise<T>): Promise<T> {
  try {
    return await work(target);
  } finally {
    await target.stop();
  }
}

/** What a server has just been started for is slower than what it has done before. */
async function warmUp(sender: Sender, url: string): Promise<void> {
  await sender.send({ url, call: "start", until: { requests: 2_000 } });
}

async function filled(sender: Sender, target: Target): Promise<Target> {
  await sender.send({ url: target.url, call: "start", until: { requests: MANY } });
  return target;
}

function medianOf(measured: readonly Measured[]): Measured {
  const sorted = [...measured].sort((a, b) => a.perSecond - b.perSecond);
  return sorted[Math.floor(sorted.length / 2)]!;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.floor(sorted.length / 2)]!) / 2;
}

function figures({ perSecond, p50, p99 }: Measured): string[] {
  return [perSecond.toFixed(0), `${p50.toFixed(1)} ms`, `${p99.toFixed(1)} ms`];
}

function frames({ longestFrameMs, longestTaskMs }: Watched): string[] {
  return [
    `${longestFrameMs.toFixed(0)} ms`,
    longestTaskMs === 0 ? "none over 50 ms" : `${longestTaskMs.toFixed(0)} ms`,
  ];
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}

function print(head: string[], rows: readonly Row[]): void {
  const table = new Table({ head, style: { head: [], border: [] } });
  table.push(...rows);
  console.log(table.toString());
}
