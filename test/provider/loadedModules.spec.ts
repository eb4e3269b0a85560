import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { COMMAND } from "../support/command";
import { journeyId } from "../support/journeyId";

const common = {
  journeyId,
  allowDuplicateEmail: false,
  abortReason: "preview closed",
  __provider: "",
};
const lifecycles = {
  enrollmentLifecycle: { ...common, email: "qa@seeds.example.com", data: {} },
  cohortLifecycle: { ...common, cohort: "qa", shard: 0, shards: 1, size: 1, contacts: `{"qa@seeds.example.com":{}}` },
};

// What is loaded is what a user waits for before anything is done. Time itself depends on the machine.
describe("the built package loads", () => {
  it("for a program: validator and no other package", () => {
    assert.deepEqual(loadedBy(`require("pulumi-mailmodo");`).packages, ["validator"]);
  });

  it("for a program: nothing of the plugin or the commands, but what loads recover", () => {
    const { files } = loadedBy(`require("pulumi-mailmodo");`);
    assert.deepEqual(
      files.filter((file) => /^(plugin|journal|mailmodo|pulumi|processes|commands)\//.test(file)),
      ["commands/recover/onDemand"],
    );
  });

  it("for a program that recovers: the HTTP client too", () => {
    const { packages, files } = loadedBy(
      `require("pulumi-mailmodo").recover({ stack: "dev", cwd: "/nowhere" }).catch(() => undefined);`,
    );
    assert.ok(files.includes("commands/recover/recover"));
    assert.ok(packages.includes("axios"));
  });

  for (const [lifecycle, inputs] of Object.entries(lifecycles)) {
    it(`for a preview in the plugin: validator and no other package (${lifecycle})`, () => {
      const preview = `lifecycle.check({}, inputs).then(() => lifecycle.diff("id", olds, inputs));`;
      assert.deepEqual(loadedBy(configured(lifecycle, inputs, preview)).packages, ["validator"]);
    });

    it(`for a start in the plugin: the HTTP client too, and nothing of AWS (${lifecycle})`, () => {
      const { packages } = loadedBy(configured(lifecycle, inputs, "lifecycle.create(inputs).catch(() => undefined);"));
      assert.ok(packages.includes("axios"));
      assert.deepEqual(packages.filter(isOfAws), []);
    });
  }

  it("for a key in AWS: the client of the one service that has it", () => {
    const code = `
      const { configure, check } = require("pulumi-mailmodo/enrollmentLifecycle");
      const config = { "mailmodo:apiKeySecret": "ssm:/prod/mailmodo" };
      configure({ config: { get: (name) => config[name] } }).then(() => check({}, {}));`;
    // Without credentials nothing is sent.
    const env = {
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_SHARED_CREDENTIALS_FILE: "/nowhere",
      AWS_CONFIG_FILE: "/nowhere",
    };
    const { packages } = loadedBy(code, { ...env, AWS_REGION: "eu-west-1", MAILMODO_API_KEY: "" });
    assert.deepEqual(
      packages.filter((name) => name.startsWith("@aws-sdk/client-")),
      ["@aws-sdk/client-ssm"],
    );
  });

  it("for status of states in a folder: no HTTP client, and nothing of AWS", () => {
    // Of what "node -e" runs, commander takes all words but the first.
    const args = ["node", "status", "--all-projects"];
    const code = `process.argv = ${JSON.stringify(args)}; require(${JSON.stringify(COMMAND)});`;
    const { packages, files } = loadedBy(code, { PULUMI_BACKEND_URL: `file://${__dirname}` }, "");
    assert.ok(files.includes("commands/status/status"));
    assert.deepEqual(packages, ["commander", "ms", "yaml"]);
  });

  it("for the help of the command: what reads its words", () => {
    const code = `process.argv = ["node", "pulumi-mailmodo", "--help"]; require(${JSON.stringify(COMMAND)});`;
    assert.deepEqual(loadedBy(code, {}, "").packages, ["commander", "ms"]);
  });
});

function configured(lifecycle: string, inputs: object, then: string): string {
  return `
    const lifecycle = require("pulumi-mailmodo/${lifecycle}");
    const inputs = ${JSON.stringify(inputs)};
    const olds = { ...inputs, instanceId: "one", contacts: '{"qa@seeds.example.com":["one","another"]}' };
    // The address is outside the list, so everything for a start is loaded and then nothing is sent.
    const config = { "mailmodo:allowedRecipients": '["*@other.example.com"]' };
    lifecycle.configure({ config: { get: (name) => config[name] } }).then(() => { ${then} });`;
}

/**
 * What a process of its own has loaded at its end: packages by name, and the package's own files.
 *
 * @param before What is loaded before and does not count: the SDK, which every program and plugin has.
 */
function loadedBy(
  code: string,
  env: Record<string, string> = {},
  before = `require("@pulumi/pulumi");`,
): { packages: string[]; files: string[] } {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), "loaded-"));
  const script = `
    ${before}
    const before = new Set(Object.keys(require.cache));
    process.on("exit", () => {
      const files = Object.keys(require.cache).filter((file) => !before.has(file));
      require("node:fs").writeFileSync(process.env.LOADED, JSON.stringify(files));
    });
    ${code}`;
  try {
    const list = path.join(home, "loaded.json");
    execFileSync(process.execPath, ["-e", script], {
      env: {
        ...process.env,
        MAILMODO_API_KEY: "TESTKEY-0000000-0000000-0000001",
        PULUMI_HOME: home,
        LOADED: list,
        ...env,
      },
      stdio: ["ignore", "ignore", "inherit"],
    });
    const loaded = JSON.parse(fs.readFileSync(list, "utf8")) as string[];
    const dist = path.join(__dirname, "../../provider/dist") + path.sep;
    const [own, others] = [
      loaded.filter((file) => file.startsWith(dist)),
      loaded.filter((file) => !file.startsWith(dist)),
    ];
    return {
      packages: [...new Set(others.map(packageOf))].sort(),
      files: own.map((file) => file.slice(dist.length, -".js".length).replaceAll(path.sep, "/")).sort(),
    };
  } finally {
    fs.rmSync(home, { recursive: true, force: true });
  }
}

function packageOf(file: string): string {
  const words = (file.split(`${path.sep}node_modules${path.sep}`).at(-1) ?? "").split(path.sep);
  return words.slice(0, words[0]?.startsWith("@") ? 2 : 1).join("/");
}

function isOfAws(name: string): boolean {
  return /^@(aws-sdk|aws-crypto|smithy)\//.test(name);
}
