import * as fs from "node:fs";
import * as path from "node:path";
import Table from "cli-table3";
import { createSandbox, SANDBOX_KEY } from "mailmodo-sandbox";
import { createWorkbench, type Workbench } from "../tools/workbench";

const ROUNDS = 5;
const BOUND = 1.3;

const body = `
const qa = new JourneyEnrollment("qa", {
  journeyId: "6f1c2d3e-4a5b-4c6d-8e7f-90a1b2c3d4e5",
  email: stackAddress("qa@seeds.example.com"),
});
`;

/** The same program in the two languages; the TypeScript one with the stacks' own tsconfig. */
const languages: Record<string, Record<string, string>> = {
  JavaScript: {
    "Pulumi.yaml": "name: seeds\nruntime:\n  name: nodejs\n  options:\n    typescript: false\nmain: stacks/\n",
    "stacks/index.js": `const { JourneyEnrollment, stackAddress } = require("pulumi-mailmodo");${body}exports.id = qa.instanceId;\n`,
  },
  TypeScript: {
    "Pulumi.yaml": "name: seeds\nruntime: nodejs\nmain: stacks/\n",
    "stacks/index.ts": `import { JourneyEnrollment, stackAddress } from "pulumi-mailmodo";${body}export const id = qa.instanceId;\n`,
    "stacks/tsconfig.json": fs.readFileSync(path.join(__dirname, "../stacks/tsconfig.json"), "utf8"),
  },
};

/** How long an up of one enrollment takes from TypeScript, as a ratio to plain JavaScript: medians, interleaved. */
async function main(): Promise<void> {
  const sandbox = createSandbox();
  const url = await sandbox.listen();
  const benches = new Map<string, Workbench>();
  try {
    for (const [language, files] of Object.entries(languages)) {
      const stack = `config:\n  mailmodo:baseUrl: ${url}\n  mailmodo:allowedRecipients: ["*@seeds.example.com"]\n`;
      const bench = await createWorkbench(
        { ...files, "Pulumi.bench.yaml": stack },
        { copies: ["tsconfig.json", "package.json"], packages: "all" },
      );
      bench.env["MAILMODO_API_KEY"] = SANDBOX_KEY;
      benches.set(language, bench);
      await timed(bench, "stack", "init", "bench");
    }
    const seconds = new Map<string, number[]>();
    for (let round = 0; round < ROUNDS; round++) {
      for (const [language, bench] of benches) {
        const took = await timed(bench, "up", "--yes", "--skip-preview");
        seconds.set(language, [...(seconds.get(language) ?? []), took]);
        await timed(bench, "destroy", "--yes", "--skip-preview");
      }
    }
    const [javaScript, typeScript] = ["JavaScript", "TypeScript"].map((language) =>
      median(seconds.get(language) ?? []),
    );
    const ratio = (typeScript ?? NaN) / (javaScript ?? NaN);
    const table = new Table({
      head: ["up of one enrollment", "median of 5, s", "ratio"],
      style: { head: [], border: [] },
    });
    table.push(
      ["JavaScript", (javaScript ?? NaN).toFixed(2), "1.00"],
      ["TypeScript", (typeScript ?? NaN).toFixed(2), ratio.toFixed(2)],
    );
    console.log(table.toString());
    console.log(`The bound is ${BOUND}: ${ratio <= BOUND ? "kept" : "broken"}.`);
    if (!(ratio <= BOUND)) process.exitCode = 1;
  } finally {
    for (const bench of benches.values()) bench.dispose();
    await sandbox.app.close();
  }
}

async function timed(bench: Workbench, ...args: string[]): Promise<number> {
  const started = performance.now();
  const { code, output } = await bench.pulumi(...args);
  if (code !== 0) throw new Error(output);
  return (performance.now() - started) / 1000;
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

void main();
