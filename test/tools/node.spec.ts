import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { findNode, type NodeOptions } from "../../tools/node/node";
import { json, serve, type TestServer } from "../support/server";

// A stand-in for the npm registry, with one small package: the real Node.js has 50 MB.
describe("findNode", () => {
  let root: string;
  let registry: TestServer | undefined;
  let tarball: Buffer;
  const lines: string[] = [];

  beforeEach(async () => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), "node-"));
    tarball = pack(path.join(root, "packed"));
    registry = await serve((response, _, { url, headers }) => {
      if (url === TARBALL) return response.writeHead(200).end(tarball);
      if (url !== `/${NAME}`) return json(response, 404, { error: "Not found" });
      return json(response, 200, packument(`http://${headers.host}${TARBALL}`, tarball));
    });
    lines.length = 0;
  });
  afterEach(async () => {
    await registry?.close();
    fs.rmSync(root, { recursive: true, force: true });
  });

  const cache = () => path.join(root, "cache", "pulumi-mailmodo");
  const bin = () => path.join(cache(), "node-24.21.0", "package", "bin");
  const options = (more: NodeOptions = {}): NodeOptions => ({
    env: {
      PATH: process.env["PATH"],
      HOME: root,
      XDG_CACHE_HOME: path.join(root, "cache"),
      npm_config_registry: registry?.url,
      npm_config_fetch_retries: "0",
    },
    platform: "test-x64",
    hashes: { "test-x64": sha512(tarball) },
    log: (line) => void lines.push(line),
    ...more,
  });

  it("installs the pinned package once, and says so in one line", async () => {
    assert.equal(await findNode(options()), bin());
    assert.equal(execFileSync(path.join(bin(), "node"), { encoding: "utf8" }), "v24.21.0\n");
    assert.deepEqual(lines, [
      `Node.js ${process.version} is too old: installing 24.21.0 from the npm registry into ` +
        `${path.join(cache(), "node-24.21.0")}, once.`,
    ]);
    assert.deepEqual(fs.readdirSync(cache()), ["node-24.21.0"]);
  });

  it("finds in the cache what was installed, without a request or a line", async () => {
    await findNode(options());
    const requests = registry?.seen.length;
    lines.length = 0;
    assert.equal(await findNode(options()), bin());
    assert.equal(registry?.seen.length, requests);
    assert.deepEqual(lines, []);
  });

  it("refuses a package that the registry vouches for and that is not the pinned one, and leaves nothing", async () => {
    const pinned = sha512(Buffer.from("another package"));
    await assert.rejects(findNode(options({ hashes: { "test-x64": pinned } })), {
      message:
        `Could not install Node.js 24.21.0 (${NAME}@24.21.0 is not the pinned package: its hash is ` +
        `${sha512(tarball)}). Install Node.js 22 or later, and run it again.`,
    });
    assert.deepEqual(fs.readdirSync(cache()), []);
  });

  it("says what to install where the registry has none for the platform, and asks it nothing", async () => {
    await assert.rejects(findNode(options({ platform: "plan9-x64" })), {
      message:
        `Node.js ${process.version} is too old, and the npm registry has no 24.21.0 for plan9-x64. ` +
        "Install Node.js 22 or later, and run it again.",
    });
    assert.deepEqual(registry?.seen, []);
  });

  it("says in one line that the registry does not answer, and leaves nothing", async () => {
    const unanswered = options();
    await registry?.close();
    await assert.rejects(findNode(unanswered), {
      message:
        `Could not install Node.js 24.21.0 (FetchError: request to ${registry?.url}/${NAME} failed, reason: connect ` +
        `ECONNREFUSED ${new URL(registry?.url ?? "").host}). Install Node.js 22 or later, and run it again.`,
    });
    registry = undefined;
    assert.deepEqual(fs.readdirSync(cache()), []);
  });
});

const NAME = "node-test-x64";
const TARBALL = `/${NAME}/-/${NAME}-24.21.0.tgz`;

/** A package whose node says a version and nothing else. */
function pack(folder: string): Buffer {
  const bin = path.join(folder, "package", "bin");
  fs.mkdirSync(bin, { recursive: true });
  fs.writeFileSync(path.join(folder, "package", "package.json"), JSON.stringify({ name: NAME, version: "24.21.0" }));
  fs.writeFileSync(path.join(bin, "node"), "#!/bin/sh\necho v24.21.0\n", { mode: 0o755 });
  return execFileSync("tar", ["-czf", "-", "-C", folder, "package"]);
}

function packument(tarball: string, content: Buffer): object {
  const dist = { tarball, integrity: sha512(content) };
  return {
    name: NAME,
    "dist-tags": { latest: "24.21.0" },
    versions: { "24.21.0": { name: NAME, version: "24.21.0", dist } },
  };
}

function sha512(content: Buffer): string {
  return `sha512-${createHash("sha512").update(content).digest("base64")}`;
}
