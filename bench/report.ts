import * as fs from "node:fs";
import * as path from "node:path";
import Table from "cli-table3";
import * as echarts from "echarts";
import type { Result } from "./result";
import type { Row, Step } from "./rows";

const NAMES: Record<Row, string> = {
  cohort: "JourneyCohort",
  single: "JourneyEnrollment, one each",
  baseline: "hand-written dynamic provider",
  empty: "empty program",
  tofu: "OpenTofu with restapi",
};

/** In the chart, where a font that is wider than the one reckoned with must not make names overlap. */
const SHORT: Record<Row, string> = {
  cohort: "cohort",
  single: "enrollments",
  baseline: "hand-written",
  empty: "empty",
  tofu: "OpenTofu",
};

/** Prints what was measured and how it stands to its bounds, and draws the chart. */
export function report(results: readonly Result[]): void {
  const measured = results.filter(({ rounds }) => rounds.up.length > 0);
  console.log(table(measured));
  console.log(bounds(measured));
  fs.writeFileSync(path.join(__dirname, "chart.svg"), chart(measured));
}

function table(results: readonly Result[]): string {
  const head = [
    "",
    "contacts",
    "rate",
    "floor",
    "up",
    "no change",
    "preview",
    "destroy",
    "requests",
    "bytes",
    "MB",
    "of",
  ];
  const rows = new Table({
    head,
    style: { head: [], border: [] },
    colAligns: ["left", ...head.slice(1).map(() => "right" as const)],
  });
  for (const { row, contacts, limit, rounds, stateBytes } of results) {
    const memory = Math.max(0, ...rounds.up.map(({ pluginMb = 0 }) => pluginMb));
    rows.push([
      NAMES[row],
      contacts.toLocaleString("en-US"),
      limit === undefined ? "" : `${limit}/s`,
      limit === undefined ? "" : (contacts / limit).toFixed(1),
      ...(["up", "noChange", "preview", "destroy"] as const).map((step) => seconds(rounds, step)),
      (["up", "noChange", "preview", "destroy"] as const).map((step) => rounds[step][0]?.requests ?? "?").join("/"),
      median(stateBytes).toFixed(0),
      memory === 0 ? "" : memory,
      rounds.destroy.length,
    ]);
  }
  return `${rows.toString()}\nSeconds, medians of so many rounds; requests of up/no change/preview/destroy; state bytes per contact; peak memory of the plugin.`;
}

function seconds(rounds: Result["rounds"], step: Step): string {
  if (rounds[step].length === 0) return "?";
  const unfinished = rounds[step].some((one) => one.unfinished) ? ">" : "";
  return unfinished + median(rounds[step].map((one) => one.seconds)).toFixed(1);
}

