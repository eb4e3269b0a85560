import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { SANDBOX_KEY } from "mailmodo-sandbox";
import { run } from "../../tools/workbench";
import { COMMAND } from "../support/command";
import { startProxy } from "../support/connectProxy";
import { doctor, type DoctorRun } from "../support/doctor";
import { useProject } from "../support/project";

const OTHER_KEY = "TESTKEY-0000000-0000000-0000005";

describe("pulumi-mailmodo doctor looks at the stack:", () => {
  const project = useProject("", {}, "suite");
  const file = () => path.join(project().dir, "Pulumi.test.yaml");

  /** Runs it with other settings of the stack, which are put back. */
  async function withSettings(change: (text: string) => string, env: Record<string, string> = {}): Promise<DoctorRun> {
    const before = fs.readFileSync(file(), "utf8");
    fs.writeFileSync(file(), change(before));
    try {
      return await doctor(project(), env, "--offline");
    } finally {
      fs.writeFileSync(file(), before);
    }
  }
  const adding = (lines: string) => (text: string) => text.replace("config:\n", `config:\n${lines}\n`);
  const without = (name: string) => (text: string) => text.replace(new RegExp(`^ *${name}.*\\n( +- .*\\n)*`, "m"), "");

  it("checks what it can without one, and says what it did not check", async () => {
    const { code, line } = await doctor(project(), { PULUMI_STACK: undefined });
    assert.equal(code, 0);
    assert.match(line("stack"), /^warning: No stack is selected, and none is named\. .* Name one: --stack <name>\.$/);
    assert.equal(line("secrets"), "skipped: Not checked. No stack is selected, and none is named.");
    assert.match(line("Mailmodo"), /^skipped: Not checked\. /);
    assert.match(line("API key"), /^ok: From MAILMODO_API_KEY/);
  });

  it("leaves nothing in the temporary folder if a signal stops it", async () => {
    const temporary = fs.mkdtempSync(path.join(project().dir, "tmp-"));
    const env = { ...project().env, TMPDIR: temporary };
    const child = spawn(process.execPath, [COMMAND, "doctor", "--offline"], {
      cwd: project().dir,
      env,
      stdio: "ignore",
    });
    const watcher = fs.watch(temporary, { recursive: true }, (_, name) => {
      if (name?.includes(".yaml") === true && !child.killed) child.kill("SIGINT");
    });
    const [code] = (await once(child, "close")) as [number];
    watcher.close();
    assert.deepEqual([code, fs.readdirSync(temporary)], [130, []]);
  });

  it("warns of a setting with a misspelled name", async () => {
    const { line } = await withSettings(adding('  mailmodo:requestPerSecond: "5"'));
    assert.match(line("settings"), /^warning: mailmodo:requestPerSecond is not a setting of this package/);
  });

  it("fails where it does not exist", async () => {
    const { code, line } = await doctor(project(), {}, "--stack", "nope");
    assert.equal(code, 1);
    assert.match(line("stack"), /^failure: The backend has no stack named nope of this project\./);
  });

  it("fails where PULUMI_STACK names none, and says so", async () => {
    const { code, line } = await doctor(project(), { PULUMI_STACK: "nope" }, "--offline");
    assert.equal(code, 1);
    assert.match(
      line("stack"),
      /^failure: The backend has no stack named nope of this project\. PULUMI_STACK names it: set that to one that exists/,
    );
  });

  it("takes its full name, too", async () => {
    const { code, line } = await doctor(project(), {}, "--offline", "--stack", "organization/seeds/test");
    assert.deepEqual([code, line("stack")], [0, "ok: organization/seeds/test."]);
  });

  for (const name of ["organization/shop/test", "acme/seeds/test", "acme/test"]) {
    it(`takes no stack of the same name for another organization's or project's: ${name}`, async () => {
      const { code, line } = await doctor(project(), {}, "--offline", "--stack", name);
      assert.equal(code, 1);
      assert.match(line("stack"), new RegExp(`^failure: The backend has no stack named ${name} of this project\\.`));
      assert.equal(line("settings file"), "skipped: Not checked. There is no such stack.");
    });
  }

  it("fails where the backend's folder is gone", async () => {
    const { code, line } = await doctor(project(), { PULUMI_BACKEND_URL: "file:///nowhere" }, "--offline");
    assert.equal(code, 1);
    assert.match(
      line("backend"),
      /^failure: The backend's folder \/nowhere does not exist\. The backend is named by PULUMI_BACKEND_URL: set that/,
    );
  });

  it("fails with a wrong passphrase, and with none, and still reads what is not secret", async () => {
    for (const [passphrase, says] of [
      ["wrong", /^failure: The stack's secrets cannot be used\. .*incorrect passphrase\. Set PULUMI_CONFIG_PASSPHRASE/],
      [undefined, /^failure: The stack's secrets cannot be used\. .*passphrase must be set/],
    ] as const) {
      const { code, line } = await doctor(project(), { PULUMI_CONFIG_PASSPHRASE: passphrase }, "--offline");
      assert.equal(code, 1);
      assert.match(line("secrets"), says);
      assert.match(line("recipients"), /^ok: /);
    }
  });

  it("checks the passphrase by the state where the settings have no salt", async () => {
    const change = (text: string) => text.replace(/^encryptionsalt.*$/m, "");
    assert.match((await withSettings(change)).line("secrets"), /^ok: The passphrase is right\.$/);
    const wrong = await withSettings(change, { PULUMI_CONFIG_PASSPHRASE: "wrong" });
    assert.match(wrong.line("secrets"), /^failure: .*incorrect passphrase/);
  });

  it("warns without a file of settings, and reads the one that --config-file names", async () => {
    fs.renameSync(file(), path.join(project().dir, "mine.yaml"));
    try {
      const { line } = await doctor(project(), {}, "--offline");
      assert.match(line("settings file"), /^warning: The stack test has no settings file here\./);
      assert.match(line("recipients"), /^failure: Missing mailmodo:allowedRecipients/);
      const named = await doctor(project(), {}, "--offline", "--config-file", "mine.yaml");
      assert.match(named.line("settings file"), /^ok: \S+\/mine\.yaml\.$/);
      assert.match(named.line("recipients"), /^ok: /);
      const gone = await doctor(project(), {}, "--offline", "--config-file", "none.yaml");
      assert.match(gone.line("settings file"), /^failure: The settings file \S+none\.yaml does not exist\./);
    } finally {
      fs.renameSync(path.join(project().dir, "mine.yaml"), file());
    }
  });

  it("fails with a file of settings that is not YAML, and does not ask for another one", async () => {
    fs.writeFileSync(path.join(project().dir, "broken.yaml"), "config: [\n");
    const { code, of } = await doctor(project(), {}, "--offline", "--config-file", "broken.yaml");
    assert.equal(code, 1);
    const [line] = of("settings file");
    assert.match(line?.text ?? "", /^Could not read broken\.yaml: /);
    assert.equal(line?.advice, "Correct that file.");
  });

  it("has a line for each setting with a problem", async () => {
    const { code, of } = await withSettings((text) =>
      adding(
        `  mailmodo:slowDownTimeoutMinutes: "-1"\n  mailmodo:alreadyOver: "no"\n  mailmodo:refuseSuppressed: "yes"`,
      )(text.replace(/baseUrl: .*/, "baseUrl: ftp://example.com")),
    );
    assert.equal(code, 1);
    const lines = of("settings").map(({ level, text }) => `${level}: ${text}`);
    assert.deepEqual(lines.map((line) => /^failure: (mailmodo:\w+) must/.exec(line)?.[1]).sort(), [
      "mailmodo:alreadyOver",
      "mailmodo:baseUrl",
      "mailmodo:refuseSuppressed",
      "mailmodo:slowDownTimeoutMinutes",
    ]);
  });

  describe("recipients", () => {
    for (const [patterns, says] of [
      [`["*@seeds.example.com"]`, "ok: Mail may be sent to every address at seeds.example.com."],
      [
        `["*@a.example", "qa+*@b.example", "ada@b.example", "bob@b.example"]`,
        "ok: Mail may be sent to every address at a.example, the addresses of 1 pattern at b.example, 2 named addresses at b.example.",
      ],
      [
        `["*@GMail.com"]`,
        "warning: Mail may be sent to every address at gmail.com. Anybody can have an address at gmail.com, so a typo sends mail to strangers. Allow a domain of your own, or single addresses, in mailmodo:allowedRecipients.",
      ],
      [`["qa+*@gmail.com"]`, "ok: Mail may be sent to the addresses of 1 pattern at gmail.com."],
      [`["*@*"]`, /^failure: mailmodo:allowedRecipients has a pattern, number 1, that is not of the form/],
    ] as const) {
      it(`says what ${patterns} allows`, async () => {
        const change = adding(`  mailmodo:allowedRecipients: '${patterns}'`);
        const line = (await withSettings((text) => change(without("mailmodo:allowedRecipients")(text)))).line(
          "recipients",
        );
        if (typeof says === "string") assert.equal(line, says);
        else assert.match(line, says);
      });
    }
  });

  describe("the API key", () => {
    /** The settings with the key as a secret, encrypted by the CLI. */
    async function encrypted(): Promise<(text: string) => string> {
      const copy = path.join(project().dir, "encrypted.yaml");
      fs.copyFileSync(file(), copy);
      await project().succeed("config", "set", "--secret", "mailmodo:apiKey", SANDBOX_KEY, "--config-file", copy);
      const text = fs.readFileSync(copy, "utf8");
      fs.rmSync(copy);
      return () => text;
    }

    it("is found in the environment, and what is not used is named", async () => {
      const { line, stderr } = await withSettings(await encrypted());
      assert.equal(stderr, "");
      assert.equal(
        line("API key"),
        "ok: From MAILMODO_API_KEY in the environment. Also set, and not used: mailmodo:apiKey.",
      );
    });

    it("is found in the stack's settings", async () => {
      const { line } = await withSettings(await encrypted(), { MAILMODO_API_KEY: "" });
      assert.equal(line("API key"), "ok: From mailmodo:apiKey, encrypted in the stack's settings.");
    });

    it("is not judged where it cannot be decrypted", async () => {
      const env = { MAILMODO_API_KEY: "", PULUMI_CONFIG_PASSPHRASE: "wrong" };
      const { line } = await withSettings(await encrypted(), env);
      assert.equal(
        line("API key"),
        "skipped: Not checked. The API key is among the stack's secrets, which cannot be decrypted.",
      );
    });

    it("is not sent where the URL of the stack's Mailmodo cannot be decrypted", async () => {
      const { dir, env } = project();
      const before = fs.readFileSync(file(), "utf8");
      const proxy = await startProxy({ status: 502 });
      try {
        await project().succeed("config", "set", "--secret", "mailmodo:baseUrl", project().sandbox.url);
        const more = { HTTPS_PROXY: `http://${proxy.host}`, NO_PROXY: undefined, no_proxy: undefined };
        const wrong = { ...more, PULUMI_CONFIG_PASSPHRASE: "wrong" };
        const { line } = await doctor({ dir, env }, wrong);
        assert.equal(
          line("Mailmodo"),
          "skipped: Not checked. mailmodo:baseUrl is among the stack's secrets, which cannot be decrypted.",
        );
        assert.deepEqual(proxy.seen, []);
        assert.match(
          (await doctor({ dir, env }, more)).line("Mailmodo"),
          /^ok: 127\.0\.0\.1:\d+ accepts the API key\.$/,
        );
      } finally {
        fs.writeFileSync(file(), before);
        await proxy.close();
      }
    });

    for (const [what, change, env, says] of [
      [
        "is missing",
        (text: string) => text,
        { MAILMODO_API_KEY: "" },
        /^failure: Missing mailmodo:apiKey\. MAILMODO_API_KEY is empty: put the key in it/,
      ],
      [
        "is in clear",
        adding(`  mailmodo:apiKey: ${OTHER_KEY}`),
        {},
        /^failure: mailmodo:apiKey is set without --secret: .* Set it again: .* create a new key at Mailmodo/,
      ],
      [
        "stands where its reference belongs",
        adding(`  mailmodo:apiKeySecret: ${OTHER_KEY}`),
        {},
        /^failure: mailmodo:apiKeySecret is an API key, not the name of a secret\. Remove it:/,
      ],
      [
        "has a line break, and says where to set it",
        (text: string) => text,
        { MAILMODO_API_KEY: `${OTHER_KEY}\n` },
        /^failure: The API key in MAILMODO_API_KEY has a line break in it\. Set the variable again, to the key alone\.$/,
      ],
      [
        "has quotation marks around it",
        (text: string) => text,
        { MAILMODO_API_KEY: `"${OTHER_KEY}"` },
        /^failure: The API key in MAILMODO_API_KEY has a quotation mark in it\. Set the variable again/,
      ],
    ] as const) {
      it(`fails where it ${what}`, async () => {
        const { code, line, stdout } = await withSettings(change, env);
        assert.equal(code, 1);
        assert.match(line("API key"), says);
        assert.ok(!stdout.includes(OTHER_KEY));
      });
    }
  });

  it("prints JSON and nothing else", async () => {
    const { env, dir } = project();
    const { stdout, stderr } = await run(process.execPath, [COMMAND, "doctor", "--json"], dir, env);
    assert.equal(stderr, "");
    assert.equal((JSON.parse(stdout) as { stack: string }).stack, "test");
  });
});
