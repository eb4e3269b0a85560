import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { PrivateFolder, removeLeftovers } from "../../../provider/commands/privateFolder";

/** Makes a folder with a file, says where, and waits to be killed. */
const PROGRAM = `
require("ts-node/register/transpile-only");
const { PrivateFolder } = require("${path.resolve(__dirname, "../../../provider/commands/privateFolder.ts")}");
PrivateFolder.make().then((folder) => {
  folder.write("secret.yaml", "config: {}");
  console.log(folder.path);
  setInterval(() => undefined, 1000);
});
`;

describe("PrivateFolder", () => {
  const own: string[] = [];
  afterEach(() => {
    for (const folder of own.splice(0)) fs.rmSync(folder, { recursive: true, force: true });
  });
  const anHourLater = () => Date.now() + 3_600_000;
  const isThere = (folder: string) => fs.existsSync(folder);

  async function killedFolder(): Promise<string> {
    const child = spawn(process.execPath, ["-e", PROGRAM], { stdio: ["ignore", "pipe", "inherit"] });
    const [text] = (await once(child.stdout, "data")) as [Buffer];
    const folder = text.toString().trim();
    own.push(folder);
    child.kill("SIGKILL");
    await once(child, "exit");
    return folder;
  }

  it("is for this user alone, whatever the umask, and goes with what is in it", async () => {
    const umask = process.umask(0);
    try {
      const folder = await PrivateFolder.make();
      const file = folder.write("secret.yaml", "config: {}");
      assert.deepEqual(
        [folder.path, file].map((one) => fs.statSync(one).mode & 0o777),
        [0o700, 0o600],
      );
      assert.throws(() => folder.write("secret.yaml", ""), /^Error: Could not keep settings in .*EEXIST/);
      folder.remove();
      assert.equal(isThere(folder.path), false);
    } finally {
      process.umask(umask);
    }
  });

  it("is left private by a kill, and removed by a later process", async () => {
    const folder = await killedFolder();
    assert.equal(fs.statSync(path.join(folder, "secret.yaml")).mode & 0o777, 0o600);
    await removeLeftovers();
    assert.ok(isThere(folder), "an engine that the kill left may not have read it yet");
    await removeLeftovers(anHourLater());
    assert.equal(isThere(folder), false);
  });

  it("is removed where a kill left it empty, and stays where something else is in it", async () => {
    const [empty = "", full = ""] = ["empty", "full"].map((name) => {
      const folder = path.join(os.tmpdir(), `pulumi-mailmodo-private-${name}${process.pid}`);
      fs.mkdirSync(folder);
      own.push(folder);
      return folder;
    });
    fs.writeFileSync(path.join(full, "file"), "");
    await removeLeftovers(anHourLater());
    assert.deepEqual([empty, full].map(isThere), [false, true]);
  });

  it("stays while its process lives, however old it is", async () => {
    const folder = await PrivateFolder.make();
    own.push(folder.path);
    await removeLeftovers(anHourLater());
    assert.ok(isThere(folder.path));
    folder.remove();
  });

  it("stays where another has put a link or a file of such a name", async () => {
    const target = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-mailmodo-target-"));
    const link = path.join(os.tmpdir(), `pulumi-mailmodo-private-link${process.pid}`);
    const file = path.join(os.tmpdir(), `pulumi-mailmodo-private-file${process.pid}`);
    fs.symlinkSync(target, link);
    fs.writeFileSync(file, "");
    own.push(target, link, file);
    await removeLeftovers(anHourLater());
    assert.ok([target, link, file].every(isThere));
  });
});
