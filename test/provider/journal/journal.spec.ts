import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { Enrollment } from "../../../provider/model/enrollment";
import type { Journal } from "../../../provider/journal/journal";
import type { StackIdentity } from "../../../provider/journal/stackIdentity";
import { deadProcess } from "../../support/deadProcess";
import { journeyId } from "../../support/journeyId";
import { openJournal } from "../../support/openJournal";
import { writeAs } from "../../support/writeAs";

const apiKey = "TESTKEY-0000000-0000000-0000001";
const otherKey = "TESTKEY-0000000-0000000-0000002";
const stack: StackIdentity = { backend: "b1", project: "seeds", stack: "test", organization: "organization" };
const instanceId = "11111111-2222-4333-8444-555555555555";
const enrollment: Enrollment = {
  journeyId,
  email: "ada.secret@seeds.example.com",
  abortReason: "preview closed",
  allowDuplicateEmail: false,
  stack: "organization/seeds/test",
};

describe("the journal", () => {
  let folder: string;
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "journal-"))));
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  const open = (options: Partial<Parameters<typeof openJournal>[0]> = {}) =>
    openJournal({ folder, stack, apiKey, ...options });
  const files = () => fs.readdirSync(folder);
  /** Makes the notes of this process look like those of one that was killed. */
  const kill = () => writeAs(folder, deadProcess());
  const unsettled = (journal: Journal, of: Pick<Enrollment, "journeyId" | "email"> = enrollment) =>
    journal.unsettled.of(of);
  const edit = (change: (text: string) => string) => {
    const file = path.join(folder, files()[0]!);
    fs.writeFileSync(file, change(fs.readFileSync(file, "utf8")));
  };

  it("finds the call of a killed plugin by any spelling of the address, and nothing of its own process", async () => {
    const before = Date.now();
    await (await open()).addNote("start", enrollment);
    assert.deepEqual(unsettled(await open()), []);
    kill();
    const journal = await open();
    const [found, ...others] = unsettled(journal, { ...enrollment, email: enrollment.email.toUpperCase() });
    assert.deepEqual(others, []);
    const { kind, id, confirmed, file, startSentAt, ...rest } = found!;
    assert.deepEqual([kind, id, confirmed], ["start", 1, false]);
    assert.deepEqual(rest, { ...enrollment, instanceId: undefined });
    assert.ok(startSentAt! >= before && startSentAt! <= Date.now());
    assert.ok(fs.existsSync(file));
    journal.unsettled.settle(found!);
    assert.deepEqual([files(), unsettled(journal)], [[], []]);
  });

  it("shows a stack nothing of another stack, another project, another organization or another backend", async () => {
    await (await open()).addNote("start", enrollment);
    kill();
    const others = [{ stack: "other" }, { project: "other" }, { organization: "other" }, { backend: "b2" }];
    for (const other of others) {
      const journal = await open({ stack: { ...stack, ...other } });
      assert.deepEqual([unsettled(journal), journal.warnings()], [[], []], JSON.stringify(other));
    }
    assert.equal(unsettled(await open()).length, 1);
  });

  it("knows the instance once it is confirmed", async () => {
    (await (await open()).addNote("start", enrollment)).confirm(instanceId);
    kill();
    assert.equal(unsettled(await open())[0]?.instanceId, instanceId);
  });

  it("knows when the start was sent last", async () => {
    const note = await (await open()).addNote("start", enrollment);
    const first = Date.now();
    while (Date.now() === first) await new Promise(setImmediate);
    note.sentAgain();
    kill();
    assert.ok(unsettled(await open())[0]!.startSentAt! > first);
  });

  it("knows when an add was sent last", async () => {
    const journal = await open();
    const note = await journal.addNote("add", enrollment);
    const first = Date.now();
    while (Date.now() === first) await new Promise(setImmediate);
    note.sentAgain();
    kill();
    assert.ok(unsettled(await open())[0]!.addSentAt! > first);
  });

  for (const [what, times] of [
    ["an add that was sent again may have been lost, although it was confirmed", 1],
    ["an add that was confirmed when it was sent first has not been lost", 0],
  ] as const) {
    it(`knows that ${what}`, async () => {
      const note = await (await open()).addNote("add", enrollment);
      if (times > 0) note.sentAgain();
      note.confirm();
      kill();
      const [found] = unsettled(await open());
      assert.deepEqual([found?.confirmed, typeof found?.addSentAt], [true, times > 0 ? "number" : "undefined"]);
    });
  }

  it("asks for the key before a rotation only where notes of the stack need it", async () => {
    let asked = 0;
    const openAfterRotation = (of = stack) =>
      open({ apiKey: otherKey, stack: of, formerApiKey: async () => (asked++, apiKey) });
    await (await open()).addNote("start", enrollment);
    await openAfterRotation();
    kill();
    await openAfterRotation({ ...stack, stack: "other" });
    assert.equal(asked, 0);
    await openAfterRotation();
    assert.equal(asked, 1);
  });

  it("says that notes need another key where the key before a rotation is not kept", async () => {
    await (await open()).addNote("start", enrollment);
    kill();
    const journal = await open({ apiKey: otherKey, formerApiKey: async () => undefined });
    assert.match(journal.warnings().join(), /notes \(1\) that are damaged or need another API key/);
  });

  it("reads notes with the key before a rotation", async () => {
    await (await open()).addNote("start", enrollment);
    kill();
    const journal = await open({ apiKey: otherKey, formerApiKey: async () => apiKey });
    assert.deepEqual(journal.warnings(), []);
    assert.equal(unsettled(journal)[0]?.email, enrollment.email);
  });

  describe("that cannot be read", () => {
    const unread = async (
      change: (text: string) => string,
      kind: "start" | "abort" | "add" = "start",
      key = apiKey,
    ) => {
      await (await open()).addNote(kind, enrollment);
      kill();
      edit(change);
      return (await open({ apiKey: key })).unreadStarts;
    };
    const asItIs = (text: string) => text;
    const only = () => [path.join(folder, files()[0]!)];

    it("names a file whose start needs another key, and none with that key", async () => {
      assert.deepEqual(await unread(asItIs, "start", otherKey), only());
      assert.deepEqual(await unread(asItIs), []);
    });

    for (const kind of ["abort", "add"] as const)
      it(`names no file whose ${kind} needs another key`, async () => {
        assert.deepEqual(await unread(asItIs, kind, otherKey), []);
      });

    it("names a file with a damaged line, whatever its notes are of", async () => {
      assert.deepEqual(await unread((text) => `${text}\n{"id":}`, "add"), only());
    });

    it("names none where the last line was cut off, because its request was never sent", async () => {
      assert.deepEqual(await unread((text) => `${text}\n{"id":4,"call":"sta`, "add"), []);
    });

    it("names a file that does not say whose it is, if a start is in it", async () => {
      assert.deepEqual(await unread((text) => text.slice(1), "start", otherKey), only());
      fs.rmSync(only()[0]!);
      assert.deepEqual(await unread((text) => text.slice(1), "add", otherKey), []);
    });

    it("names a file that no text can hold, and not what is no file", async () => {
      const file = path.join(folder, "other.jsonl");
      fs.mkdirSync(file);
      assert.deepEqual((await open()).unreadStarts, []);
      fs.rmdirSync(file);
      fs.writeFileSync(file, "");
      fs.truncateSync(file, 600 * 1024 * 1024);
      assert.deepEqual((await open()).unreadStarts, [file]);
    });

    it("names none of another stack", async () => {
      await unread(asItIs);
      const journal = await open({ apiKey: otherKey, stack: { ...stack, stack: "other" } });
      assert.deepEqual(journal.unreadStarts, []);
    });
  });

  it("seals notes with the key of today", async () => {
    await (await open()).addNote("start", enrollment);
    kill();
    const journal = await open({ apiKey: otherKey, formerApiKey: async () => apiKey });
    await journal.addNote("abort", enrollment);
    kill();
    assert.deepEqual(
      unsettled(await open({ apiKey: otherKey })).map(({ kind }) => kind),
      ["abort"],
    );
  });

  it("has no file once all calls are finished", async () => {
    const journal = await open();
    const [one, two] = [await journal.addNote("start", enrollment), await journal.addNote("abort", enrollment)];
    one.finish();
    assert.equal(files().length, 1);
    two.finish();
    two.finish();
    assert.deepEqual(files(), []);
  });

  it("shows a later run nothing of a call that is finished", async () => {
    const journal = await open();
    (await journal.addNote("start", enrollment)).finish();
    await journal.addNote("abort", enrollment);
    kill();
    assert.deepEqual(
      unsettled(await open()).map(({ kind }) => kind),
      ["abort"],
    );
  });

  it("settles one call of several, for the next reader too, after a note that was cut off", async () => {
    const writer = await open();
    const address = (nth: number) => ({ ...enrollment, email: `ada${nth}@seeds.example.com` });
    for (let nth = 0; nth < 3; nth++) await writer.addNote("start", address(nth));
    (await writer.addNote("start", address(3))).finish();
    kill();
    edit((text) => `${text}\n{"id":4,"call":"sta`);
    const journal = await open();
    journal.unsettled.settle(unsettled(journal, address(1))[0]!);
    const left = await open();
    assert.deepEqual(
      [0, 1, 2, 3].map((nth) => unsettled(left, address(nth)).length),
      [1, 0, 1, 0],
    );
    for (const nth of [0, 2]) for (const call of unsettled(left, address(nth))) left.unsettled.settle(call);
    assert.deepEqual(files(), []);
  });

  it("says of an abort whether it was answered, and keeps its instance", async () => {
    const writer = await open();
    (await writer.addNote("abort", { ...enrollment, instanceId })).confirm();
    await writer.addNote("abort", enrollment);
    kill();
    const journal = await open();
    assert.deepEqual(
      unsettled(journal).map((call) => [call.instanceId, call.confirmed]),
      [
        [instanceId, true],
        [undefined, false],
      ],
    );
    assert.equal(journal.unsettled.abortsOf({ ...enrollment, instanceId }).length, 1);
  });

  it("tells addresses and journeys apart", async () => {
    await (await open()).addNote("start", enrollment);
    kill();
    const journal = await open();
    assert.deepEqual(unsettled(journal, { ...enrollment, email: "other@seeds.example.com" }), []);
    assert.deepEqual(unsettled(journal, { ...enrollment, journeyId: "0b9e8d7c-6a5f-4e4d-9c3b-2a1908f7e6d5" }), []);
  });

  it("holds no address, no reason and no key in clear, in names or in files, and nobody else may read it", async () => {
    const inner = path.join(folder, "inner");
    await (await open({ folder: inner })).addNote("start", enrollment);
    for (const name of fs.readdirSync(inner)) {
      const text = name + fs.readFileSync(path.join(inner, name), "utf8");
      assert.doesNotMatch(text, /ada\.secret|seeds\.example|preview closed|TESTKEY/);
      assert.equal(fs.statSync(path.join(inner, name)).mode & 0o077, 0);
    }
    assert.equal(fs.statSync(inner).mode & 0o077, 0);
  });

  it("names each line that is JSON and no note", async () => {
    await (await open()).addNote("start", enrollment);
    kill();
    edit((text) => `${text}\nnull\n7\n{}`);
    const journal = await open();
    assert.equal(unsettled(journal).length, 1);
    assert.match(journal.warnings().join(), /notes \(3\) that are damaged/);
  });

  it("takes a file without a note for nothing, whatever its first line is", async () => {
    for (const text of ["null", "7", "[]", '"x"', "", "{}", '{"pid":']) {
      fs.writeFileSync(path.join(folder, "other.jsonl"), text);
      assert.deepEqual((await open()).warnings(), [], text);
    }
  });

  const damages: [what: string, change: (text: string) => string, says: RegExp | undefined, found: number][] = [
    ["a damaged first line, and a key that opens the notes", (text) => text.slice(1), undefined, 1],
    [
      "a damaged note",
      (text) => text.replace('"call":"start"', '"call":start'),
      /that are damaged or need another API key/,
      0,
    ],
    [
      "a note that does not open",
      (text) => text.replace(/"sealed":"..../, '"sealed":"AAAA'),
      /need another API key/,
      0,
    ],
    [
      "a damaged first line and a note that does not open",
      (text) => text.slice(1).replace(/"sealed":"..../, '"sealed":"AAAA'),
      /^Notes that may belong to this stack cannot be read \(files: 1\)/,
      0,
    ],
  ];
  it("keeps a damaged note where the others of its file are settled", async () => {
    const writer = await open();
    await writer.addNote("start", enrollment);
    await writer.addNote("start", { ...enrollment, email: "bob@seeds.example.com" });
    kill();
    edit((text) => text.replace('"id":2,"call":"start"', '"id":2,"call":start'));
    const journal = await open();
    for (const call of unsettled(journal)) journal.unsettled.settle(call);
    assert.match((await open()).warnings().join(), /notes \(1\) that are damaged/);
  });

  for (const [what, change, says, found] of damages) {
    it(`passes over no file in silence that has ${what}`, async () => {
      await (await open()).addNote("start", enrollment);
      kill();
      edit(change);
      const journal = await open();
      assert.equal(unsettled(journal).length, found);
      if (says === undefined) assert.deepEqual(journal.warnings(), []);
      else assert.match(journal.warnings().join(), says);
    });
  }
});
