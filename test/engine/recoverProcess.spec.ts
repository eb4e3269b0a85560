import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { run, type Run } from "../../tools/workbench";
import { journalOf } from "../support/journalOf";
import { pluginsOf } from "../support/pluginsOf";
import { recoverByCli, recoverCommand } from "../support/recoverByCli";
import { requestNumber } from "../support/requestNumber";
import { useKilledUps, writeAsElsewhere } from "../support/killedUps";
import { UP } from "../support/pulumiArgs";
import { inNamespaces, type Namespace } from "../support/namespaces";
import { createRunner, useFolderBackend } from "../support/previews";
import { useSandbox } from "../support/sandbox";

describe("a run in a container", () => {
  const ups = useKilledUps();
  const { project } = ups;

  function inContainer(kinds: Namespace[], ...args: string[]): Promise<Run> {
    const [program, ...rest] = inNamespaces(kinds, recoverCommand(project(), args));
    return run(program!, rest, project().dir, project().env);
  }

  it("keeps its lock and its start while it lives, whoever recovers: outside of it, in a time namespace, beside it, or under another host name", async () => {
    await project().succeed("config", "set", "mailmodo:requestTimeoutSeconds", "20");
    ups.hold("x");
    const asked = requestNumber(project(), 1);
    const [program, ...args] = inNamespaces(["pid"], ["pulumi", ...UP, "--non-interactive"]);
    const living = spawn(program!, args, {
      cwd: project().dir,
      env: { ...project().env, NAMES: "x" },
      stdio: "ignore",
    });
    const ended = once(living, "exit");
    await asked;

    const outside = await recoverByCli(project());
    assert.deepEqual([outside.code, outside.stdout], [1, ""]);
    assert.match(outside.stderr, /^The stack test is locked by \S+ \(pid \d+\), which is still running\./);
    const atAnotherTime = await inContainer(["time"]);
    assert.deepEqual([atAnotherTime.code, atAnotherTime.stderr], [1, outside.stderr]);
    const beside = await inContainer(["pid"]);
    assert.deepEqual([beside.code, beside.stdout], [1, ""]);
    assert.match(
      beside.stderr,
      /^The stack test is locked by \S+ \(pid \d+\), and nothing proves that this run has ended.* has ended, run this again with --run-is-over\.\n$/,
    );
    const renamed = await inContainer(["pid", "uts"], "--lock-dead-after", "2h");
    assert.match(renamed.stderr, /^The stack test is locked by \S+ \(pid \d+\), on another machine\./);

    ups.release();
    assert.deepEqual((await ended) as unknown[], [0, null]);
    assert.deepEqual([ups.statuses(), project().requests().length], [{ x: "running" }, 1]);
  });
});

describe("a journal on a full disk", () => {
  const ups = useKilledUps();

  it("has no room for a note, so its start is not sent, and one line says so", async () => {
    const { dir, env } = ups.project();
    const folder = journalOf(env);
    fs.mkdirSync(folder, { recursive: true });
    const fill = `mount -t tmpfs -o size=64k none ${folder} && ! cat /dev/zero 2>/dev/null > ${folder}/filler && exec "$@"`;
    const [program, ...args] = inNamespaces(["mount"], ["sh", "-c", fill, "sh", "pulumi", ...UP, "--non-interactive"]);
    const { code, output } = await run(program!, args, dir, { ...env, NAMES: "x" });
    assert.notEqual(code, 0);
    assert.match(
      output,
      /Could not start journey \S+ for x\*\*\*@seeds\.example\.com: it could not be recorded in \S+ \(ENOSPC\)\. Nothing was sent\. Free disk space there, or set PULUMI_HOME/,
    );
    assert.deepEqual(ups.project().requests(), []);
  });
});

describe("a preview whose run was killed on another machine", () => {
  let release = () => {};
  const sandbox = useSandbox({ sleep: () => new Promise((resolve) => (release = resolve)) });
  const backend = useFolderBackend();
  afterEach(() => release());

  it("is not removed before a person says that the run is over", async () => {
    const runner = await createRunner(sandbox(), { env: backend().env });
    try {
      sandbox().faults.add({ kind: "delay", on: "start", count: 1 });
      const asked = once(sandbox().app.server, "request");
      const ended = once(runner.startPreviews("up", "--name", "pr-1"), "exit");
      await asked;
      for (const pid of pluginsOf(runner)) process.kill(pid, "SIGKILL");
      await ended;
      release();
      const notes = journalOf(runner.env);
      for (const name of fs.readdirSync(notes)) writeAsElsewhere(path.join(notes, name));

      const down = await runner.previews("down", "--name", "pr-1");
      assert.equal(down.code, 1);
      assert.match(
        down.stderr,
        /^A run of pr-1 \(pid \d+ on runner-7\) left notes of 1 call in \S+, and whether it has ended cannot be determined from here\. .*, run npx pulumi-mailmodo previews down --name pr-1 --run-is-over\.\n$/,
      );
      assert.equal(sandbox().running().length, 1);
      await runner.succeed("down", "--name", "pr-1", "--run-is-over");
      assert.deepEqual(sandbox().running(), []);
    } finally {
      runner.dispose();
    }
  });
});
