import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { SANDBOX_KEY } from "mailmodo-sandbox";
import { run } from "../../tools/workbench";
import { COMMAND } from "../support/command";
import { doctor } from "../support/doctor";
import { UP } from "../support/pulumiArgs";
import { useProject, type Project } from "../support/project";

const ESCAPE = "\u001b";

describe("pulumi-mailmodo doctor", () => {
  const project = useProject(`new JourneyEnrollment("qa", { journeyId, email: "qa@seeds.example.com" });`, {}, "suite");
  before(async () => {
    await project().succeed(...UP);
    project().requests();
  });
  const plain = (env: Record<string, string>, ...args: string[]) =>
    run(process.execPath, [COMMAND, "doctor", ...args], project().dir, { ...project().env, ...env });

  it("finds nothing wrong with a project that works, and looks at everything", async () => {
    const { code, lines } = await doctor(project());
    assert.equal(code, 0);
    assert.deepEqual(
      lines.filter(({ level }) => level !== "ok"),
      [],
    );
    assert.deepEqual(
      lines.map(({ check }) => check),
      [
        "Node.js",
        "Pulumi CLI",
        "project",
        "program",
        "Pulumi plugins",
        "Pulumi SDK",
        "package",
        "backend",
        "stack",
        "settings file",
        "secrets",
        "settings",
        "recipients",
        "API key",
        "proxy",
        "certificates",
        "Mailmodo",
        "clock",
        "lock",
        "pending operations",
        "journal",
        "journal's folder",
      ],
    );
  });

  it("starts and aborts nothing", async () => {
    project().requests();
    await doctor(project());
    assert.deepEqual(
      project()
        .requests()
        .filter(([call]) => call === "start" || call === "abort"),
      [],
    );
    assert.equal(project().sandbox.running().length, 1);
  });

  it("asks Mailmodo nothing with --offline, and says so", async () => {
    project().requests();
    const offline = await doctor(project(), {}, "--offline");
    assert.equal(offline.code, 0);
    assert.equal(offline.line("Mailmodo"), "skipped: Mailmodo is not asked, because of --offline.");
    assert.match(offline.line("clock"), /^skipped: /);
    assert.deepEqual(project().requests(), []);
  });

  it("prints one line for each finding and a summary, without color where no terminal is", async () => {
    for (const env of [{}, { FORCE_COLOR: "1" }]) {
      const { code, stdout, stderr } = await plain(env, "--offline");
      assert.deepEqual([code, stderr], [0, ""]);
      const lines = stdout.trimEnd().split("\n");
      assert.equal(lines.at(-1), "0 failures, 0 warnings, 20 ok, 2 not checked.");
      for (const line of lines.slice(0, -1)) assert.match(line, /^(ok|skipped) +\S/);
      assert.ok(!stdout.includes(ESCAPE));
    }
  });

  it("has color on a terminal, and none with NO_COLOR", async () => {
    const onTerminal = (env: Record<string, string>) => {
      const words = [process.execPath, COMMAND, "doctor", "--offline"];
      const script = "import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)";
      return run("python3", ["-c", script, ...words], project().dir, { ...project().env, TERM: "xterm", ...env });
    };
    assert.ok((await onTerminal({})).stdout.includes(`${ESCAPE}[32mok${ESCAPE}[39m`));
    const without = await onTerminal({ NO_COLOR: "1" });
    assert.match(without.stdout, /^ok +Node\.js/);
    assert.ok(!without.stdout.includes(ESCAPE));
  });

  it("ends with 1 on a failure, and with 0 on a warning alone", async () => {
    const failed = await doctor(project(), { MAILMODO_API_KEY: "" }, "--offline");
    assert.deepEqual([failed.code, failed.of("API key")[0]?.level], [1, "failure"]);
    const warned = await doctor(project(), { NODE_TLS_REJECT_UNAUTHORIZED: "0" }, "--offline");
    assert.deepEqual([warned.code, warned.of("certificates")[0]?.level], [0, "warning"]);
  });

  for (const args of [["--nope"], ["--stack"], ["dev"]]) {
    it(`ends with 2 on a usage error: ${args.join(" ")}`, async () => {
      const { code, stdout, stderr } = await plain({}, ...args);
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, /^error: .+\n$/);
    });
  }

  it("has a help with an example and the exit codes", async () => {
    const { code, stdout } = await plain({}, "--help");
    assert.equal(code, 0);
    assert.match(stdout, /pulumi-mailmodo doctor --stack dev --cwd infra --offline/);
    assert.match(stdout, /Exit codes: 0 .*; 1 .*; 2 /);
  });

  describe("changes nothing:", () => {
    for (const [what, args, change] of [
      ["with the selected stack", [], () => undefined],
      ["with another stack", ["--stack", "test"], () => undefined],
      [
        "without the file of the stack's settings",
        ["--stack", "test"],
        ({ dir }: Project) => fs.rmSync(path.join(dir, "Pulumi.test.yaml")),
      ],
      [
        "with settings that lack the salt",
        ["--stack", "test"],
        ({ dir }: Project) => fs.writeFileSync(path.join(dir, "Pulumi.test.yaml"), "config: {}\n"),
      ],
      ["with a stack that does not exist", ["--stack", "nope"], () => undefined],
    ] as const) {
      it(what, async () => {
        const { dir, env } = project();
        const settings = path.join(dir, "Pulumi.test.yaml");
        const before = fs.readFileSync(settings);
        if (!fs.existsSync(path.join(dir, "Pulumi.other.yaml"))) {
          await project().pulumi("stack", "init", "other");
          await project().pulumi("stack", "select", "other");
        }
        try {
          change(project());
          const seen = everyFile(project());
          await doctor({ dir, env }, { PULUMI_STACK: undefined }, "--offline", ...args);
          assert.deepEqual(everyFile(project()), seen);
        } finally {
          fs.writeFileSync(settings, before);
        }
      });
    }

    it("not even in a backend without stacks", async () => {
      const empty = fs.mkdtempSync(path.join(project().dir, "../empty-"));
      const { code, line } = await doctor(project(), { PULUMI_BACKEND_URL: `file://${empty}` }, "--offline");
      assert.equal(code, 1);
      assert.match(
        line("backend"),
        /^failure: The backend's folder \S+ has no stacks\. The backend is named by PULUMI_BACKEND_URL: set that/,
      );
      assert.deepEqual(fs.readdirSync(empty), []);
    });

    it("not even in one that pulumi login has chosen", async () => {
      const [empty, login] = ["empty-", "login-"].map((name) => fs.mkdtempSync(path.join(project().dir, "..", name)));
      fs.writeFileSync(path.join(login!, "credentials.json"), JSON.stringify({ current: `file://${empty}` }));
      const env = { PULUMI_BACKEND_URL: undefined, PULUMI_CREDENTIALS_PATH: login };
      const { line } = await doctor(project(), env, "--offline");
      assert.match(line("backend"), /^failure: The backend's folder \S+ has no stacks\. Log in to the backend/);
      assert.deepEqual(fs.readdirSync(empty!), []);
    });
  });
});

