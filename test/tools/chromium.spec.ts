import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { findChromium } from "../../tools/chromium/chromium";

// Stand-ins for the browser and for apt-get: the real ones change the machine.
describe("findChromium", () => {
  let root: string;
  let bin: string;
  let env: NodeJS.ProcessEnv;
  const lines: string[] = [];

  beforeEach(() => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), "chromium-"));
    bin = path.join(root, "bin");
    env = { PATH: bin };
    lines.length = 0;
    system("debian");
  });
  afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

  const find = (isRoot = true) =>
    findChromium({ env, isRoot, osRelease: path.join(root, "os-release"), log: (line) => void lines.push(line) });
  const system = (id: string) =>
    fs.writeFileSync(path.join(root, "os-release"), `NAME="A system"\nID=${id}\nID_LIKE=debian\n`);
  function program(name: string, text = ""): string {
    const file = path.join(bin, name);
    fs.mkdirSync(bin, { recursive: true });
    fs.writeFileSync(file, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    return file;
  }
  const asked = () => fs.readFileSync(path.join(root, "asked"), "utf8").trim().split("\n");
  const whatToInstall =
    "No browser for the tests of the sandbox's page. Install Chromium or Chrome, or set CHROMIUM to one.";

  it("takes the one that CHROMIUM names, whatever is on PATH", async () => {
    program("chromium");
    env["CHROMIUM"] = program("mine");
    assert.equal(await find(), env["CHROMIUM"]);
  });

  it("says so if CHROMIUM names no program", async () => {
    env["CHROMIUM"] = root;
    await assert.rejects(find(), {
      message: `CHROMIUM is ${root}, and that is no program. Set it to a Chromium or Chrome, or unset it.`,
    });
  });

  it("takes Chromium on PATH, else Chrome", async () => {
    const chrome = program("google-chrome");
    assert.equal(await find(false), chrome);
    const chromium = program("chromium");
    assert.equal(await find(false), chromium);
    assert.deepEqual(lines, []);
  });

  it("installs Debian's package as root, with a font, and says so", async () => {
    const chromium = path.join(bin, "chromium");
    program(
      "apt-get",
      `echo "$@" >> ${root}/asked; [ "$2" = update ] || { : > ${chromium}; /bin/chmod +x ${chromium}; }`,
    );
    assert.equal(await find(), chromium);
    assert.deepEqual(asked(), [
      "-qq update",
      "-qq install --yes --no-install-recommends -o DPkg::Lock::Timeout=300 chromium fonts-liberation",
    ]);
    assert.deepEqual(lines, [
      "Installing Chromium from Debian's packages, for the tests of the sandbox's page (about a minute, once) …",
    ]);
  });

  it("says why Debian's packages could not be installed, and what to do", async () => {
    program("apt-get", `[ "$2" = update ] || { echo "E: Unable to locate package chromium" >&2; exit 100; }`);
    await assert.rejects(find(), {
      message:
        "Could not install Chromium: E: Unable to locate package chromium. " +
        "See that Debian's packages answer, or set CHROMIUM to a Chromium or Chrome, and run it again.",
    });
  });

  it("says what to install to a user who is not root, and installs nothing", async () => {
    program("apt-get", `echo "$@" >> ${root}/asked`);
    await assert.rejects(find(false), { message: whatToInstall });
    assert.ok(!fs.existsSync(path.join(root, "asked")));
  });

  it("says what to install on a system that is only like Debian, for Ubuntu's package is a snap", async () => {
    program("apt-get", `echo "$@" >> ${root}/asked`);
    system("ubuntu");
    await assert.rejects(find(), { message: whatToInstall });
    assert.ok(!fs.existsSync(path.join(root, "asked")));
  });
});
