import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { diagnose } from "../../provider/commands/doctor/doctor";
import { run } from "../../tools/workbench";
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

  for (const [option, value] of [
    ["typescript", '"no"'],
    ["nodeargs", "[--inspect]"],
  ] as const) {
    it(`fails with an option of the runtime of another type: ${option}`, async () => {
      const text = `name: seeds\nruntime:\n  name: nodejs\n  options:\n    ${option}: ${value}\n`;
      assert.match(
        await lineWith("program", { "Pulumi.yaml": text }),
        new RegExp(
          `^failure: The project file's runtime option ${option} is not a \\w+, so no program runs\\. Correct it`,
        ),
      );
    });
  }

  it("says where the program is, by main", async () => {
    const files = { "Pulumi.yaml": "name: seeds\nruntime:\n  name: nodejs\nmain: app\n", "app/index.js": "" };
    assert.match(await lineWith("program", files), /^ok: nodejs, in \S+\/project\/app\.$/);
  });

  it("says where to correct what the CLI finds in the project file", async () => {
    const text = "name: seeds\nruntime: nodejs\noptions:\n  refresh: sometimes\n";
    assert.match(
      await lineWith("backend", { "Pulumi.yaml": text }),
      /^failure: .*#\/options\/refresh: .*"always"\. Correct that in the project file\.$/,
    );
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

  /** A copy of the CLI and its plugins in a folder of its own, on a PATH that has no other. */
  function copyCli(without?: string): { bin: string; env: { PATH: string } } {
    const bin = path.join(project().dir, "../copy");
    fs.mkdirSync(bin);
    const [from = ""] = project().env["PATH"]!.split(path.delimiter);
    for (const name of fs.readdirSync(from).filter((one) => /^(pulumi|nodejs-host)/.test(one) && one !== without))
      fs.copyFileSync(path.join(from, name), path.join(bin, name), fs.constants.COPYFILE_FICLONE);
    return { bin, env: { PATH: [bin, path.dirname(process.execPath), "/usr/bin", "/bin"].join(path.delimiter) } };
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

  it("fails with one that the project file does not allow, which refuses each run", async () => {
    const { dir } = project();
    fs.appendFileSync(path.join(dir, "Pulumi.yaml"), 'requiredPulumiVersion: ">=99.0.0"\n');
    const { code, of } = await doctor(project(), {}, "--offline");
    assert.equal(code, 1);
    assert.deepEqual(
      of("Pulumi CLI").map(({ level }) => level),
      ["ok", "failure"],
    );
    assert.match(
      of("Pulumi CLI")[1]!.text,
      /^The project file does not allow \d+\.\d+\.\d+ \(requiredPulumiVersion: >=99\.0\.0\), so every run is refused\.$/,
    );
    assert.match((await project().fail("preview")).output, /does not satisfy the version range ">=99\.0\.0"/);
  });

  for (const [range, says] of [
    [">=3.100.0 <4.0.0", /^ok: The project file allows it \(requiredPulumiVersion: >=3\.100\.0 <4\.0\.0\)\.$/],
    [
      "^3.100.0",
      /^failure: The project file's range is not of a form that the CLI can read \(.*\), so .* Write it like this/,
    ],
    [">=3.100.0-beta.1", /^warning: Whether the project file allows \S+ cannot be told \(.*\)\. If a run is refused/],
  ] as const) {
    it(`says what it makes of the version that the project file requires: ${range}`, async () => {
      fs.appendFileSync(path.join(project().dir, "Pulumi.yaml"), `requiredPulumiVersion: "${range}"\n`);
      const [, line] = (await doctor(project(), {}, "--offline")).of("Pulumi CLI");
      assert.match(`${line?.level}: ${line?.text} ${line?.advice ?? ""}`.trim(), says);
    });
  }

  for (const [missing, program] of [
    ["pulumi-language-nodejs", ""],
    ["pulumi-resource-pulumi-nodejs", `new JourneyEnrollment("qa", { journeyId, email: "qa@seeds.example.com" });`],
  ] as const) {
    it(`fails without ${missing}, without which no run works`, async () => {
      project().program(program);
      const { env, bin } = copyCli(missing);
      const { code, line } = await doctor(project(), env, "--offline");
      assert.equal(code, 1);
      assert.match(
        line("Pulumi plugins"),
        new RegExp(
          `^failure: ${missing} is neither on PATH nor beside \\S+/pulumi, so neither a preview nor an up works\\. Install the whole`,
        ),
      );
      const preview = await run(path.join(bin, "pulumi"), ["preview", "--non-interactive"], project().dir, {
        ...project().env,
        ...env,
      });
      assert.notEqual(preview.code, 0);
      assert.match(preview.output, new RegExp(`no \\w+ plugin '${missing}`));
    });
  }

  it("needs another plugin for a program in Bun, and not that of Node.js", async () => {
    const { env, bin } = copyCli("pulumi-language-nodejs");
    fs.writeFileSync(path.join(project().dir, "Pulumi.yaml"), "name: seeds\nruntime: bun\n");
    const missing = await doctor(project(), env, "--offline");
    assert.equal(missing.code, 1);
    assert.match(
      missing.line("Pulumi plugins"),
      /^failure: pulumi-language-bun is neither on PATH nor beside \S+\/pulumi, so neither a preview nor an up works\./,
    );
    fs.writeFileSync(path.join(bin, "pulumi-language-bun"), "#!/bin/sh\n", { mode: 0o755 });
    const found = await doctor(project(), env, "--offline");
    assert.equal(found.line("Pulumi plugins"), "ok: Found: pulumi-language-bun, pulumi-resource-pulumi-nodejs.");
    assert.match(found.line("program"), /^ok: bun, in /);
  });

  it("finds its plugins where only a link to it is on PATH", async () => {
    const { env, bin } = copyCli();
    const links = path.join(project().dir, "../links");
    fs.mkdirSync(links);
    fs.symlinkSync(path.join(bin, "pulumi"), path.join(links, "pulumi"));
    const { line } = await doctor(project(), { PATH: env.PATH.replace(bin, links) }, "--offline");
    assert.equal(line("Pulumi plugins"), "ok: Found: pulumi-language-nodejs, pulumi-resource-pulumi-nodejs.");
  });

  it("warns where a script starts it from elsewhere, and its plugins are not seen", async () => {
    const { env, bin } = copyCli();
    const shims = path.join(project().dir, "../shims");
    fs.mkdirSync(shims);
    fs.writeFileSync(path.join(shims, "pulumi"), `#!/bin/sh\nexec ${bin}/pulumi "$@"\n`, { mode: 0o755 });
    const { code, of } = await doctor(project(), { PATH: env.PATH.replace(bin, shims) }, "--offline");
    assert.equal(code, 0);
    assert.match(
      of("Pulumi plugins")[0]!.text,
      /^pulumi-language-nodejs is not on PATH, and \S+\/shims\/pulumi seems to start the CLI from elsewhere\.$/,
    );
  });

  it("goes on where one breaks down: each check that fails is a line", async () => {
    const { code, line, lines } = await doctor(project(), replaceCli("[ $1 = version ] && echo v3.200.0 || echo '{'"));
    assert.equal(code, 1);
    assert.match(line("backend"), /^failure: .*JSON/);
    assert.equal(lines.length, 23);
  });

  /** Pulumi Cloud cannot be had here: this CLI says what that of a user of it says. */
  function cloudCli(listed: string, state = "{}"): Record<string, string> {
    const script = `case "$1 $2" in
      "version --non-interactive") echo v3.200.0 ;;
      "stack ls") ${listed} ;;
      "stack export") echo '{"deployment":${state}}' ;;
      "config get") echo works ;;
      "config --json") echo '{}' ;;
    esac`;
    return { ...replaceCli(script), PULUMI_BACKEND_URL: "https://api.pulumi.com" };
  }

  it("says that a stack in Pulumi Cloud is being updated", async () => {
    const pending = [{ type: "creating", resource: { urn: "urn:pulumi:test::seeds::a:b:C::c", type: "a:b:C" } }];
    const state = { secrets_providers: { state: { url: "https://api.pulumi.com" } }, pending_operations: pending };
    const listed = `echo '[{"name":"acme/test","current":true,"updateInProgress":true}]'`;
    const env = { ...cloudCli(listed, JSON.stringify(state)), PULUMI_STACK: undefined };
    const { line } = await doctor(project(), env, "--offline");
    assert.equal(line("stack"), "ok: acme/test, which is selected.");
    assert.equal(line("secrets"), "ok: The secrets provider (Pulumi Cloud) encrypts and decrypts.");
    assert.match(
      line("lock"),
      /^warning: Pulumi Cloud says that the stack is being updated, but not by whom\. Wait for/,
    );
    assert.match(
      line("pending operations"),
      /^warning: A run was killed, or is still in progress, with 1 pending operation, 0 of them Mailmodo's\. Wait for it; .* Check the others yourself\.$/,
    );
  });

  for (const [name, says] of [
    ["test", "ok: test."],
    ["team/test", "ok: team/seeds/test."],
    ["me/test", "ok: me/seeds/test."],
    ["team/seeds/test", "ok: team/seeds/test."],
    ["team/shop/test", /^failure: The backend has no stack named team\/shop\/test of this project\./],
    ["you/test", /^failure: The backend has no stack named you\/test of this project\./],
  ] as const) {
    it(`takes ${name} in Pulumi Cloud for the stack that the CLI takes it for`, async () => {
      const listed = `case "$*" in
        *--fully-qualify-stack-names*) echo '[{"name":"me/seeds/test"},{"name":"team/seeds/test"}]' ;;
        *) echo '[{"name":"test"},{"name":"team/test"}]' ;;
      esac`;
      const { line } = await doctor(project(), cloudCli(listed), "--offline", "--stack", name);
      if (typeof says === "string") assert.equal(line("stack"), says);
      else assert.match(line("stack"), says);
    });
  }

  it("does not ask for a file of settings where the state cannot be read", async () => {
    const script = `case "$1 $2" in
      "version --non-interactive") echo v3.200.0 ;;
      "stack ls") echo '[{"name":"test","current":true}]' ;;
      *) echo "error: no access" >&2; exit 1 ;;
    esac`;
    const { line } = await doctor(project(), replaceCli(script), "--offline");
    assert.equal(line("settings file"), "skipped: Not checked. The state cannot be read.");
    assert.match(line("pending operations"), /^failure: Could not read the state: no access\./);
  });

  it("does not wait for one that hangs", async () => {
    const { PATH } = replaceCli(`[ $1 = version ] && echo v3.200.0 && exit\nexec sleep 600`);
    const { dir, env } = project();
    const { lines } = await diagnose({ cwd: dir, offline: true, env: { ...env, PATH } }, 2_000);
    const backend = lines.find(({ check }) => check === "backend");
    assert.equal(backend?.text, "Could not list the stacks of the project: no answer within 2 s.");
    assert.equal(lines.find(({ check }) => check === "package")?.level, "ok");
  });

  it("does not wait for one that does not even say its version", async () => {
    const { PATH } = replaceCli("exec sleep 600");
    const { dir, env } = project();
    const { lines } = await diagnose({ cwd: dir, offline: true, env: { ...env, PATH } }, 1_000);
    assert.deepEqual(
      lines.filter(({ level }) => level === "failure").map(({ text, advice }) => `${text} ${advice}`),
      ["Could not run the CLI: no answer within 1 s. Run pulumi version yourself, and see what it waits for."],
    );
  });
});

function textOf(file: string): string | null {
  return fs.existsSync(file) ? fs.readFileSync(file, "utf8") : null;
}

function write(file: string, text: string | null): void {
  if (text === null) fs.rmSync(file, { force: true });
  else fs.writeFileSync(file, text);
}
