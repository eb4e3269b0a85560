import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { run } from "../../tools/workbench";

const repository = path.join(__dirname, "../..");
const withNode = path.join(repository, "tools/withNode.js");

// A stand-in for an old Node.js: a preloaded line that makes this one say that it is 20.
describe("tools/withNode.js", () => {
  let root: string;
  let env: NodeJS.ProcessEnv;

  beforeEach(() => {
    root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "with-node-")));
    env = { ...process.env, XDG_CACHE_HOME: path.join(root, "cache") };
    delete env["NODE_COMPILE_CACHE"];
    fs.writeFileSync(path.join(root, "old.js"), OLD);
  });
  afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

  const onThis = (...args: string[]) => run(process.execPath, [withNode, ...args], root, env);
  const onOld = (...args: string[]) =>
    run(process.execPath, ["--require", path.join(root, "old.js"), withNode, ...args], root, env);
  /** A command that says "ready", and then runs until a signal comes. */
  const start = (script: string, detached = false) => {
    const running = `${script}; setInterval(() => {}, 1e6); console.log("ready")`;
    const args = [withNode, "node", "-e", running];
    return spawn(process.execPath, args, { cwd: root, env, detached, stdio: ["pipe", "pipe", "inherit"] });
  };

  it("passes arguments on as they are, and keeps the folder", async () => {
    const { stdout } = await onThis("node", "-p", "process.argv.slice(1).concat(process.cwd())", "a b", "$HOME", "*");
    assert.equal(stdout, `[ 'a b', '$HOME', '*', '${root}' ]\n`);
  });

  it("sets the variables that come before the command", async () => {
    const { stdout } = await onThis("FIRST=a=b", "SECOND=", "node", "-p", "[process.env.FIRST, process.env.SECOND]");
    assert.equal(stdout, "[ 'a=b', '' ]\n");
  });

  it("ends with the command's exit code", async () => {
    assert.equal((await onThis("node", "-e", "process.exit(7)")).code, 7);
  });

  it("finds the commands of node_modules/.bin from any folder", async () => {
    const { code, stdout } = await onThis("tsc", "--version");
    assert.deepEqual([code, /^Version \d/.test(stdout)], [0, true]);
  });

  it("puts node_modules/.bin and its own Node.js before the caller's PATH", async () => {
    const { stdout } = await onThis("node", "-p", "process.env.PATH");
    assert.equal(
      stdout.trim(),
      [path.join(repository, "node_modules/.bin"), path.dirname(process.execPath), env["PATH"]].join(path.delimiter),
    );
  });

  it("sets a compile cache where the caller has none, and keeps the caller's", async () => {
    const own = await onThis("node", "-p", "process.env.NODE_COMPILE_CACHE");
    assert.equal(own.stdout.trim(), path.join(repository, "node_modules/.cache/node"));
    env["NODE_COMPILE_CACHE"] = path.join(root, "compiled");
    const callers = await onThis("node", "-p", "process.env.NODE_COMPILE_CACHE");
    assert.equal(callers.stdout.trim(), path.join(root, "compiled"));
  });

  it("passes SIGTERM on, and ends as the command does", async () => {
    const child = start('process.on("SIGTERM", () => process.exit(7))');
    await once(child.stdout, "data");
    child.kill("SIGTERM");
    assert.deepEqual(await once(child, "exit"), [7, null]);
  });

  it("dies of the signal that the command died of", async () => {
    const child = start("");
    await once(child.stdout, "data");
    child.kill("SIGTERM");
    assert.deepEqual(await once(child, "exit"), [null, "SIGTERM"]);
  });

  it("outlives a terminal's interrupt until the command has ended, and has its exit code", async () => {
    const child = start(
      'process.on("SIGINT", () => console.log("stopping")); process.stdin.on("end", () => process.exit(9)).resume()',
      true,
    );
    await once(child.stdout, "data");
    // A terminal's interrupt goes to the whole group.
    process.kill(-(child.pid ?? 0), "SIGINT");
    await once(child.stdout, "data");
    child.stdin.end();
    assert.deepEqual(await once(child, "exit"), [9, null]);
  });

  it("says in one line that there is no such command", async () => {
    const { code, stderr } = await onThis("no-such-command");
    assert.deepEqual([code, stderr], [1, "spawn no-such-command ENOENT\n"]);
  });

  it("says how it is used where there is no command", async () => {
    const { code, stderr } = await onThis();
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^Usage: node tools\/withNode\.js \[NAME=value …\] <command of node_modules\/\.bin> \[arguments\]\n$/,
    );
  });

  it("runs the command on the pinned Node.js where the caller's is too old", async () => {
    const pinned = path.join(root, "cache/pulumi-mailmodo/node-24.21.0/package/bin");
    fs.mkdirSync(pinned, { recursive: true });
    fs.writeFileSync(path.join(pinned, "node"), '#!/bin/sh\necho "pinned $*"\n', { mode: 0o755 });
    const { code, output } = await onOld("node", "--version");
    assert.deepEqual([code, output], [0, "pinned --version\n"]);
  });

  it("says in one line why there is no Node.js to run it on", async () => {
    Object.assign(env, { npm_config_registry: "http://127.0.0.1:9/", npm_config_fetch_retries: "0", HOME: root });
    const { code, stderr } = await onOld("node", "--version");
    assert.equal(code, 1);
    assert.match(
      stderr.split("\n")[1] ?? "",
      /^Could not install Node\.js 24\.21\.0 \(.*\)\. Install Node\.js 22 or later/,
    );
    assert.equal(stderr.split("\n").length, 3);
  });
});

const OLD = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.20.2" } });`;
