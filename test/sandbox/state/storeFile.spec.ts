import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createSandbox, SANDBOX_KEY, type Sandbox, type SandboxOptions } from "../../../sandbox/sandbox";
import { journeyId } from "../../support/journeyId";

describe("the file of the sandbox's store", () => {
  let folder: string;
  let file: string;
  const here = process.cwd();
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "sandbox-store-"));
    file = path.join(folder, "sandbox.db");
  });
  afterEach(() => {
    process.chdir(here);
    fs.rmSync(folder, { recursive: true, force: true });
  });

  const open = (options: SandboxOptions = {}) => createSandbox({ store: file, ...options });
  const call = async (sandbox: Sandbox, what: "start" | "abort", name: string) => {
    const payload = { email: `${name}@seeds.example.com` };
    const headers = { mmApiKey: SANDBOX_KEY };
    const { statusCode } = await sandbox.app.inject({
      method: "POST",
      url: `/hooks/${what}/${journeyId}`,
      headers,
      payload,
    });
    assert.equal(statusCode, 200);
  };
  const edit = (sql: string) => {
    const raw = new DatabaseSync(file);
    raw.exec(sql);
    raw.close();
  };

  it("is free again after a sandbox that could not be made", async () => {
    assert.throws(() => open({ profile: ["none"] }), /No profile "none"/);
    await open().close();
  });

  it("keeps after a restart the same of those that have ended: the ones that ended last", async () => {
    const first = open({ keep: { ended: 2 } });
    for (const name of ["a", "b", "c", "d"]) await call(first, "start", name);
    for (const name of ["c", "a", "b"]) await call(first, "abort", name);
    const before = first.instances();
    await first.close();

    const second = open({ keep: { ended: 2 } });
    assert.deepEqual(second.instances(), before);
    await call(second, "abort", "d");
    assert.deepEqual(
      second.instances().map(({ email }) => email.charAt(0)),
      ["b", "d"],
    );
    await second.close();
  });

  it("gives no id again after a reset, with a seed and a restart between", async () => {
    const first = open({ seed: 7 });
    await call(first, "start", "a");
    const { instanceId } = first.instances()[0]!;
    const { contactIdentifier } = first.contacts()[0]!;
    first.reset();
    await first.close();

    const second = open({ seed: 7 });
    await call(second, "start", "b");
    assert.notEqual(second.instances()[0]?.instanceId, instanceId);
    assert.notEqual(second.contacts()[0]?.contactIdentifier, contactIdentifier);
    await second.close();
  });

  it("forgets the contacts that were dropped", async () => {
    const first = open({ keep: { idle: 1 } });
    for (const name of ["a", "b", "c"]) {
      await call(first, "start", name);
      await call(first, "abort", name);
    }
    await call(first, "start", "d");
    const before = first.contacts();
    assert.deepEqual(
      before.map(({ email }) => email.charAt(0)),
      ["c", "d"],
    );
    await first.close();

    const second = open();
    assert.deepEqual(second.contacts(), before);
    await second.close();
  });

  it("is emptied as a whole by a reset, or not at all", async () => {
    const first = open();
    await call(first, "start", "a");
    await first.close();
    const last = "BEFORE INSERT ON dropped WHEN NEW.name = 'lateCalls'";
    edit(`CREATE TRIGGER stop ${last} BEGIN SELECT RAISE(ABORT, 'no'); END`);

    const second = open();
    assert.throws(() => second.reset(), /Could not write the store .*: no\.$/);
    const before = second.instances();
    assert.equal(before.length, 1);
    await second.close();
    const third = open();
    assert.deepEqual(third.instances(), before);
    await third.close();
  });

  for (const name of [":memory:", "file:sandbox.db?mode=memory"]) {
    it(`has the name that is given, also ${name}`, async () => {
      process.chdir(folder);
      const sandbox = open({ store: name });
      await call(sandbox, "start", "a");
      await sandbox.close();
      assert.ok(fs.existsSync(path.join(folder, name)));
    });
  }

  it("is refused with what to do where it is damaged", async () => {
    await open().close();
    edit("INSERT INTO instances VALUES (1, '{oops')");
    assert.throws(
      open,
      /Could not read the store .*: it is damaged\. Remove it with its -wal and -shm files and put back a copy, or name another file\.$/,
    );
    edit("UPDATE instances SET record = 'null'");
    assert.throws(open, /Could not read the store .*: it is damaged\./);
    edit("DROP TABLE mails");
    assert.throws(open, /Could not open the store .*: it is damaged\./);
    await fs.promises.truncate(file, 4096);
    assert.throws(open, /Could not open the store .*: it is damaged\./);
  });
});
