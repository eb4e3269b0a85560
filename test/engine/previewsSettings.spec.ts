import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { useFolderBackend, useRunners, type Runner } from "../support/previews";
import { startSandbox, useSandbox } from "../support/sandbox";

describe("the settings of previews, through the real engine", () => {
  const sandbox = useSandbox();
  const backend = useFolderBackend();
  const newRunner = useRunners(sandbox, backend);
  const running = () => sandbox().running();
  const asked = () => sandbox().journeyRequests().length;

  it("are kept apart for two commands of one preview: each start goes where its own say", async () => {
    const second = await startSandbox();
    try {
      const runner = await newRunner();
      const settings = fs.readFileSync(path.join(runner.dir, "Pulumi.preview.yaml"), "utf8");
      fs.writeFileSync(path.join(runner.dir, "second.yaml"), settings.replace(sandbox().url, second.url));
      const gate = gateBefore(runner, "up");
      const one = await gate.start("up", "--name", "pr-1");
      const two = await gate.start("up", "--name", "pr-1", "--settings", "second.yaml");
      assert.deepEqual(await one.letGo(), [0, null]);
      assert.deepEqual(running(), ["qa+seeds.pr-1@seeds.example.com"]);
      assert.deepEqual(await two.letGo(), [0, null]);
      assert.equal(asked(), 1);
      assert.deepEqual(second.journeyRequests(), []);
    } finally {
      await second.app.close();
    }
  });

  it("need not be where they are by default, nor the backend and the passphrase", async () => {
    const runner = await newRunner({ env: { PULUMI_CONFIG_PASSPHRASE_FILE: "secrets/passphrase" } });
    const file = (...names: string[]) => path.join(runner.dir, ...names);
    const settings = parse(fs.readFileSync(file("Pulumi.preview.yaml"), "utf8")) as object;
    for (const name of ["secrets", "state", "stacks", "previews"]) fs.mkdirSync(file(name));
    fs.rmSync(file("Pulumi.preview.yaml"));
    fs.writeFileSync(file("previews/settings.json"), JSON.stringify(settings));
    fs.writeFileSync(file("secrets/passphrase"), "not a secret\n");
    fs.appendFileSync(file("Pulumi.yaml"), "stackConfigDir: stacks\nbackend:\n  url: file://./state\n");
    Object.assign(runner.env, { PULUMI_BACKEND_URL: undefined, PULUMI_CONFIG_PASSPHRASE: undefined });

    const args = ["--name", "pr-1", "--settings", "previews/settings.json"];
    await runner.succeed("up", ...args);
    assert.equal(running().length, 1);
    fs.writeFileSync(file("stacks/Pulumi.pr-1.yaml"), "config: {}\n");
    assert.match(
      (await runner.previews("down", ...args)).stderr,
      /^A stack named pr-1 already has its own settings, stacks.Pulumi\.pr-1\.yaml\./,
    );
    fs.rmSync(file("stacks/Pulumi.pr-1.yaml"));
    await runner.succeed("down", ...args);
    assert.deepEqual(running(), []);
    assert.deepEqual(fs.readdirSync(file("stacks")), []);
  });

  it("refuse bad input in one line, before the backend is asked for anything", async () => {
    const runner = await newRunner({ env: { PULUMI_BACKEND_URL: "file:///nowhere/at/all" } });
    fs.writeFileSync(path.join(runner.dir, "empty"), "\n");
    const cases: [args: string[], words: RegExp, exitCode?: number][] = [
      [["up", "--name", "organization/other/pr-1"], /Not a preview name: "organization\/other\/pr-1": it is a path/],
      [["up", "--name", "../pr-1"], /it is a path, or names a stack of another project/],
      [["down", "--name", "-x"], /Not a preview name: "-x"/],
      [["up", "--name", "pr-1", "--ttl", "-1h"], /Not a time to live: "-1h"\. It must be from 10m to 30d\./],
      [
        ["sweep", "--open-file", "empty"],
        /--open-file empty names no preview, so all would be destroyed\. .* --all/,
        1,
      ],
      [["sweep", "--open-file", "missing"], /Could not read the open previews: .*Nothing was destroyed/, 1],
      [["sweep", "--open", "pr-1,a/b"], /Not a preview name: "a\/b"/],
      [["sweep", "--open", "pr-1", "--open-file", "empty"], /Give --open or --open-file, not both/],
      [
        ["sweep", "--open-command", "exit 7"],
        /--open-command exited with code 7, so the open previews are unknown\. Nothing was destroyed/,
        1,
      ],
      [["list", "--cwd", "/"], /No Pulumi project in \/: there is no Pulumi\.yaml/, 1],
      [["up"], /required option '--name <name>' not specified/],
    ];
    const refuse = async ([args, words, exitCode = 2]: (typeof cases)[number]) => {
      const { code, stdout, stderr } = await runner.previews(...args);
      assert.equal(code, exitCode, args.join(" "));
      assert.equal(stdout, "", args.join(" "));
      assert.match(stderr, words);
      assert.equal(stderr.trim().split("\n").length, 1, stderr);
    };
    await Promise.all(cases.map(refuse));
    const own = await newRunner();
    fs.writeFileSync(path.join(own.dir, "Pulumi.dev.yaml"), "config: {}\n");
    assert.match(
      (await own.previews("up", "--name", "dev")).stderr,
      /^A stack named dev already has its own settings, Pulumi\.dev\.yaml\./,
    );
    assert.match(
      (await own.previews("up", "--name", "pr-1", "--settings", "x.yaml")).stderr,
      /^No settings for previews: x\.yaml/,
    );
    fs.writeFileSync(path.join(own.dir, "comments.yaml"), "# nothing yet\n");
    const comments = ["up", "--name", "pr-1", "--settings", "comments.yaml"];
    assert.match(
      (await own.previews(...comments)).stderr,
      /^No recipients for previews: .* in comments\.yaml \(mailmodo:allowedRecipients\)\.\n$/,
    );
    own.env["MAILMODO_API_KEY"] = undefined;
    assert.match(
      (await own.previews(...comments)).stderr,
      /^No API key for previews: put it in MAILMODO_API_KEY, or .* in comments\.yaml \(mailmodo:apiKeySecret\)\.\n$/,
    );
    own.env["MAILMODO_API_KEY"] = "x";
    own.env["TMPDIR"] = "/nowhere";
    assert.match(
      (await own.previews("up", "--name", "pr-1")).stderr,
      /^Could not keep settings in \/nowhere: ENOENT.* Nothing was done\. Free disk space, or set TMPDIR\.\n$/,
    );
    assert.equal(asked(), 0);
  });
});

