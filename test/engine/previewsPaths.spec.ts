import assert from "node:assert/strict";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout } from "node:timers/promises";
import { privateFolders, useRunners, type Runner } from "../support/previews";
import { recoverByCli } from "../support/recoverByCli";
import { useSandbox } from "../support/sandbox";

describe("previews and recover below a folder with spaces and umlauts, through the real engine", () => {
  let wait: (ms: number) => Promise<void> = setTimeout;
  const sandbox = useSandbox({ sleep: (ms) => wait(ms) }, "suite");
  const newRunner = useRunners(sandbox, () => ({ env: {} }), "suite");
  const running = () => sandbox().running().sort();
  const SETTINGS = "meine Einstellungen.yaml";
  const args = ["--name", "pr-1", "--settings", SETTINGS];
  let runner: Runner;
  let text: string;
  const file = (...names: string[]) => path.join(runner.dir, ...names);
  /** What the user has selected, as the CLI keeps it. */
  const selected = (): [string, string][] => {
    const folder = path.join(runner.env["PULUMI_HOME"]!, "workspaces");
    return fs.readdirSync(folder).map((name) => [name, fs.readFileSync(path.join(folder, name), "utf8")]);
  };
  let chosen: ReturnType<typeof selected>;

  before(async () => {
    runner = await newRunner({ below: "x y/Prüfung" });
    const state = path.join(runner.dir, "../state");
    runner.env["PULUMI_BACKEND_URL"] = `file://${state.replaceAll(" ", "%20")}`;
    // In UTF-16, with the mark that says so.
    text = fs.readFileSync(file("Pulumi.preview.yaml"), "utf8");
    fs.writeFileSync(file(SETTINGS), Buffer.from(`\ufeff# Prüfung\r\n${text}`, "utf16le"));
    fs.renameSync(file("Pulumi.preview.yaml"), file("Pulumi.dev.yaml"));
    assert.equal((await runner.pulumi("stack", "init", "dev")).code, 0);
    chosen = selected();
  });

  it("say how to correct a setting of the preview, and not of the selected stack", async () => {
    fs.writeFileSync(file("für später.yaml"), `${text}  mailmodo:requestsPerSecond: x\n`);
    const { code, output } = await runner.previews("up", "--name", "pr-1", "--settings", "für später.yaml");
    assert.equal(code, 1);
    assert.match(output, /config set --stack pr-1 --config-file 'für später\.yaml' mailmodo:requestsPerSecond 5\./);
    assert.deepEqual(selected(), chosen);
  });

  it("bring a preview up, also after a kill, and destroy it, while another stack stays selected", async () => {
    let release = () => {};
    wait = () => new Promise((resolve) => (release = resolve));
    sandbox().faults.add({ kind: "delay", delayMs: 1, count: 1 });
    const first = once(sandbox().app.server, "request");
    const child = runner.startPreviews("up", ...args);
    const ended = once(child, "exit");
    await first;
    child.kill("SIGINT");
    assert.deepEqual(await ended, [130, null]);
    release();
    wait = setTimeout;
    sandbox().faults.clear();
    assert.deepEqual(selected(), chosen);

    // The same backend, spelled in another way.
    const encoded = runner.env["PULUMI_BACKEND_URL"]!;
    runner.env["PULUMI_BACKEND_URL"] = decodeURIComponent(encoded);
    await runner.succeed("up", ...args);
    assert.deepEqual(running(), ["qa+seeds.pr-1@seeds.example.com"]);
    assert.deepEqual(
      sandbox()
        .store.all()
        .filter(({ doubled }) => doubled),
      [],
    );
    runner.env["PULUMI_BACKEND_URL"] = encodeURI(decodeURIComponent(encoded));
    await runner.succeed("down", ...args);
    assert.deepEqual(running(), []);
    assert.deepEqual(selected(), chosen);
    // The CLI keeps the selection for each spelling of a backend.
    runner.env["PULUMI_BACKEND_URL"] = encoded;
    assert.match((await runner.pulumi("stack", "ls")).stdout, /^dev\* /m);
    assert.deepEqual(privateFolders(runner), []);
  });

  it("recover a stack of the user's there, by a settings file of its own", async () => {
    fs.renameSync(file("Pulumi.dev.yaml"), file("für dev.yaml"));
    const { code, output } = await recoverByCli(runner, "--stack", "dev", "--config-file", "für dev.yaml");
    assert.equal(code, 0, output);
    assert.match(output, /Nothing to recover in the stack dev\./);
    assert.deepEqual(selected(), chosen);
  });
});
