import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { diagnose } from "../../provider/commands/doctor/doctor";
import { doctor } from "../support/doctor";
import { useProject } from "../support/project";
import { replaceCli } from "../support/replaceCli";

describe("pulumi-mailmodo doctor looks at the CLI:", () => {
  const project = useProject("");

  it("fails without one, and checks what needs none", async () => {
    const { code, line } = await doctor(project(), { PATH: "/nonexistent" }, "--offline");
    assert.equal(code, 1);
    assert.match(line("Pulumi CLI"), /^failure: The Pulumi CLI \(pulumi\) is not on PATH\. Install it/);
    assert.equal(line("lock"), "skipped: Not checked. The Pulumi CLI does not run.");
    assert.match(line("package"), /^ok: /);
  });

  it("fails with one that is too old, and warns of one whose version is none", async () => {
    const old = await doctor(project(), replaceCli(project(), "echo v3.100.0"), "--offline");
    assert.match(old.line("Pulumi CLI"), /^failure: 3\.100\.0 is not supported: .* Install a newer one/);
    const own = await doctor(project(), replaceCli(project(), "echo dev"), "--offline");
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

  it("goes on where one breaks down: each check that fails is a line", async () => {
    const { code, line, lines } = await doctor(
      project(),
      replaceCli(project(), "[ $1 = version ] && echo v3.200.0 || echo '{'"),
    );
    assert.equal(code, 1);
    assert.match(line("backend"), /^failure: .*JSON/);
    assert.equal(lines.length, 23);
  });

  it("does not ask for a file of settings where the state cannot be read", async () => {
    const script = `case "$1 $2" in
      "version --non-interactive") echo v3.200.0 ;;
      "stack ls") echo '[{"name":"test","current":true}]' ;;
      *) echo "error: no access" >&2; exit 1 ;;
    esac`;
    const { line } = await doctor(project(), replaceCli(project(), script), "--offline");
    assert.equal(line("settings file"), "skipped: Not checked. The state cannot be read.");
    assert.match(line("pending operations"), /^failure: Could not read the state: no access\./);
  });

  it("does not wait for one that hangs", async () => {
    const { PATH } = replaceCli(project(), `[ $1 = version ] && echo v3.200.0 && exit\nexec sleep 600`);
    const { dir, env } = project();
    const { lines } = await diagnose({ cwd: dir, offline: true, env: { ...env, PATH } }, 2_000);
    const backend = lines.find(({ check }) => check === "backend");
    assert.equal(backend?.text, "Could not list the stacks of the project: no answer within 2 s.");
    assert.equal(lines.find(({ check }) => check === "package")?.level, "ok");
  });

  it("does not wait for one that does not even say its version", async () => {
    const { PATH } = replaceCli(project(), "exec sleep 600");
    const { dir, env } = project();
    const { lines } = await diagnose({ cwd: dir, offline: true, env: { ...env, PATH } }, 1_000);
    assert.deepEqual(
      lines.filter(({ level }) => level === "failure").map(({ text, advice }) => `${text} ${advice}`),
      ["Could not run the CLI: no answer within 1 s. Run pulumi version yourself, and see what it waits for."],
    );
  });
});