/** Holds each run of a command of the CLI's until the test lets it go. */
function gateBefore(runner: Runner, command: string) {
  const { dir, env } = runner;
  const bin = path.join(dir, "../bin");
  const real = path.join((env["PATH"] ?? "").split(path.delimiter)[0] ?? "", "pulumi");
  fs.mkdirSync(bin);
  const script = `#!/bin/sh\nif [ "$1" = ${command} ]; then read -r _ < "$GATE"; fi\nexec "${real}" "$@"\n`;
  fs.writeFileSync(path.join(bin, "pulumi"), script, { mode: 0o755 });
  env["PATH"] = `${bin}${path.delimiter}${env["PATH"]}`;
  let nth = 0;
  return {
    /** Starts a command, and waits until it is held. */
    async start(...args: string[]) {
      env["GATE"] = path.join(dir, `../gate${++nth}`);
      execFileSync("mkfifo", [env["GATE"]]);
      const ended = once(runner.startPreviews(...args), "exit");
      // It opens once somebody reads it.
      const gate = await Promise.race([fs.promises.open(env["GATE"], "w"), ended]);
      if (Array.isArray(gate)) {
        fs.openSync(env["GATE"], fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
        return assert.fail(`previews ${args.join(" ")} ended with ${String(gate)} before it ran pulumi ${command}`);
      }
      return {
        async letGo() {
          await gate.close();
          return ended;
        },
      };
    },
  };
}
