import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Journal, openJournal, type Enrollment } from "../../provider/journal";
import { useMovableClock } from "../support/movableClock";

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

  const clock = useMovableClock(0, Date.parse("2026-11-24T12:00:00Z"));

  const folder = () => path.join(home, "mailmodo-journal");
  const files = () => fs.readdirSync(folder());

  /** Makes a note look like one of a plugin that was killed, or of another process. */
  function kill(pid: number | undefined = spawnSync(process.execPath, ["-e", ""]).pid): void {
    for (const name of files()) {
      const file = path.join(folder(), name);
      fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace(`"pid":${process.pid}`, `"pid":${pid}`));
    }
  }

  it("finds the call of a killed plugin, and none of a living one", () => {
    new Journal(key, home).note("start", enrollment);
    assert.deepEqual(new Journal(key, home).lost(), []);
    kill();
    const journal = new Journal(key, home);
    const [lost, ...others] = journal.lost({ ...enrollment, email: enrollment.email.toUpperCase() });
    assert.deepEqual(others, []);
    const { call, file, folder, id, confirmed, ...rest } = lost!;
    assert.deepEqual([call, folder, id, confirmed, rest], ["start", process.cwd(), 1, false, enrollment]);
    assert.ok(fs.existsSync(file));
    journal.forget(lost!);
    assert.deepEqual([files(), journal.lost()], [[], []]);
  });

  it("finds the call of a plugin that was still dying when it looked first, a second later", async () => {
    new Journal(key, home).note("start", enrollment);
    const dying = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)", "dynamic-provider"], {
      stdio: "ignore",
    });
    await once(dying, "spawn");
    kill(dying.pid);
    const journal = new Journal(key, home);
    assert.deepEqual(journal.lost(), []);
    dying.kill("SIGKILL");
    await once(dying, "exit");
    assert.deepEqual(journal.lost(), [], "looks again after a second at the soonest: it is asked for each contact");
    clock.tick(1_000);
    assert.equal(journal.lost().length, 1);
  });

  it("knows the instance once it is confirmed", () => {
    new Journal(key, home).note("start", enrollment).confirm("11111111-2222-4333-8444-555555555555");
    kill();
    assert.equal(new Journal(key, home).lost()[0]?.instanceId, "11111111-2222-4333-8444-555555555555");
  });

  it("asks for the key before a rotation only where notes of here need it, and then reads them", async () => {
    const newKey = "TESTKEY-0000000-0000000-0000002";
    let asked = 0;
    const open = (isHere: boolean, former: string | undefined) =>
      openJournal(
        newKey,
        home,
        () => isHere,
        async () => (asked++, former),
      );
    new Journal(key, home).note("start", enrollment);
    await open(true, key);
    kill();
    await open(false, key);
    assert.equal(asked, 0);
    assert.equal((await open(true, undefined)).unreadable().length, 1);
    const journal = await open(true, key);
    assert.equal(asked, 2);
    assert.deepEqual(journal.unreadable(), []);
    assert.equal(journal.lost()[0]?.email, enrollment.email);
    journal.note("abort", enrollment);
    kill();
    assert.deepEqual(
      new Journal(newKey, home).lost().map(({ call }) => call),
      ["abort"],
    );
  });

  it("keeps nothing of calls that are over, and no file once all are", () => {
    const journal = new Journal(key, home);
    const [one, two] = [journal.note("start", enrollment), journal.note("abort", enrollment)];
    one.over();
    assert.equal(files().length, 1);
    two.over();
    two.over();
    assert.deepEqual(files(), []);
    journal.note("abort", enrollment);
    kill();
    assert.deepEqual(
      new Journal(key, home).lost().map(({ call }) => call),
      ["abort"],
    );
  });

  it("forgets one call of many, for whoever reads it next too", () => {
    const writer = new Journal(key, home);
    for (let nth = 0; nth < 3; nth++) writer.note("start", { ...enrollment, email: `ada${nth}@seeds.example.com` });
    writer.note("start", { ...enrollment, email: "over@seeds.example.com" }).over();
    kill();
    fs.appendFileSync(path.join(folder(), files()[0]!), '{"id":4,"call":"sta');
    const journal = new Journal(key, home);
    journal.forget(journal.lost({ ...enrollment, email: "ada1@seeds.example.com" })[0]!);
    const left = new Journal(key, home);
    assert.deepEqual(
      left.lost().map(({ email }) => email),
      ["ada0@seeds.example.com", "ada2@seeds.example.com"],
    );
    for (const call of left.lost()) left.forget(call);
    assert.deepEqual(files(), []);
  });

  it("says of an abort whether it was answered, and keeps its instance", () => {
    const writer = new Journal(key, home);
    const instanceId = "11111111-2222-4333-8444-555555555555";
    writer.note("abort", { ...enrollment, instanceId }).confirm();
    writer.note("abort", enrollment);
    kill();
    const lost = new Journal(key, home).lost();
    assert.deepEqual(
      lost.map((call) => [call.instanceId, call.confirmed]),
      [
        [instanceId, true],
        [undefined, false],
      ],
    );
  });

  it("tells addresses and journeys apart", () => {
    new Journal(key, home).note("start", enrollment);
    kill();
    const journal = new Journal(key, home);
    assert.deepEqual(journal.lost({ ...enrollment, email: "other@seeds.example.com" }), []);
    assert.deepEqual(journal.lost({ ...enrollment, journeyId: "0b9e8d7c-6a5f-4e4d-9c3b-2a1908f7e6d5" }), []);
  });

  it("holds no address, no reason and no key in clear, in names or in files, and nobody else may read it", () => {
    new Journal(key, home).note("start", enrollment);
    for (const name of files()) {
      const text = name + fs.readFileSync(path.join(folder(), name), "utf8");
      assert.doesNotMatch(text, /ada\.secret|seeds\.example|preview closed|TESTKEY/);
      assert.equal(fs.statSync(path.join(folder(), name)).mode & 0o077, 0);
    }
    assert.equal(fs.statSync(folder()).mode & 0o077, 0);
  });

  it("shows nothing to another key, and passes over what it cannot read", () => {
    new Journal(key, home).note("start", enrollment);
    kill();
    fs.writeFileSync(path.join(folder(), "half.jsonl"), '{"pid":');
    const other = new Journal("TESTKEY-0000000-0000000-0000002", home);
    assert.deepEqual([other.lost(), other.unreadable()], [[], [process.cwd()]]);
    assert.equal(new Journal(key, home).lost().length, 1);
  });
});
