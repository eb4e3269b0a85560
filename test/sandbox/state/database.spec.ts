import assert from "node:assert/strict";
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createSandbox, type SandboxOptions } from "../../../sandbox/sandbox";
import { journeysOf } from "../../../sandbox/mail/journeys";
import { contactCall } from "../../support/contactCalls";
import { journeyId } from "../../support/journeyId";

const START = Date.UTC(2026, 10, 24, 12);
const DAY_MS = 86_400_000;
const silent = "0b9e8d7c-6a5f-4e4d-9c3b-2a1908f7e6d5";
const journeys = journeysOf({
  [journeyId]: {
    steps: [
      { delay: "0s", subject: "Welcome", text: "one" },
      { delay: "1d", subject: "Day 1", text: "two" },
    ],
  },
});

describe("the sandbox's store in a file", () => {
  let folder: string;
  let file: string;
  let now = START;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "sandbox-store-"));
    file = path.join(folder, "sandbox.db");
    now = START;
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  const open = (options: SandboxOptions = {}) =>
    createSandbox({ store: file, now: () => now, journeys, apiKey: "TESTKEY", log: () => undefined, ...options });
  type Opened = ReturnType<typeof open>;
  const call = async (sandbox: Opened, what: "start" | "abort", payload: object, journey = journeyId) => {
    const headers = { mmApiKey: "TESTKEY" };
    const answer = await sandbox.app.inject({ method: "POST", url: `/hooks/${what}/${journey}`, headers, payload });
    return { status: answer.statusCode, ...answer.json<{ ref?: string; message?: string }>() };
  };

  it("has after a restart what was there before: instances, messages, numbers, the clock", async () => {
    const first = open();
    await call(first, "start", { email: "ada@seeds.example.com", data: { seats: 3 } });
    const { ref } = await call(first, "start", { email: "bob@seeds.example.com" });
    await first.moveClock({ advanceSeconds: 60 });
    await call(first, "abort", { instanceId: ref, reason: "over" });
    const before = [first.instances(), first.mails()];
    await first.close();

    const second = open();
    assert.deepEqual([second.instances(), second.mails()], before);
    const state = (await second.app.inject("/_sandbox/state")).json<{
      aheadMs: number;
      store: string;
      counts: object;
    }>();
    assert.deepEqual(
      [state.aheadMs, state.store, state.counts],
      [60_000, file, { running: 1, aborted: 1, finished: 0 }],
    );
    await call(second, "start", { email: "eve@seeds.example.com" });
    assert.deepEqual(
      second.instances().map(({ number }) => number),
      [1, 2, 3],
    );
    await second.close();
  });

  it("sends what fell due while there was no process, with the time at which it was due, and nothing twice", async () => {
    const first = open();
    await call(first, "start", { email: "ada@seeds.example.com" });
    await first.moveClock({ advanceSeconds: 0 });
    await first.close();
    now += 2 * DAY_MS;
    const delivered: string[] = [];
    const second = open({ deliver: async ({ subject }) => `place ${delivered.push(subject)}` });
    await second.moveClock({ advanceSeconds: 0 });
    assert.deepEqual(
      second.mails().map(({ subject, at }) => [subject, Date.parse(at) - START]),
      [
        ["Welcome", 0],
        ["Day 1", DAY_MS],
      ],
    );
    assert.deepEqual(delivered, ["Day 1"]);
    assert.equal(second.instances()[0]?.status, "finished");
    await second.close();
  });

  it("has contacts and lists after a restart, and a late call for a contact acts then", async () => {
    const first = open();
    first.setContacts([
      { email: "ada@seeds.example.com", lists: ["A"], data: { seats: 3 }, unsubscribed: true, unsubscribeReason: "No" },
      { email: "bob@seeds.example.com", lists: ["B"] },
    ]);
    first.setContacts([{ email: "ada@seeds.example.com", unsubscribed: false }]);
    await call(first, "start", { email: "eve@seeds.example.com" });
    first.addFault({ kind: "late", on: "archiveContact", status: 504, lateMs: 20_000, count: 1 });
    const headers = { mmApiKey: "TESTKEY" };
    const payload = { email: "bob@seeds.example.com" };
    await first.app.inject({ method: "DELETE", url: "/api/v1/contacts", headers, payload });
    const lists = async (sandbox: Opened) =>
      (await sandbox.app.inject({ url: "/api/v1/getAllContactLists", headers })).json<{
        listDetails: { id: string }[];
      }>();
    const before = [first.contacts(), (await lists(first)).listDetails.map(({ id }) => id)];
    await first.close();

    const second = open();
    assert.deepEqual([second.contacts(), (await lists(second)).listDetails.map(({ id }) => id)], before);
    now += 30_000;
    assert.deepEqual(
      second.contacts().map(({ state }) => state),
      ["active", "archived", "active"],
    );
    await second.close();
  });

  it("holds no more archived contacts than are kept, and gives no number again", async () => {
    const keep = { archived: 2 };
    const names = ["a", "b", "c", "d"].map((name) => `${name}@seeds.example.com`);
    const first = open({ keep });
    first.setContacts(names.map((email) => ({ email })));
    for (const email of names.toReversed()) first.setContacts([{ email, archived: true }]);
    first.setContacts([{ email: "e@seeds.example.com" }]);
    await first.close();
    const second = open({ keep });
    second.setContacts([{ email: "f@seeds.example.com" }]);
    assert.deepEqual(
      second.contacts().map(({ number }) => number),
      [1, 2, 5, 6],
    );
    await second.close();
  });

  it("is upgraded where a version without contacts wrote it", async () => {
    const first = open();
    await call(first, "start", { email: "ada@seeds.example.com" });
    const before = first.instances();
    await first.close();
    const older = new DatabaseSync(file);
    older.exec("DROP TABLE contacts; DROP TABLE lists; PRAGMA user_version = 1");
    older.close();

    const second = open();
    assert.deepEqual([second.instances(), second.contacts()], [before, []]);
    second.setContacts([{ email: "ada@seeds.example.com", lists: ["A"] }]);
    await second.close();
    const third = open();
    assert.equal(third.contacts().length, 1);
    await third.close();
  });

  it("lets a late call act after a restart, once", async () => {
    const first = open();
    first.addFault({ kind: "late", on: "start", status: 504, lateMs: 20_000, count: 1 });
    await first.app.inject({
      method: "POST",
      url: `/hooks/start/${silent}`,
      headers: { mmApiKey: "TESTKEY" },
      payload: { email: "late@seeds.example.com" },
    });
    await first.close();
    now += 30_000;
    for (const sandbox of [open(), open.bind(undefined)]) {
      const opened = typeof sandbox === "function" ? sandbox() : sandbox;
      assert.deepEqual(
        opened.instances().map(({ startedAt }) => Date.parse(startedAt) - START),
        [20_000],
      );
      await opened.close();
    }
  });

  it("is empty after a reset, also after a restart, and gives no number again", async () => {
    const first = open();
    await call(first, "start", { email: "ada@seeds.example.com" });
    first.reset();
    await first.close();
    const second = open();
    assert.deepEqual(second.instances(), []);
    await call(second, "start", { email: "ada@seeds.example.com" });
    assert.equal(second.instances()[0]?.number, 2);
    await second.close();
  });

  it("shows nothing as due for what began before its journey had steps", async () => {
    const first = open({ journeys: new Map<string, never>() });
    const { ref } = await call(first, "start", { email: "ada@seeds.example.com" });
    await first.close();
    const second = open();
    const { body } = await second.app.inject(`/_sandbox/instances/${ref}`);
    assert.deepEqual((JSON.parse(body) as { due: object[] }).due, []);
    await second.close();
  });

  it("says that it was closed, and not that another process uses it", async () => {
    const first = open();
    assert.throws(open, /: another sandbox or process uses it\. Stop that one, or name another file\.$/);
    await first.close();
    assert.throws(() => first.reset(), /Could not write the store .*: the sandbox was closed\.$/);
  });

  it("holds no more than is kept, and gives no number again", async () => {
    const first = open({ keep: { ended: 2, mails: 1 } });
    for (const name of ["a", "b", "c", "d"]) {
      await call(first, "start", { email: `${name}@seeds.example.com` });
      await first.moveClock({ advanceSeconds: 0 });
      await call(first, "abort", { email: `${name}@seeds.example.com` });
    }
    // What was dropped last goes with the next write.
    await first.moveClock({ advanceSeconds: 1 });
    await first.close();
    const raw = new DatabaseSync(file);
    const count = (table: string) => raw.prepare(`SELECT count(*) AS count FROM ${table}`).get()?.["count"];
    assert.deepEqual([count("instances"), count("mails")], [2, 1]);
    raw.close();
    const second = open();
    await call(second, "start", { email: "e@seeds.example.com" });
    await second.moveClock({ advanceSeconds: 0 });
    assert.deepEqual(
      [second.instances().map(({ number }) => number), second.mails().map(({ id }) => id)],
      [
        [3, 4, 5],
        [4, 5],
      ],
    );
    await second.close();
  });

  const refused: [what: string, prepare: () => unknown, why: RegExp][] = [
    ["a directory", () => fs.mkdirSync(file), /it is a directory\. Name a file\.$/],
    ["a text", () => fs.writeFileSync(file, "notes\n".repeat(1000)), /it is not a store of a sandbox/],
    ["a folder that is not there", () => (file = path.join(folder, "none", "x.db")), /Check that its folder is there/],
    [
      "another program's database",
      () => {
        const other = new DatabaseSync(file);
        other.exec("CREATE TABLE notes (text TEXT)");
        other.close();
      },
      /it is not a store of a sandbox/,
    ],
    [
      "what a newer version wrote",
      async () => {
        await open().close();
        const newer = new DatabaseSync(file);
        newer.exec("PRAGMA user_version = 3");
        newer.close();
      },
      /a newer version of mailmodo-sandbox wrote it/,
    ],
  ];
  for (const [what, prepare, why] of refused) {
    it(`is refused where the file is ${what}`, async () => {
      await prepare();
      assert.throws(open, ({ message }: Error) => {
        assert.match(message, why);
        assert.ok(message.startsWith(`Could not open the store ${file}: `) && !message.includes("\n"), message);
        return true;
      });
    });
  }

  describe("of a process", () => {
    const children: ChildProcess[] = [];
    const command = path.join(__dirname, "../../../sandbox/bin/mailmodo-sandbox.js");
    const run = (...args: string[]) => {
      const child = spawn(process.execPath, [command, "--port", "0", "--store", file, ...args]);
      children.push(child);
      return child;
    };
    afterEach(async () => {
      for (const child of children.splice(0)) {
        if (child.exitCode === null && child.signalCode === null && child.kill("SIGKILL")) await once(child, "exit");
      }
    });

    const urlOf = (child: ChildProcess) =>
      new Promise<string>((resolve, reject) => {
        let said = "";
        child.stdout!.on("data", (chunk) => {
          said += String(chunk);
          const [, url] = /Sandbox at (\S+),/.exec(said) ?? [];
          if (url !== undefined) resolve(url);
        });
        child.on("exit", () => reject(new Error(`It did not listen: ${said}`)));
      });
    const failure = async (child: ChildProcess): Promise<string> => {
      let said = "";
      child.stderr!.on("data", (chunk) => (said += String(chunk)));
      const [code] = (await once(child, "close")) as [number];
      assert.equal(code, 1, said);
      return said;
    };
    const post = async (url: string, what: string, body: object) => {
      const answer = await fetch(`${url}/hooks/${what}/${journeyId}`, {
        method: "POST",
        headers: { "Content-Type": "application/json", mmApiKey: "TESTKEY-0000000-0000000-0000000" },
        body: JSON.stringify(body),
      });
      return (await answer.json()) as { success: boolean; ref: string };
    };

    it("loses nothing that was acknowledged when it is killed in the middle of its work", async () => {
      const first = run("--journeys", writeJourneys());
      const url = await urlOf(first);
      const started = new Map<string, string>();
      const aborted = new Set<string>();
      const archived = new Set<string>();
      const seen = new Set<string>();
      let sent = 0;
      const work = async () => {
        for (;;) {
          const email = `c${sent++}@seeds.example.com`;
          const { ref } = await post(url, "start", { email });
          const count = started.set(ref, email).size;
          if (count % 3 === 0 && (await post(url, "abort", { instanceId: ref, reason: "over" })).success)
            aborted.add(ref);
          if (count % 5 === 0) {
            const answer = await contactCall(url, "archiveContact", { email });
            if (answer.ok) archived.add(email);
          }
          if (count % 50 === 0) {
            const mails = (await (await fetch(`${url}/_sandbox/mails`)).json()) as { instanceId: string }[];
            for (const { instanceId } of mails) seen.add(instanceId);
          }
          if (count >= 300) first.kill("SIGKILL");
        }
      };
      await Promise.allSettled(Array.from({ length: 8 }, work));
      assert.ok(
        started.size >= 300 && aborted.size > 50 && archived.size > 30 && seen.size > 20,
        `${started.size} ${aborted.size} ${seen.size}`,
      );

      const again = await urlOf(run("--journeys", writeJourneys()));
      await fetch(`${again}/_sandbox/clock`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: '{"advanceSeconds":0}',
      });
      const list = async <T>(what: string) => (await (await fetch(`${again}/_sandbox/${what}`)).json()) as T[];
      const instances = await list<{ instanceId: string; status: string; email: string; sent: number }>("instances");
      const byId = new Map(instances.map((instance) => [instance.instanceId, instance]));
      for (const [ref, email] of started) assert.equal(byId.get(ref)?.email, email);
      const contacts = await list<{ email: string; state: string }>("contacts");
      const states = new Map(contacts.map(({ email, state }) => [email, state]));
      for (const email of archived) assert.equal(states.get(email), "archived");
      // Each start made its contact together with its instance, or neither.
      assert.deepEqual([...states.keys()].sort(), instances.map(({ email }) => email).sort());
      for (const ref of aborted) assert.equal(byId.get(ref)?.status, "aborted");
      // Those whose answers were under way may have been recorded; no more than that.
      assert.ok(instances.length - started.size <= 8, `${instances.length} ${started.size}`);

      const mails = await list<{ instanceId: string; step: number }>("mails");
      const first1 = mails.filter(({ step }) => step === 1).map(({ instanceId }) => instanceId);
      assert.equal(new Set(first1).size, first1.length, "none was sent twice");
      for (const instanceId of seen) assert.ok(first1.includes(instanceId));
      for (const { instanceId, status } of instances)
        if (status === "running") assert.ok(first1.includes(instanceId), "what fell due is sent");
    }).timeout(120_000);

    it("is refused while another one uses the file, and free once that was killed", async () => {
      const first = run();
      await urlOf(first);
      assert.equal(
        await failure(run()),
        `Could not open the store ${file}: another sandbox or process uses it. Stop that one, or name another file.\n`,
      );
      first.kill("SIGKILL");
      await once(first, "exit");
      await urlOf(run());
    }).timeout(60_000);

    function writeJourneys(): string {
      const name = path.join(folder, "journeys.json");
      const steps = [
        { delay: "0s", subject: "Welcome", text: "one" },
        { delay: "1d", subject: "Day 1", text: "two" },
      ];
      fs.writeFileSync(name, JSON.stringify({ [journeyId]: { steps } }));
      return name;
    }
  });

  const isRoot = process.platform === "linux" && process.getuid?.() === 0;
  (isRoot ? describe : describe.skip)("on a disk of its own", () => {
    let disk: string;
    beforeEach(() => {
      disk = path.join(folder, "disk");
      fs.mkdirSync(disk);
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=512k", "tmpfs", disk]);
      file = path.join(disk, "sandbox.db");
    });
    afterEach(() => execFileSync("umount", [disk]));

    it("changes nothing when it is full, and says so, and goes on once there is room", async () => {
      const sandbox = open();
      let refusal: Awaited<ReturnType<typeof call>> | undefined;
      for (let count = 0; refusal === undefined; count++) {
        const body = { email: `c${count}@seeds.example.com`, data: { x: "y".repeat(5_000) } };
        const answer = await call(sandbox, "start", body);
        if (answer.status !== 200) refusal = answer;
      }
      assert.equal(refusal.status, 500);
      assert.match(refusal.message ?? "", /the disk is full\. Free some space; nothing was changed\.$/);
      const before = sandbox.store.all().map(({ email }) => email);
      await sandbox.close();
      execFileSync("mount", ["-o", "remount,size=4m", disk]);
      const again = open();
      assert.deepEqual(
        again.instances().map(({ email }) => email),
        before,
      );
      assert.equal((await call(again, "start", { email: "more@seeds.example.com" })).status, 200);
      await again.close();
    });

    it("is refused where nothing can be written", async () => {
      await open().close();
      execFileSync("mount", ["-o", "remount,ro", disk]);
      assert.throws(open, {
        message: `Could not open the store ${file}: it cannot be written. Allow it, or name another file.`,
      });
    });
  });
});