describe("pulumi-mailmodo doctor, for strangers' eyes", () => {
  const project = useProject("", {}, "suite");

  it("prints no key, no address, no passphrase, no password of a proxy and no user's home", async () => {
    const { dir, env, sandbox } = project();
    const file = path.join(dir, "Pulumi.test.yaml");
    fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace('"*@seeds.example.com"', "ada.lovelace@example.com"));
    await project().succeed("config", "set", "--secret", "mailmodo:apiKey", "TESTKEY-0000000-0000000-0000005");
    sandbox.rotateKey("TESTKEY-0000000-0000000-0000002");
    const home = path.dirname(dir);
    const secrets = [
      [SANDBOX_KEY, "TESTKEY"],
      ["ada.lovelace"],
      [env["PULUMI_CONFIG_PASSPHRASE"]!, "a wrong passphrase"],
      ["proxy-password", "proxy-user"],
      [home],
    ].flat();
    const proxy = { HTTPS_PROXY: "http://proxy-user:proxy-password@127.0.0.1:9" };
    const runs = [
      {},
      { PULUMI_CONFIG_PASSPHRASE: "a wrong passphrase" },
      { MAILMODO_API_KEY: "" },
      { MAILMODO_API_KEY: `${SANDBOX_KEY} ${SANDBOX_KEY}` },
      { NODE_EXTRA_CA_CERTS: path.join(home, "none.pem") },
      { PULUMI_BACKEND_URL: `file://${home}/nowhere` },
    ];
    for (const more of runs) {
      // Both forms have the same texts.
      for (const format of more === runs[0] ? [[], ["--json"]] : [[]]) {
        const all = { ...env, HOME: home, ...proxy, ...more };
        // Of a file of certificates that is missing, Node.js warns on stderr by itself, before any code runs.
        const { stdout } = await run(process.execPath, [COMMAND, "doctor", ...format], dir, all);
        for (const secret of secrets) assert.ok(!stdout.includes(secret), `${secret} is in:\n${stdout}`);
        assert.ok(stdout.includes("~/project"), stdout);
      }
    }
  });
});

/** Every file of the project, its backend and Pulumi's home, with what it holds. The CLI always writes a log of its own. */
function everyFile({ dir }: Project): Record<string, string> {
  const root = path.join(dir, "..");
  const files = ["project", "state", "home"].flatMap((folder) =>
    fs
      .readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
      .map((name) => path.join(folder, name))
      .filter((name) => !/^home\/logs(\/|$)/.test(name) && !name.includes("node_modules")),
  );
  const digest = (file: string) => createHash("sha256").update(fs.readFileSync(file)).digest("hex");
  return Object.fromEntries(
    files.map((name) => {
      const file = path.join(root, name);
      const found = fs.statSync(file);
      return [name, `${found.mtimeMs} ${found.isDirectory() ? "" : digest(file)}`];
    }),
  );
}