/** What the bench is to show, as ratios within one run. */
function bounds(results: readonly Result[]): string {
  const find = (row: Row, contacts: number, limit?: number) =>
    results.find((one) => one.row === row && one.contacts === contacts && one.limit === limit);
  const time = (of: Result | undefined, ...steps: Step[]) =>
    of === undefined ? NaN : steps.reduce((sum, step) => sum + median(of.rounds[step].map((one) => one.seconds)), 0);
  const lines: [what: string, value: number, atMost: number, isLess?: boolean][] = [];
  const ratio = (what: string, a: number, b: number, atMost: number, isLess = false) =>
    lines.push([what, a / b, atMost, isLess]);
  /** Whether it was ended before it was done, so that a ratio to it is less than what comes out. */
  const isCut = (of: Result | undefined, step: Step) => of?.rounds[step].some(({ unfinished }) => unfinished) === true;

  ratio("one enrollment, up, to the hand-written", time(find("single", 1), "up"), time(find("baseline", 1), "up"), 1.1);
  const [cohort, tofu] = [find("cohort", 10_000), find("tofu", 10_000)];
  ratio(
    "cohort of 500 at 50/s, up and destroy, to OpenTofu",
    time(find("cohort", 500, 50), "up", "destroy"),
    time(find("tofu", 500, 50), "up", "destroy"),
    0.6,
  );
  ratio("cohort of 10,000, up, to OpenTofu", time(cohort, "up"), time(tofu, "up"), 0.25);
  for (const [words, step, atMost] of [
    ["no change", "noChange", 0.05],
    ["destroy", "destroy", 0.04],
  ] as const) {
    const what = `cohort of 10,000, ${words}, to OpenTofu`;
    ratio(what, time(cohort, step), time(tofu, step), atMost, isCut(tofu, step));
  }
  ratio(
    "cohort of 1,000, up, to the hand-written",
    time(find("cohort", 1_000), "up"),
    time(find("baseline", 1_000), "up"),
    0.08,
  );
  ratio("cohort of 10,000, up, to one of 1,000", time(cohort, "up"), time(find("cohort", 1_000), "up"), 6);
  ratio("cohort of 100,000, up, to one of 10,000", time(find("cohort", 100_000), "up"), time(cohort, "up"), 14);
  lines.push(["cohort of 100,000, up, s", time(find("cohort", 100_000), "up"), 100]);
  ratio(
    "500 enrollments, up, to the hand-written",
    time(find("single", 500), "up"),
    time(find("baseline", 500), "up"),
    0.55,
  );
  for (const contacts of [100, 500, 1_000, 10_000]) {
    const ups =
      find("cohort", contacts, 50)?.rounds.up.filter(({ busiestSecond }) => busiestSecond !== undefined) ?? [];
    if (ups.length === 0) continue;
    const what = `cohort of ${contacts.toLocaleString("en-US")} at 50/s`;
    lines.push([`${what}, its busiest second to the limit`, Math.max(...ups.map((up) => up.busiestSecond! / 50)), 1]);
    const sending = ups.map(({ sendingMs = NaN, requests }) => (sendingMs * 50) / 1000 / (requests - 1));
    lines.push([`${what}, the time of sending to the shortest`, median(sending), 1 / 0.95]);
  }
  for (const contacts of [1, 100, 500, 1_000, 10_000]) {
    const over = time(find("cohort", contacts, 50), "up") - contacts / 50;
    lines.push([
      `cohort of ${contacts.toLocaleString("en-US")} at 50/s, up less the floor, s`,
      over,
      Math.max(2.5, (0.04 * contacts) / 50),
    ]);
  }
  lines.push(["state of one enrollment of 500, bytes", median(find("single", 500)?.stateBytes ?? []), 2_600]);
  lines.push(["state of one contact of 500, bytes", median(find("cohort", 500)?.stateBytes ?? []), 600]);
  lines.push([
    "peak memory of the plugin at 10,000, MB",
    Math.max(...(cohort?.rounds.up.map(({ pluginMb = 0 }) => pluginMb) ?? [NaN])),
    200,
  ]);

  const rows = new Table({ head: ["", "measured", "at most", ""], style: { head: [], border: [] } });
  for (const [what, value, atMost, isLess] of lines) {
    if (Number.isNaN(value)) continue;
    const measured = `${isLess ? "<" : ""}${value.toFixed(value >= 100 ? 0 : 2)}`;
    rows.push([what, measured, atMost, value <= atMost ? "" : isLess ? "?" : "over"]);
  }
  return rows.toString();
}

function chart(results: readonly Result[]): string {
  const drawing = echarts.init(null, null, { renderer: "svg", ssr: true, width: 760, height: 380 });
  const unlimited = results.filter(({ limit }) => limit === undefined);
  const line = (row: Row, step: Step, type: "solid" | "dashed") => ({
    name: `${SHORT[row]}, ${step}`,
    type: "line" as const,
    lineStyle: { type },
    data: unlimited
      .filter(
        (one) =>
          one.row === row && !one.rounds[step].some(({ unfinished }) => unfinished) && one.rounds[step].length > 0,
      )
      .map((one) => [one.contacts, Number(median(one.rounds[step].map((measured) => measured.seconds)).toFixed(2))]),
  });
  drawing.setOption({
    animation: false,
    backgroundColor: "#ffffff",
    color: ["#1b6ac9", "#1b6ac9", "#2f9e5f", "#c2410c", "#7c3aed", "#7c3aed"],
    grid: { left: 60, right: 20, top: 90, bottom: 45 },
    legend: { top: 5, left: 60, right: 20, itemGap: 40, type: "plain" },
    xAxis: { type: "log", name: "contacts", nameLocation: "middle", nameGap: 28 },
    yAxis: { type: "log", name: "seconds", nameLocation: "middle", nameGap: 40 },
    series: [
      line("cohort", "up", "solid"),
      line("cohort", "destroy", "dashed"),
      line("single", "up", "solid"),
      line("baseline", "up", "solid"),
      line("tofu", "up", "solid"),
      line("tofu", "destroy", "dashed"),
    ],
  });
  const svg = drawing.renderToSVGString();
  drawing.dispose();
  return svg;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
