import Table from "cli-table3";
import { createSandbox, type Sandbox, SANDBOX_KEY } from "mailmodo-sandbox";
import { quickStart } from "./quickStart";
import { createWorkbench, type Run, type Workbench } from "./workbench";

/** What `npm run demo` shows: the life of two enrollments, with the real engine, against the sandbox. */
async function demo(bench: Workbench, sandbox: Sandbox): Promise<void> {
  await step("A new stack", bench.pulumi("stack", "init", "sandbox"));

  const up = await step("pulumi up", bench.pulumi("up", "--yes", "--skip-preview"));
  expect(count(sandbox, "running") === 2 && up.output.includes("3 created"), "two contacts are enrolled");
  printInstances(sandbox);

  let before = sandbox.store.requests().length;
  await step("pulumi up, again", bench.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes"));
  expect(sandbox.store.requests().length === before, "nothing changed, and no request was made");

  await step("Another abort reason", bench.pulumi("config", "set", "abortReason", "the demo is over"));
  before = sandbox.store.requests().length;
  const change = await step("pulumi up", bench.pulumi("up", "--yes", "--skip-preview"));
  expect(change.output.includes("2 updated"), "both enrollments were changed in place");
  expect(sandbox.store.requests().length === before, "no request was made");

  await step("pulumi destroy", bench.pulumi("destroy", "--yes", "--skip-preview"));
  expect(count(sandbox, "aborted") === 2, "both journeys are aborted");
  expect(
    sandbox.store.all().every((instance) => instance.abortReason === "the demo is over"),
    "with the new reason",
  );
  printInstances(sandbox);
}

async function step(title: string, running: Promise<Run>): Promise<Run> {
  const started = Date.now();
  const result = await running;
  console.log(`> ${title} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  if (result.code !== 0) throw new Error(`"${title}" ended with exit code ${result.code}:\n${result.output}`);
  return result;
}

function expect(isTrue: boolean, what: string): void {
  if (!isTrue) throw new Error(`Not true: ${what}.`);
  console.log(`  ✓ ${what}`);
}

function count(sandbox: Sandbox, status: string): number {
  return sandbox.store.all().filter((instance) => instance.status === status).length;
}

function printInstances(sandbox: Sandbox): void {
  const table = new Table({ head: ["email", "data", "status", "reason"], style: { head: [], border: [] } });
  for (const { email, data, status, abortReason } of sandbox.store.all()) {
    table.push([email, JSON.stringify(data), status, abortReason ?? ""]);
  }
  console.log(table.toString());
}

function sandboxConfig(url: string): string {
  return `config:
  mailmodo:baseUrl: ${url}
  mailmodo:allowedRecipients: ["*@seeds.example.com"]
`;
}

async function main(): Promise<void> {
  // Ctrl-C reaches the CLI too, and whatever is made here goes with the process.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
  const sandbox = createSandbox();
  const url = await sandbox.listen();
  let bench: Workbench | undefined;
  try {
    bench = await createWorkbench(
      // Not the repository's own file: its user may have made it theirs.
      { "Pulumi.sandbox.yaml": sandboxConfig(url) },
      {
        copies: ["Pulumi.yaml", "stacks", "tsconfig.json", "package.json"],
        packages: ["@pulumi/pulumi", "pulumi-mailmodo", "ts-node", "typescript"],
      },
    );
    Object.assign(bench.env, quickStart(bench.env), { MAILMODO_API_KEY: SANDBOX_KEY });
    // Not with the minutes in which the engine may have been built.
    const started = Date.now();
    await demo(bench, sandbox);
    console.log(`Each step held, in ${((Date.now() - started) / 1000).toFixed(1)} s. Nothing is left behind.`);
  } finally {
    bench?.dispose();
    await sandbox.app.close();
  }
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
