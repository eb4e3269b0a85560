import assert from "node:assert/strict";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { run } from "../../tools/workbench";
import { COMMAND } from "../support/command";
import { doctor } from "../support/doctor";
import { journalOf } from "../support/journalOf";
import { useProject } from "../support/project";
import { useKilledUps, writeAsElsewhere } from "../support/killedUps";
import { inNamespaces } from "../support/namespaces";
import { UP } from "../support/pulumiArgs";
import { recoverByCli } from "../support/recoverByCli";
import { requestNumber } from "../support/requestNumber";

const RECOVER = "npx pulumi-mailmodo recover --stack test";

// One story, in order: each test finds what the one before has left.
describe("pulumi-mailmodo doctor, after a kill of the CLI and the plugin", () => {
  const { project, kill, noteFiles } = useKilledUps("suite");
  before(() => kill("ada,bob", ["cli", "plugin"]));
  const lockFile = () => {
    const locks = path.join(project().dir, "../state/.pulumi/locks");
    const [name] = fs.readdirSync(locks, { recursive: true, encoding: "utf8" }).filter((one) => one.endsWith(".json"));
    return path.join(locks, name!);
  };

  it("fails because of the dead run's lock, and warns of what it left in the state and in the journal", async () => {
    const { code, line } = await doctor(project());
    assert.equal(code, 1);
    assert.match(
      line("lock"),
      /^failure: Held by \S+ \(pid \d+\), since \d{4}-\S+Z\. That run has ended, but its lock still keeps all others out\. Run npx pulumi-mailmodo recover --stack test\.$/,
    );
    assert.match(
      line("pending operations"),
      /^warning: A run was killed and left 1 pending operation, 1 of them Mailmodo's: .* Run npx pulumi-mailmodo recover --stack test, and no pulumi refresh before\.$/,
    );
    assert.equal(
      line("journal"),
      `warning: A killed or failed run left notes of 2 calls, whose results may not be in the state. Run ${RECOVER}.`,
    );
  });

  it("frees no lock and finishes no note", async () => {
    const seen = () => [lockFile(), ...noteFiles()].map((file) => [file, fs.readFileSync(file, "utf8")]);
    const before = seen();
    await doctor(project());
    assert.deepEqual(seen(), before);
  });

  it("does not take another machine's lock and notes for a dead run's", async () => {
    const [file] = noteFiles();
    const texts = [lockFile(), file!].map((name) => [name, fs.readFileSync(name, "utf8")] as const);
    fs.writeFileSync(lockFile(), texts[0]![1].replace(/"hostname":"[^"]*"/, '"hostname":"runner-7"'));
    writeAsElsewhere(file!);
    const { line } = await doctor(project());
    for (const [name, text] of texts) fs.writeFileSync(name, text);
    assert.match(
      line("lock"),
      /^failure: Held by \S+runner-7 \(pid \d+\), .*on another machine\. Whether .* or, if it has ended: npx .* --run-is-over\.$/,
    );
    assert.match(line("journal"), /^warning: There are notes of 2 calls by a run that may be another machine's/);
    assert.match(
      line("pending operations"),
      /^warning: A run was killed, or is still in progress, with 1 pending operation, 1 of them Mailmodo's\. Wait for it; or, if it has ended, run npx .* --run-is-over, and no pulumi refresh before\.$/,
    );
  });

  it("leaves the notes of another stack to that one", async () => {
    await project().succeed("stack", "init", "other", "--no-select");
    const { line } = await doctor(project(), {}, "--stack", "other");
    assert.equal(line("journal"), "ok: Of other stacks: notes of 2 calls.");
    assert.equal(line("lock"), "ok: Free.");
  });

  it("warns of notes that cannot be read", async () => {
    const file = path.join(journalOf(project().env), "huge.jsonl");
    fs.writeFileSync(file, "");
    // It takes no room on the disk.
    fs.truncateSync(file, 600 * 1024 * 1024);
    const { of } = await doctor(project());
    fs.rmSync(file);
    const [{ text, advice } = assert.fail("no line")] = of("journal");
    assert.match(text, /huge\.jsonl cannot be read \(EFBIG\): it may hold notes of this stack\.$/);
    assert.equal(advice, "Look at it: if it is damaged, or not of this package, move it to another folder.");
  });

  it("finds nothing any more once it did what it says", async () => {
    assert.equal((await recoverByCli(project())).code, 0);
    const { code, line } = await doctor(project());
    assert.equal(code, 0);
    assert.equal(line("lock"), "ok: Free.");
    assert.equal(line("pending operations"), "ok: None.");
    assert.equal(line("journal"), "ok: No run has left notes of calls.");
  });

  it("fails with a state file that a kill left empty beside it", async () => {
    const stacks = path.join(project().dir, "../state/.pulumi/stacks");
    const [attributes] = fs
      .readdirSync(stacks, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith("test.json.attrs"));
    const file = path.join(stacks, attributes!);
    const text = fs.readFileSync(file);
    fs.writeFileSync(file, "");
    const { code, line } = await doctor(project());
    fs.writeFileSync(file, text);
    assert.equal(code, 1);
    assert.match(
      line("backend"),
      /^failure: A killed run left an empty attributes file of the stack test .* recover --stack test first, .* if that is a preview, npx pulumi-mailmodo previews up --name test/,
    );
  });
});

describe("pulumi-mailmodo doctor, after a kill of the CLI alone", () => {
  const { project, kill } = useKilledUps();

  it("takes the notes for a dead run's, whose plugin may still be there", async () => {
    await kill("ada", ["cli"]);
    const { of } = await doctor(project(), {}, "--offline");
    assert.equal(of("lock")[0]?.level, "failure");
    for (const { text } of of("journal")) assert.doesNotMatch(text, /in progress/);
  });
});

describe("pulumi-mailmodo doctor, while a run is in progress", () => {
  const { project, hold, release } = useKilledUps();

  it("warns of the lock, and takes the notes and the pending operations for what they are", async () => {
    hold("ada");
    const asked = requestNumber(project(), 1);
    const cli = project().start({ NAMES: "ada" }, ...UP);
    const ended = once(cli, "exit");
    await asked;
    const { code, line } = await doctor(project(), {}, "--offline");
    release();
    await ended;
    assert.equal(code, 0);
    assert.match(line("lock"), /^warning: Held by .*, which is still running\. Wait for it\.$/);
    assert.equal(line("pending operations"), "ok: A run is in progress, with 1 operation.");
    assert.equal(line("journal"), "ok: A run is in progress, with 1 call.");
  });
});

describe("pulumi-mailmodo doctor looks at the journal's folder:", () => {
  const { project } = useKilledUps("suite");

  it("fails where it cannot be written to", async () => {
    const file = path.join(project().dir, "../a-file");
    fs.writeFileSync(file, "");
    fs.mkdirSync(path.join(project().env["PULUMI_HOME"]!), { recursive: true });
    const folder = journalOf(project().env);
    fs.rmSync(folder, { recursive: true, force: true });
    fs.symlinkSync(file, folder);
    const { code, line } = await doctor(project(), {}, "--offline");
    fs.rmSync(folder);
    assert.equal(code, 1);
    assert.match(
      line("journal's folder"),
      /^failure: \S+mailmodo-journal cannot be written to, so no call would be sent\. Set PULUMI_HOME/,
    );
  });

  for (const [size, says] of [
    [
      "512k",
      /failure +journal's folder +The disk of \S+ has less than 1 MiB left, so no call would be sent\. Free some space/,
    ],
    ["50m", /warning +journal's folder +The disk of \S+ has (49|50) MiB left\. Free some space/],
  ] as const) {
    it(`says how much room is left on a disk of ${size}`, async () => {
      const { dir, env } = project();
      const folder = journalOf(env);
      fs.mkdirSync(folder, { recursive: true });
      const script = `mount -t tmpfs -o size=${size} none ${folder} && exec "$@"`;
      const words = ["sh", "-c", script, "sh", process.execPath, COMMAND, "doctor", "--offline"];
      const [program, ...args] = inNamespaces(["mount"], words);
      const { output } = await run(program!, args, dir, env);
      assert.match(output, says);
    });
  }

  it("warns where it may be on a network", async () => {
    const { dir, env } = project();
    const folder = journalOf(env);
    fs.mkdirSync(folder, { recursive: true });
    // A file system that this machine has, and that is none of the local ones.
    const script = `mount -t ramfs none ${folder} && exec "$@"`;
    const words = ["sh", "-c", script, "sh", process.execPath, COMMAND, "doctor", "--offline"];
    const [program, ...args] = inNamespaces(["mount"], words);
    const { output } = await run(program!, args, dir, env);
    assert.match(output, /warning +journal's folder +\S+mailmodo-journal may be on a network: .* Set PULUMI_HOME/);
  });
});

describe("pulumi-mailmodo doctor looks at the backend's folder:", () => {
  const project = useProject("", {}, "suite");

  it("fails where it cannot be written to, as each run does there", async () => {
    const { dir, env } = project();
    const state = path.join(dir, "../state");
    const script = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"';
    const words = ["sh", "-c", script, state, process.execPath, COMMAND, "doctor", "--offline"];
    const [program, ...args] = inNamespaces(["mount"], words);
    const { code, output } = await run(program!, args, dir, env);
    assert.equal(code, 1, output);
    assert.match(
      output,
      /^failure +backend +\S+\/\.pulumi\/\S+ cannot be written to, so each run fails: the state and its lock are files there\. Give this/m,
    );
    assert.match((await doctor(project(), {}, "--offline")).line("backend"), /^ok: /);
  });
});

describe("pulumi-mailmodo doctor, in a backend of an old kind", () => {
  const project = useProject("");

  it("finds the stack's lock", async () => {
    const backend = path.join(project().dir, "../old");
    fs.mkdirSync(backend);
    Object.assign(project().env, {
      PULUMI_BACKEND_URL: `file://${backend}`,
      PULUMI_DIY_BACKEND_LEGACY_LAYOUT: "true",
      PULUMI_DIY_BACKEND_IGNORE_DEPRECATION_ERROR: "1",
    });
    await project().succeed("stack", "init", "test");
    const lock = { pid: 7, username: "ci", hostname: "runner-7", timestamp: "2026-11-27T00:40:00Z" };
    const folder = path.join(backend, ".pulumi/locks/test");
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, "1.json"), JSON.stringify(lock));
    const { line } = await doctor(project(), {}, "--offline", "--stack", "test");
    assert.match(line("lock"), /^failure: Held by c\*{3}@runner-7 \(pid 7\)/);
  });
});
