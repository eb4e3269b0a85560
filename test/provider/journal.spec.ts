import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Journal, type Enrollment } from "../../provider/journal";

const key = "TESTKEY-0000000-0000000-0000001";
const enrollment: Enrollment = {
  journeyId: "6f1c2d3e-4a5b-4c6d-8e7f-90a1b2c3d4e5",
  email: "ada.secret@seeds.example.com",
  abortReason: "preview closed",
  allowDuplicateEmail: false,
};

describe("the journal", () => {
  let home: string;
  beforeEach(() => (home = fs.mkdtempSync(path.join(os.tmpdir(), "journal-"))));
  afterEach(() => fs.rmSync(home, { recursive: true, force: true }));

  const folder = () => path.join(home, "mailmodo-journal");
  const files = () => fs.readdirSync(folder());

  /** Makes a note look like one of a plugin that was killed. */
  function kill(): void {
    const gone = spawnSync(process.execPath, ["-e", ""]).pid;
    for (const name of files()) {
      const file = path.join(folder(), name);
      fs.writeFileSync(file, JSON.stringify({ ...(JSON.parse(fs.readFileSync(file, "utf8")) as object), pid: gone }));
    }
  }

  it("finds the call of a killed plugin, and none of a living one", () => {
    const journal = new Journal(key, home);
    journal.note("start", enrollment);
    assert.deepEqual(journal.lost(), []);
    kill();
    const [lost, ...others] = journal.lost({ ...enrollment, email: enrollment.email.toUpperCase() });
    assert.deepEqual(others, []);
    const { call, file, folder, ...rest } = lost!;
    assert.deepEqual([call, folder, rest], ["start", process.cwd(), enrollment]);
    assert.ok(fs.existsSync(file));
    journal.forget(lost!);
    assert.deepEqual(files(), []);
  });

  it("knows the instance once it is confirmed", () => {
    const journal = new Journal(key, home);
    journal.note("start", enrollment).confirm("11111111-2222-4333-8444-555555555555");
    kill();
    assert.equal(journal.lost()[0]?.instanceId, "11111111-2222-4333-8444-555555555555");
  });

  it("keeps nothing of a call that was dropped", () => {
    new Journal(key, home).note("abort", enrollment).drop();
    assert.deepEqual(files(), []);
  });

  it("tells addresses and journeys apart", () => {
    const journal = new Journal(key, home);
    journal.note("start", enrollment);
    kill();
    assert.deepEqual(journal.lost({ ...enrollment, email: "other@seeds.example.com" }), []);
    assert.deepEqual(journal.lost({ ...enrollment, journeyId: "0b9e8d7c-6a5f-4e4d-9c3b-2a1908f7e6d5" }), []);
  });

  it("holds no address, no reason and no key in clear, in names or in files, and nobody else may read it", () => {
    new Journal(key, home).note("start", enrollment);
    for (const name of files()) {
      const text = name + fs.readFileSync(path.join(folder(), name), "utf8");
      assert.doesNotMatch(text, /ada|seeds|preview closed|TESTKEY/);
      assert.equal(fs.statSync(path.join(folder(), name)).mode & 0o077, 0);
    }
    assert.equal(fs.statSync(folder()).mode & 0o077, 0);
  });

  it("shows nothing to another key, and passes over what it cannot read", () => {
    new Journal(key, home).note("start", enrollment);
    kill();
    fs.writeFileSync(path.join(folder(), "half.json"), '{"pid":');
    assert.deepEqual(new Journal("TESTKEY-0000000-0000000-0000002", home).lost(), []);
    assert.equal(new Journal(key, home).lost().length, 1);
  });
});
