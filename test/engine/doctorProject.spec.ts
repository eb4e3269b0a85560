import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { diagnose } from "../../provider/commands/doctor/doctor";
import { doctor } from "../support/doctor";
import { useProject } from "../support/project";

// Each breaks something for real, and puts it back.
describe("pulumi-mailmodo doctor looks at the project:", () => {
  const project = useProject("", {}, "suite");
  const inProject = (name: string) => path.join(project().dir, name);

  /** The line of a check with files of the project replaced; null removes one. */
  async function lineWith(check: string, files: Record<string, string | null>): Promise<string> {
    const before = Object.keys(files).map((name) => [name, textOf(inProject(name))] as const);
    try {
      for (const [name, text] of Object.entries(files)) write(inProject(name), text);
      return (await doctor(project(), {}, "--offline")).line(check);
    } finally {
      for (const [name, text] of before) write(inProject(name), text);
    }
  }

  it("says where there is none, and does not check what needs one", async () => {
    const { code, line, lines } = await doctor(project(), {}, "--offline", "--cwd", "/");
    assert.equal(code, 1);
    assert.equal(
      line("project"),
      "failure: No Pulumi project in /: there is no Pulumi.yaml. Name its folder: --cwd <folder>.",
    );
    assert.equal(line("stack"), "skipped: Not checked. There is no project here.");
    assert.equal(lines.filter(({ level }) => level === "failure").length, 1);
  });

  it("finds it from a folder below it", async () => {
    fs.mkdirSync(inProject("below"));
    const { line } = await doctor(project(), {}, "--offline", "--cwd", "below");
    assert.match(line("project"), /^ok: seeds, by \S+\/project\/Pulumi\.yaml\.$/);
  });

  for (const [what, text, says] of [
    [
      "another runtime",
      "name: seeds\nruntime: python\n",
      /^failure: The program's runtime is python, and this package/,
    ],
    ["no runtime", "name: seeds\n", /^failure: The program's runtime is not named/],
    [
      "a main that is missing",
      "name: seeds\nruntime: nodejs\nmain: gone.ts\n",
      /^failure: .*gone\.ts, does not exist\./,
    ],
    [
      "a main that is a folder",
      "name: seeds\nruntime: nodejs\nmain: app\n",
      /^failure: There is no program in \S+\/app:/,
    ],
  ] as const) {
    it(`says what is wrong with ${what}`, async () => {
      fs.mkdirSync(inProject("app"), { recursive: true });
      assert.match(await lineWith("program", { "Pulumi.yaml": text }), says);
    });
  }

  it("says where the program is, by main", async () => {
    const files = { "Pulumi.yaml": "name: seeds\nruntime:\n  name: nodejs\nmain: app\n", "app/index.js": "" };
    assert.match(await lineWith("program", files), /^ok: nodejs, in \S+\/project\/app\.$/);
  });

  it("says what is wrong with a project file that cannot be read", async () => {
    assert.match(await lineWith("project", { "Pulumi.yaml": "name: [" }), /^failure: Could not read Pulumi\.yaml: /);
  });
});

describe("pulumi-mailmodo doctor looks at the packages:", () => {
  const project = useProject("");
  const packages = () => path.join(project().dir, "node_modules");

  it("fails where Pulumi's plugin would not find this one, as in a pnpm workspace that names it in a library alone", async () => {
    const library = path.join(packages(), "@acme/seeds/node_modules");
    fs.mkdirSync(library, { recursive: true });
    fs.renameSync(path.join(packages(), "pulumi-mailmodo"), path.join(library, "pulumi-mailmodo"));
    // As pnpm starts a package's command.
    const { code, line } = await doctor(project(), { NODE_PATH: library }, "--offline");
    assert.equal(code, 1);
    assert.match(
      line("package"),
      /^failure: Pulumi's plugin would not find pulumi-mailmodo from the program's folder \S+\. Add it to the dependencies/,
    );
  });

  it("finds it where a workspace has it in the root's node_modules", async () => {
    const { dir } = project();
    const files = ["Pulumi.yaml", "Pulumi.test.yaml", "package.json", "index.js"];
    fs.mkdirSync(path.join(dir, "packages/program"), { recursive: true });
    for (const name of files) fs.renameSync(path.join(dir, name), path.join(dir, "packages/program", name));
    const { line } = await doctor(project(), {}, "--offline", "--cwd", "packages/program");
    assert.match(line("package"), /^ok: pulumi-mailmodo \d+\.\d+\.\d+ is found from the program's folder\.$/);
  });

  it("fails where it is there, but is not built", async () => {
    const folder = path.join(packages(), "pulumi-mailmodo");
    const manifest = fs.readFileSync(path.join(folder, "package.json"));
    fs.rmSync(folder);
    fs.mkdirSync(folder);
    fs.writeFileSync(path.join(folder, "package.json"), manifest);
    const { line } = await doctor(project(), {}, "--offline");
    assert.match(line("package"), /^failure: Pulumi's plugin would not find pulumi-mailmodo/);
  });

  it("warns where the program has another version of it than the command's", async () => {
    const folder = path.join(packages(), "pulumi-mailmodo");
    fs.rmSync(folder);
    fs.mkdirSync(folder);
    const exports = { "./enrollmentLifecycle": "./index.js", "./package.json": "./package.json" };
    fs.writeFileSync(
      path.join(folder, "package.json"),
      JSON.stringify({ name: "pulumi-mailmodo", version: "0.0.1", exports }),
    );
    fs.writeFileSync(path.join(folder, "index.js"), "");
    const { code, line } = await doctor(project(), {}, "--offline");
    assert.equal(code, 0);
    assert.match(
      line("package"),
      /^warning: The program's folder has pulumi-mailmodo 0\.0\.1, and this command is of /,
    );
  });

  it("fails without the SDK, and with one that is too old", async () => {
    const folder = path.join(packages(), "@pulumi/pulumi");
    fs.rmSync(folder);
    assert.match(
      (await doctor(project(), {}, "--offline")).line("Pulumi SDK"),
      /^failure: The program's folder \S+ has no Pulumi SDK\. Install it .*npm install @pulumi\/pulumi\.$/,
    );
    fs.mkdirSync(folder);
    fs.writeFileSync(path.join(folder, "package.json"), `{"version":"3.100.0"}`);
    assert.match(
      (await doctor(project(), {}, "--offline")).line("Pulumi SDK"),
      /^failure: 3\.100\.0 is not supported: \^3\.\d+\.\d+ is\. Install it/,
    );
  });
});

describe("pulumi-mailmodo doctor looks at the CLI:", () => {
  const project = useProject("");

  /** Puts a program in the CLI's place. */
  function replaceCli(script: string): Record<string, string> {
    const bin = path.join(project().dir, "../bin");
    fs.mkdirSync(bin, { recursive: true });
    fs.writeFileSync(path.join(bin, "pulumi"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return { PATH: `${bin}:${process.env["PATH"]}` };
  }

  it("fails without one, and checks what needs none", async () => {
    const { code, line } = await doctor(project(), { PATH: "/nonexistent" }, "--offline");
    assert.equal(code, 1);
    assert.match(line("Pulumi CLI"), /^failure: The Pulumi CLI \(pulumi\) is not on PATH\. Install it/);
    assert.equal(line("lock"), "skipped: Not checked. The Pulumi CLI does not run.");
    assert.match(line("package"), /^ok: /);
  });

  it("fails with one that is too old, and warns of one whose version is none", async () => {
    const old = await doctor(project(), replaceCli("echo v3.100.0"), "--offline");
    assert.match(old.line("Pulumi CLI"), /^failure: 3\.100\.0 is not supported: .* Install a newer one/);
    const own = await doctor(project(), replaceCli("echo dev"), "--offline");
    assert.match(own.line("Pulumi CLI"), /^warning: dev is not a version that can be compared/);
  });

  it("goes on where one breaks down: each check that fails is a line", async () => {
    const { code, line, lines } = await doctor(project(), replaceCli("[ $1 = version ] && echo v3.200.0 || echo '{'"));
    assert.equal(code, 1);
    assert.match(line("backend"), /^failure: .*JSON/);
    assert.equal(lines.length, 21);
  });

  // Pulumi Cloud cannot be had here: this CLI says what that of a user of it says.
  it("says that a stack in Pulumi Cloud is being updated", async () => {
    const script = `case "$1 $2" in
      "version --non-interactive") echo v3.200.0 ;;
      "stack ls") echo '[{"name":"acme/test","current":true,"updateInProgress":true}]' ;;
      "stack export") echo '{"deployment":{"secrets_providers":{"state":{"url":"https://api.pulumi.com"}}}}' ;;
      "config get") echo works ;;
      "config --json") echo '{}' ;;
    esac`;
    const env = { ...replaceCli(script), PULUMI_BACKEND_URL: "https://api.pulumi.com" };
    const { line } = await doctor(project(), env, "--offline");
    assert.equal(line("stack"), "ok: acme/test, which is selected.");
    assert.equal(line("secrets"), "ok: The secrets provider (Pulumi Cloud) encrypts and decrypts.");
    assert.match(
      line("lock"),
      /^warning: Pulumi Cloud says that the stack is being updated, but not by whom\. Wait for/,
    );
  });

  it("does not wait for one that hangs", async () => {
    const pids = path.join(project().dir, "../pids");
    const { PATH } = replaceCli(`[ $1 = version ] && echo v3.200.0 && exit\necho $$ >> ${pids}\nexec sleep 600`);
    const { dir, env } = project();
    const { lines } = await diagnose({ cwd: dir, offline: true, env: { ...env, PATH } }, 2_000);
    for (const pid of fs.readFileSync(pids, "utf8").trim().split("\n")) process.kill(Number(pid), "SIGKILL");
    const backend = lines.find(({ check }) => check === "backend");
    assert.equal(backend?.text, "There was no answer within 2 s.");
    assert.equal(lines.find(({ check }) => check === "package")?.level, "ok");
  });
});

function textOf(file: string): string | null {
  return fs.existsSync(file) ? fs.readFileSync(file, "utf8") : null;
}

function write(file: string, text: string | null): void {
  if (text === null) fs.rmSync(file, { force: true });
  else fs.writeFileSync(file, text);
}
