import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { quickStart } from "../../tools/quickStart";

// What the caller's shell has set must not decide how a test ends: no key, no account of AWS's, and a home of Pulumi's for this run alone.
const home = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-mailmodo-home-"));
delete process.env["MAILMODO_API_KEY"];
for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
process.env["PULUMI_HOME"] = home;
process.once("exit", () => fs.rmSync(home, { recursive: true, force: true }));

/** For each file, as Mocha's workers remove all listeners after each. Without one, nobody hears of a rejection. */
export const mochaHooks = {
  beforeAll(): void {
    process.off("unhandledRejection", fail).on("unhandledRejection", fail);
  },
};

Object.assign(process.env, quickStart(process.env), {
  NODE_COMPILE_CACHE: path.resolve(__dirname, "../../node_modules/.cache/node-tests"),
});

function fail(reason: unknown): void {
  if (!isEngineMocked()) throw reason;
}

/** Then a rejection is of the test's program, and the test looks for what it is about. In a real run, Pulumi reports it. */
function isEngineMocked(): boolean {
  const state = require.cache[require.resolve("@pulumi/pulumi/runtime/state")]?.exports as
    { getStore(): { settings: { monitor?: object } } } | undefined;
  return state?.getStore().settings.monitor?.constructor.name === "MockMonitor";
}
