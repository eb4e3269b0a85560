import assert from "node:assert/strict";
import PostalMime from "postal-mime";
import { InboxError, SeedInbox, type WaitForMailOptions } from "../../../provider/inbox/seedInbox";
import { serveObjects, type ObjectServer, type StoredObject } from "../../support/objectServer";
import { useMovableClock } from "../../support/movableClock";
import { sesMail } from "../../support/seedMails";

const to = "qa@seeds.example.com";
const prefix = "mail/";

describe("what arrives during a wait", () => {
  const clock = useMovableClock(Date.UTC(2026, 10, 24, 12));
  let server: ObjectServer;
  afterEach(() => server.close());

  const stored = (name: string, mail: Parameters<typeof sesMail>[0] | "hangs", metadata = {}): StoredObject => ({
    key: prefix + name,
    content: mail === "hangs" ? mail : Buffer.from(sesMail(mail)),
    metadata,
  });
  const addressed = (name: string, address: string) =>
    stored(name, { envelope: `for ${address};`, headers: [`To: ${address}`], subject: `Hi ${name}` });
  const serve = async (objects: StoredObject[], behindMs = 0) => {
    server = await serveObjects(objects, () => clock.now() - behindMs);
  };
  const wait = (options: Partial<WaitForMailOptions> = {}) =>
    new SeedInbox({ bucket: "seeds-inbox", prefix, client: server.client })
      .waitForMail({ to, since: new Date(clock.now()), timeoutMs: 1000, ...options })
      .then(
        ({ key }) => `found ${key}`,
        (error: Error) => {
          assert.ok(error instanceof InboxError && !/\p{Cc}|\p{Cf}/u.test(error.message), error.message);
          return error.message;
        },
      );
  const inVain = async (options: Partial<WaitForMailOptions> = {}) => {
    const message = wait(options);
    for (const pauseMs of [500, 250, 125, 100, 100]) await clock.outwait(pauseMs);
    return message;
  };

  const encrypted: [what: string, metadata: Record<string, string>][] = [
    [
      "SES's KMS option",
      { "x-amz-key-v2": "a2V5", "x-amz-iv": "aXY=", "x-amz-matdesc": "{}", "x-amz-wrap-alg": "kms" },
    ],
    ["an older client", { "x-amz-key": "a2V5", "x-amz-iv": "aXY=", "x-amz-matdesc": "{}" }],
    ["a newer client", { "x-amz-3": "a2V5", "x-amz-c": "115", "x-amz-w": "12" }],
    ["a client that writes its metadata in capitals", { "X-Amz-Key-V2": "a2V5" }],
  ];
  for (const [what, metadata] of encrypted) {
    it(`says that a mail was encrypted by ${what}, and what to do`, async () => {
      await serve([{ key: "mail/a", content: Buffer.from("\x8f\x01garbage", "latin1"), metadata }]);
      const message = await inVain();
      assert.ok(
        message.includes(": 1: one that cannot be read (SES encrypted it before it wrote it to S3). Turn message"),
      );
      assert.match(
        message,
        /Turn message encryption off in SES's receipt rule, and set default encryption on the bucket/,
      );
    });
  }

  it("reads a mail with other metadata", async () => {
    await serve([stored("a", {}, { "x-amz-matters": "no" })]);
    assert.equal(await wait(), "found mail/a");
  });

  it("gives the advice on encrypted mails once", async () => {
    await serve(["a", "b", "c"].map((name) => stored(name, {}, { "x-amz-key-v2": "a2V5" })));
    assert.equal((await inVain()).split("Turn message encryption off").length, 2);
  });

  const domains = ["qa@bücher.example", "qa@xn--bcher-kva.example", "qa@BÜCHER.example"];
  for (const one of domains) {
    for (const other of domains) {
      it(`finds the mail for ${one} by ${other}`, async () => {
        await serve([addressed("a", one)]);
        assert.equal(await wait({ to: other }), "found mail/a");
      });
    }
  }

  it("tells apart two seeds that differ in capitals alone", async () => {
    await serve([addressed("lower", "qa+pr@seeds.example.com"), addressed("upper", "QA+Pr@seeds.example.com")]);
    assert.equal(await wait({ to: "QA+Pr@seeds.example.com" }), "found mail/upper");
    assert.equal(await wait({ to: "qa+pr@seeds.example.com" }), "found mail/lower");
  });

  it("says that a mail is for the same address with other capitals, and what to do", async () => {
    await serve([addressed("a", to)]);
    const message = await inVain({ to: "Qa@seeds.example.com" });
    assert.match(
      message,
      /: 1: "Hi a" for this address with other capitals\. Capitals before the @ count: wait for the/,
    );
  });

  it("names three of many recipients, with nothing that an outsider hid in them", async () => {
    const headers = [`To: ${Array.from({ length: 20_000 }, (_, i) => `a${i}\u202e\u0085@x\u202e.example`).join(", ")}`];
    await serve([stored("a", { envelope: "", headers, subject: "=?utf-8?B?4oCuGw==?= =?utf-8?Q?a=40b.example=0A?=" })]);
    const message = await inVain();
    assert.match(message, /: 1: "\*\*\*@b\.example" for another, a\*\*\*@x .* and 19997 more\.$/);
    assert.ok(message.length < 500);
  });

  it("cuts a subject of 80,000 letters, and searches no more than its beginning", async () => {
    const subject = "a".repeat(80_000);
    await serve([stored("a", { subject })]);
    assert.ok((await inVain({ subject: /a+b|a{1001}/ })).length < 700);
    assert.equal(await wait({ subject: /^a{1000}$/ }), "found mail/a");
    assert.equal(await wait({ subject }), "found mail/a");
  });

  const clocks: [what: string, behindMs: number, advice: RegExp][] = [
    [
      "10 s behind",
      10_000,
      /writes there\. This machine's clock is 10 s ahead of S3's, so a mail that came less than 10 s/,
    ],
    ["an hour behind", 3_600_000, /clock is 3600 s ahead of S3's, .* Set the clock, or give an earlier since\.$/],
    ["a second behind", 1000, /writes there\.$/],
    ["a minute ahead", -60_000, /writes there\.$/],
  ];
  for (const [what, behindMs, advice] of clocks) {
    it(`says how far the clocks are apart where S3's is ${what}`, async () => {
      await serve(behindMs > 0 ? [stored("a", {})] : [], behindMs);
      const message = await inVain({ since: new Date(clock.now()) });
      assert.match(message, /Nothing arrived since/);
      assert.match(message, advice);
    });
  }

  it("says so, too, where another mail arrived", async () => {
    await serve([addressed("a", "eva@seeds.example.com")], 10_000);
    assert.match(await inVain({ since: new Date(clock.now() - 60_000) }), /: 1: .* This machine's clock is 10 s ahead/);
  });

  it("lists what it read, and what it did not, where its time is up during the first look", async () => {
    const names = Array.from({ length: 10 }, (_, i) => `${i}`);
    await serve(names.map((name) => (name < "8" ? addressed(name, "eva@seeds.example.com") : stored(name, "hangs"))));
    const message = wait();
    await server.hangs;
    clock.tick(1000);
    const parts = (await message).split(": 10: ")[1]?.split(", ") ?? [];
    assert.equal(parts.filter((part) => /^"Hi \d" for another/.test(part)).length, 8);
    assert.equal(parts.filter((part) => part.includes("(the time was up before it was read)")).length, 2);
  });

  it("gives a mail that it has read where its time is up because of another", async () => {
    await serve([stored("a", "hangs"), stored("b", {})]);
    const parse = PostalMime.parse.bind(PostalMime);
    const isParsed = new Promise<void>((resolve) => {
      PostalMime.parse = (...args) => parse(...args).finally(resolve);
    });
    try {
      const found = wait();
      await Promise.all([isParsed, server.hangs]);
      await new Promise((resolve) => setImmediate(resolve));
      clock.tick(1000);
      assert.equal(await found, "found mail/b");
    } finally {
      PostalMime.parse = parse;
    }
  });
});
