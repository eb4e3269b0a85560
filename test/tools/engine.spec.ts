import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { findEngine } from "../../tools/engine/engine";
import { serve, type TestServer } from "../support/server";

// Stand-ins for the CLI and for Go, scripts that say a version: the real ones take minutes, and install the engine that
// the other tests run.
describe("findEngine", () => {
  let root: string;
  let env: NodeJS.ProcessEnv;
  let server: TestServer;
  const lines: string[] = [];

  beforeEach(() => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), "engine-"));
    env = { PATH: `${path.join(root, "bin")}:/usr/bin:/bin`, HOME: root, XDG_CACHE_HOME: path.join(root, "cache") };
    lines.length = 0;
  });
  afterEach(async () => {
    fs.rmSync(root, { recursive: true, force: true });
    await server?.close();
  });

  const log = (line: string) => void lines.push(line);
  const cached = () => path.join(root, "cache", "pulumi-mailmodo", "engine-3.274.1", "bin");
  function script(file: string, text: string): void {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  }
  function cliOnPath(version: string): void {
    script(path.join(root, "bin", "pulumi"), `echo ${version}`);
    script(path.join(root, "bin", "pulumi-language-nodejs"), "");
  }
  async function installer(text: string, status = 200): Promise<string> {
    server = await serve((response) => response.writeHead(status).end(text));
    return server.url;
  }
  const install = `
    while [ $# -gt 0 ]; do case "$1" in --version) v=$2; shift;; --install-root) r=$2; shift;; esac; shift; done
    mkdir -p $r/bin && echo "$v" > $r/bin/pulumi`;

  it("takes the CLI on PATH", async () => {
    cliOnPath("v3.274.1");
    assert.deepEqual(await findEngine({ env, log }), { bin: path.join(root, "bin"), source: "path" });
  });

  it("takes a newer CLI of the same major version on PATH", async () => {
    cliOnPath("v3.300.1");
    assert.equal((await findEngine({ env, log })).source, "path");
  });

  for (const version of ["v3.100.0", "v4.0.0", "v2.999.0", "nonsense"]) {
    it(`passes over a CLI ${version} on PATH`, async () => {
      cliOnPath(version);
      assert.equal((await findEngine({ env, log, installerUrl: await installer(install) })).source, "installer");
    });
  }

  it("passes over a CLI without its language host", async () => {
    cliOnPath("v3.274.1");
    fs.rmSync(path.join(root, "bin", "pulumi-language-nodejs"));
    assert.equal((await findEngine({ env, log, installerUrl: await installer(install) })).source, "installer");
  });

  it("runs the official installer for the pinned version, into the cache, and finds it there the next time", async () => {
    const installerUrl = await installer(install);
    assert.deepEqual(await findEngine({ env, log, installerUrl }), { bin: cached(), source: "installer" });
    assert.equal(fs.readFileSync(path.join(cached(), "pulumi"), "utf8"), "3.274.1\n");
    assert.deepEqual(await findEngine({ env, log, installerUrl }), { bin: cached(), source: "cache" });
    assert.equal(server.seen.length, 1);
    assert.deepEqual(fs.readdirSync(path.join(root, "cache", "pulumi-mailmodo")), ["engine-3.274.1"]);
  });

  it("builds with Go where the installer cannot be reached, shows progress, and leaves only the engine", async () => {
    script(
      path.join(root, "bin", "go"),
      `case "$1" in
        version) ;;
        list) echo a; echo b;;
        build) echo a >&2; while [ "$1" != -o ]; do shift; done; echo built > "$2"; echo "$GOMODCACHE" > "$GOPATH/used";;
      esac`,
    );
    const installerUrl = await installer("", 503);
    assert.deepEqual(await findEngine({ env, log, installerUrl }), { bin: cached(), source: "build" });
    assert.deepEqual(fs.readdirSync(cached()).sort(), [
      "nodejs-host",
      "pulumi",
      "pulumi-language-nodejs",
      "pulumi-resource-pulumi-nodejs",
    ]);
    assert.deepEqual(fs.readdirSync(path.dirname(cached())), ["bin"]);
    assert.match(lines[0] ?? "", /^Building Pulumi 3\.274\.1 from source, once/);
  });

  it("builds a language host that takes typescript: false from the project", async () => {
    script(
      path.join(root, "bin", "go"),
      `[ "$1" = build ] || exit 0; while [ "$1" != -o ]; do shift; done
      printf '#!/bin/sh\\necho "$@"\\n' > "$2"; chmod 755 "$2"`,
    );
    await findEngine({ env, log, installerUrl: await installer("", 503) });
    const host = path.join(cached(), "pulumi-language-nodejs");
    const argsIn = (project: string) => {
      fs.writeFileSync(path.join(root, "Pulumi.yaml"), project);
      return execFileSync(host, ["127.0.0.1:1"], { cwd: root, encoding: "utf8" }).trim();
    };
    const runtime = "name: seeds\nruntime:\n  name: nodejs\n  options:\n";
    assert.equal(argsIn(`${runtime}    typescript: false\n`), "-typescript=false 127.0.0.1:1");
    assert.equal(argsIn(`${runtime}    nodeargs: --trace-warnings\n`), "127.0.0.1:1");
  });

  it("says what to install where there is no CLI, no installer and no Go, and leaves nothing", async () => {
    const installerUrl = await installer("", 503);
    const host = new URL(installerUrl).host;
    env["PATH"] = path.join(root, "bin");
    await assert.rejects(findEngine({ env, log, installerUrl }), {
      message:
        `No Pulumi engine: none of version 3.274.1 or later is on PATH, the official installer (${host}) answered 503, ` +
        "and there is no Go to build one with. Install the Pulumi CLI (https://www.pulumi.com/docs/install), " +
        "or Go 1.26 or later, and run it again.",
    });
    assert.deepEqual(fs.readdirSync(path.join(root, "cache", "pulumi-mailmodo")), []);
  });

  it("says why a build failed", async () => {
    script(path.join(root, "bin", "go"), `[ "$1" = version ] || { echo "no such host" >&2; exit 1; }`);
    const installerUrl = await installer("exit 3");
    await assert.rejects(
      findEngine({ env, log, installerUrl }),
      /the official installer \(\S+\) failed, and building pulumi-language-nodejs with Go failed \(no such host\)/,
    );
  });

  it("removes what a killed run left, and not what a running one makes", async () => {
    const cache = path.join(root, "cache", "pulumi-mailmodo");
    const gone = execFileSync("sh", ["-c", "echo $$"], { encoding: "utf8" }).trim();
    fs.mkdirSync(path.join(cache, `engine-3.274.1.partial-${gone}`), { recursive: true });
    fs.mkdirSync(path.join(cache, `engine-3.274.1.partial-${process.ppid}`));
    await findEngine({ env, log, installerUrl: await installer(install) });
    assert.deepEqual(fs.readdirSync(cache).sort(), ["engine-3.274.1", `engine-3.274.1.partial-${process.ppid}`]);
  });
});
