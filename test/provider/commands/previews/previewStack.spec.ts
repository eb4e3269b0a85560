// The CLI is a script here that writes down how it was run; test/engine runs the real one.
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Cli } from "../../../../provider/pulumi/cli";
import { PreviewStack } from "../../../../provider/commands/previews/previewStack";
import type { Project } from "../../../../provider/pulumi/project";

const SCRIPT = `#!/bin/sh
if [ "$1" = whoami ]; then echo '{"url":"'"$LOGGED_INTO"'"}'; exit; fi
echo "$@" > "$WRITTEN"
echo "$PULUMI_BACKEND_URL" >> "$WRITTEN"
echo "$PULUMI_CONFIG_PASSPHRASE_FILE" >> "$WRITTEN"
echo "$PULUMI_HOME:$PULUMI_CREDENTIALS_PATH" >> "$WRITTEN"
pwd >> "$WRITTEN"
`;

describe("PreviewStack", () => {
  let dir: string;
  before(() => {
    dir = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-mailmodo-cli-")));
    fs.writeFileSync(path.join(dir, "pulumi"), SCRIPT, { mode: 0o755 });
  });
  after(() => fs.rmSync(dir, { recursive: true, force: true }));

  /** What the CLI got: its arguments, the backend, the passphrase's file, and the folder it began in. */
  async function run(env: Record<string, string>, backend?: string, secretsProvider?: string): Promise<string[]> {
    const written = path.join(dir, "written");
    const PATH = `${dir}:${process.env["PATH"]}`;
    const project: Project = {
      folder: dir,
      name: "seeds",
      settingsFolder: dir,
      ...(backend === undefined ? {} : { backend }),
    };
    const cli = new Cli(dir, { PATH, WRITTEN: written, ...env });
    const files = {
      settings: "/private/Pulumi.pr-1.yaml",
      settingsFolder: "/private",
      source: "Pulumi.preview.yaml",
      secretsProvider,
    };
    await new PreviewStack("pr-1", project, cli, files).create();
    return fs.readFileSync(written, "utf8").split("\n").slice(0, 5);
  }

  it("is made from its own folder by a CLI that begins in the project's", async () => {
    const [args, , , , cwd] = await run({ PULUMI_BACKEND_URL: "s3://states" }, undefined, "awskms://alias/x");
    assert.equal(
      args,
      "stack init pr-1 --no-select --secrets-provider awskms://alias/x --cwd /private --non-interactive --color=never",
    );
    assert.equal(cwd, dir);
  });

  it("has the same backend there", async () => {
    const cases: [env: Record<string, string>, project: string | undefined, expected: string][] = [
      [{ PULUMI_BACKEND_URL: "s3://states?region=us-east-1" }, "file://state", "s3://states?region=us-east-1"],
      [{ PULUMI_BACKEND_URL: "file:///var/state" }, undefined, "file:///var/state"],
      [{ PULUMI_BACKEND_URL: "file://~" }, undefined, "file://~"],
      [{ PULUMI_BACKEND_URL: "file://./state?no_tmp_dir=true" }, undefined, `file://${dir}/state?no_tmp_dir=true`],
      [{ PULUMI_BACKEND_URL: "file://" }, undefined, `file://${dir}`],
      [{}, "file://../state", `file://${path.dirname(dir)}/state`],
      [{}, "https://pulumi.example.com", "https://pulumi.example.com"],
      [{ LOGGED_INTO: "file://." }, undefined, `file://${dir}`],
      // The CLI shows an address for people, and logs in by itself.
      [{ LOGGED_INTO: "https://app.pulumi.com/ada" }, undefined, ""],
    ];
    for (const [env, project, expected] of cases) {
      assert.equal((await run(env, project))[1], expected, JSON.stringify([env, project]));
    }
  });

  it("finds files there that the environment names by a path from the project", async () => {
    const of = async (file: string) =>
      (await run({ PULUMI_BACKEND_URL: "s3://x", PULUMI_CONFIG_PASSPHRASE_FILE: file }))[2];
    assert.equal(await of(".passphrase"), path.join(dir, ".passphrase"));
    assert.equal(await of("/run/passphrase"), "/run/passphrase");
    assert.equal(await of(""), "");
  });

  it("finds Pulumi's own folders there, too", async () => {
    const env = { PULUMI_BACKEND_URL: "s3://x", PULUMI_HOME: ".pulumi", PULUMI_CREDENTIALS_PATH: "login" };
    assert.equal((await run(env))[3], `${path.join(dir, ".pulumi")}:${path.join(dir, "login")}`);
  });
});
