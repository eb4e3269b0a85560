import assert from "node:assert/strict";
import type { S3Client } from "@aws-sdk/client-s3";
import { SANDBOX_KEY } from "mailmodo-sandbox";
import { SeedInbox, type WaitForMailOptions } from "../../../provider/inbox/seedInbox";
import { makeBucket, s3Of, useMoto } from "../../support/moto";
import { useMovableClock } from "../../support/movableClock";
import { useSandbox } from "../../support/sandbox";
import { put, sesMail } from "../../support/seedMails";

const bucket = "seeds-inbox";
const to = "qa@seeds.example.com";
const timeoutMs = 30_000;

describe("SeedInbox", () => {
  const moto = useMoto();
  // Near S3's own, which does not move with it.
  const startsAt = Date.now();
  const clock = useMovableClock(startsAt);
  let client: S3Client;
  let prefix = "";
  let nth = 0;
  /** Which objects were read, in their order. */
  let reads: string[];
  before(async () => {
    await makeBucket(s3Of(moto()), bucket);
  });
  beforeEach(() => {
    prefix = `mail-${(nth += 1)}/`;
    reads = [];
    client = s3Of(moto());
    client.middlewareStack.add(
      (next, { commandName }) =>
        (args) => {
          const { Key } = args.input as { Key?: string };
          if (commandName === "GetObjectCommand") reads.push((Key ?? "").slice(prefix.length));
          return next(args);
        },
      { step: "initialize" },
    );
  });
  afterEach(() => client.destroy());

  const arrive = (name: string, mail: Parameters<typeof sesMail>[0] = {}) =>
    put(client, bucket, prefix + name, sesMail(mail));
  const open = () => new SeedInbox({ bucket, prefix, client });
  const wait = (options: Partial<WaitForMailOptions> = {}, inbox = open()) =>
    inbox.waitForMail({ to, since: new Date(startsAt), timeoutMs, ...options });
  /** Moves the clock over a wait that is in vain, and gives its message. */
  const inVain = async (options: Partial<WaitForMailOptions> = {}, inbox = open()) => {
    const message = wait({ timeoutMs: 1000, ...options }, inbox).then(
      ({ key }) => `found ${key}`,
      (error: Error) => error.message,
    );
    for (const pauseMs of [500, 250, 125, 100, 100]) await clock.outwait(pauseMs);
    return message;
  };

  it("gives a mail that is there, parsed", async () => {
    const receivedAt = await arrive("a", {
      envelope: `for ${to};`,
      headers: [`To: "Ada, Countess" <${to}>`, "List-Unsubscribe: <https://example.com/u>"],
      subject: "=?utf-8?Q?Welcome,_Ad=C3=A1?=",
      type: "text/html",
      body: '<p>Hello <a href="https://example.com/?a=1&amp;b=2">Adá</a></p>',
    });
    const { headers, html, ...mail } = await wait();
    assert.deepEqual(mail, {
      key: `${prefix}a`,
      receivedAt,
      from: "hello@mail.example.com",
      recipients: [to],
      subject: "Welcome, Adá",
      text: "",
      links: ["https://example.com/?a=1&b=2"],
    });
    assert.match(html, />Adá<\/a>/);
    assert.deepEqual(headers.get("list-unsubscribe"), ["<https://example.com/u>"]);
    assert.deepEqual(headers.get("subject"), ["Welcome, Adá"]);
    assert.equal(headers.get("received")?.length, 2);
  });

  it("waits for a mail that comes later, with growing pauses, and reads each object once", async () => {
    await arrive("other", { envelope: "for other@seeds.example.com;", headers: [] });
    const waiting = wait();
    for (const pauseMs of [500, 1000, 2000, 4000, 5000, 5000]) await clock.outwait(pauseMs);
    await clock.waiting(5000);
    await arrive("mine");
    clock.tick(5000);
    assert.equal((await waiting).key, `${prefix}mine`);
    assert.deepEqual(reads, ["other", "mine"]);
  });

  it("stops at its time, with a last look shortly before", async () => {
    const pauses = [500, 1000, 2000, 4000, 5000, 5000, 5000, 3750, 1875, 938, 469, 234, 117];
    const message = wait().then(
      ({ key }) => key,
      (error: Error) => error.message,
    );
    for (const pauseMs of [...pauses, 100, 100]) await clock.outwait(pauseMs);
    const nothing = `No mail for q***@seeds.example.com in 30 s. Nothing arrived since ${new Date(startsAt).toISOString()}`;
    assert.ok((await message).startsWith(nothing), await message);

    const last = wait();
    for (const pauseMs of pauses.slice(0, -1)) await clock.outwait(pauseMs);
    await clock.waiting(117);
    await arrive("late");
    clock.tick(117);
    assert.equal((await last).key, `${prefix}late`);
  });

  describe("that may ask Mailmodo", () => {
    const sandbox = useSandbox();
    const asking = () => {
      const contact = { apiKey: SANDBOX_KEY, baseUrl: sandbox().url };
      return new SeedInbox({ bucket, prefix, client, contact });
    };

    it("says that the contact is suppressed, before what else may be wrong", async () => {
      sandbox().setContacts([{ email: to, unsubscribed: true, unsubscribeReason: "Clicked" }]);
      assert.match(
        await inVain({}, asking()),
        /^No mail for q\*\*\*@seeds\.example\.com in 1 s\. Mailmodo sends the contact nothing, because it is unsubscribed \("Clicked"\)\. Resubscribe it: curl .*\. Nothing arrived since /,
      );
    });

    it("leaves the error as it is where Mailmodo cannot be asked", async () => {
      sandbox().setContacts([{ email: to, unsubscribed: true }]);
      sandbox().rotateKey("TESTKEY-0000000-0000000-0000009");
      assert.match(
        await inVain({}, asking()),
        /^No mail for q\*\*\*@seeds\.example\.com in 1 s\. Nothing arrived since /,
      );
    });

    it("asks nothing where the mail came", async () => {
      await arrive("a");
      await wait({}, asking());
      assert.deepEqual(sandbox().store.requests(), []);
    });
  });

  it("lists what did arrive where the mail did not", async () => {
    await arrive("a", { subject: "Reset your password" });
    await arrive("b", {
      envelope: "",
      headers: ["To: qa+pr-42@seeds.example.com, Eva <eva@seeds.example.com>"],
      subject: "Hi eva@seeds.example.com",
    });
    await arrive("c", { envelope: "", headers: [] });
    const message = await inVain({ subject: "Welcome" });
    const parts = [
      `No mail for q***@seeds.example.com with the subject "Welcome" in 1 s. Arrived since ${new Date(startsAt).toISOString()}: 3: `,
      '"Reset your password" for this address',
      '"Hi e***@seeds.example.com" for another, q***@seeds.example.com and e***@seeds.example.com',
      '"Welcome" for nobody',
    ];
    for (const part of parts) assert.ok(message.includes(part), message);
    assert.doesNotMatch(message, /[\r\n]|pr-42|eva@/);
  });

  it("lists the newest ten", async () => {
    for (let i = 0; i < 12; i++) await arrive(`m${i}`, { subject: `No ${i}` });
    const message = await inVain({ subject: /^Welcome/ });
    assert.match(message, /with the subject \/\^Welcome\/ in 1 s\. .*: 12: .*, and 2 older\.$/);
    assert.equal(message.split("for this address").length - 1, 10);
  });

  const tags = ["qa@", "qa+pr-4@", "qa+pr-42@", "qa+pr-42.x@", "xqa+pr-4@"].map((name) => `${name}seeds.example.com`);
  for (const wanted of tags) {
    it(`tells ${wanted} from its likes`, async () => {
      for (const one of tags) await arrive(one, { envelope: `for ${one};`, headers: [`To: ${one}`] });
      assert.equal((await wait({ to: wanted })).key, prefix + wanted);
      for (const one of tags)
        if (one !== wanted)
          await put(client, bucket, `${prefix}more/${one}`, sesMail({ envelope: "", headers: [`To: ${one}`] }));
      const others = new SeedInbox({ bucket, prefix: `${prefix}more/`, client });
      assert.match(await inVain({ to: wanted }, others), /^No mail .*: 4: /);
    });
  }

  const another = ["To: other@seeds.example.com"];
  const named: [where: string, mail: Parameters<typeof sesMail>[0]][] = [
    ["in the envelope alone, as a blind copy is", { envelope: `for ${to};`, headers: another }],
    ["in the envelope, with angle brackets", { envelope: `for <${to}>;`, headers: another }],
    ["in To, with a name", { envelope: "", headers: [`To: "Doe, Jane" <${to}>`] }],
    ["in To, among others, folded", { envelope: "", headers: ["To: a@example.com,", `\t${to}`] }],
    ["in To, in a group", { envelope: "", headers: [`To: Team: a@example.com, ${to};`] }],
    ["in Cc", { envelope: "for other@seeds.example.com;", headers: [...another, `Cc: ${to}`] }],
    ["in Delivered-To", { envelope: "", headers: [...another, `Delivered-To: ${to}`] }],
    ["with a domain in capitals", { envelope: "for qa@SEEDS.example.COM;", headers: another }],
  ];
  for (const [where, mail] of named) {
    it(`finds an address that is named ${where}`, async () => {
      await arrive("a", mail);
      assert.equal((await wait()).key, `${prefix}a`);
      assert.equal((await wait({ to: "qa@Seeds.Example.Com" })).key, `${prefix}a`);
    });
  }

  const foreign: [where: string, mail: Parameters<typeof sesMail>[0]][] = [
    [
      "in a Received line before SES's",
      {
        envelope: "",
        headers: [...another, `Received: by x with SMTP id 1 for <${to}>; Tue, 24 Nov 2026 11:59:58 +0000`],
      },
    ],
    ["in From and Reply-To", { envelope: "", headers: [...another, `Reply-To: ${to}`] }],
    ["in the name of another", { envelope: "", headers: [`To: "${to}" <other@seeds.example.com>`] }],
    ["with another case before the @", { envelope: "for QA@seeds.example.com;", headers: another }],
    ["in the text", { envelope: "", headers: another, body: to }],
  ];
  for (const [where, mail] of foreign) {
    it(`does not take an address for the recipient that is named ${where}`, async () => {
      await arrive("a", mail);
      assert.match(await inVain(), /^No mail .*: 1: "Welcome" for (another, |this address with other capitals\.)/);
    });
  }

  it("takes a subject as a whole, or by an expression, even a global one", async () => {
    await arrive("a", { subject: "Welcome, Ada" });
    assert.match(await inVain({ subject: "Welcome" }), /^No mail/);
    assert.equal((await wait({ subject: "Welcome, Ada" })).key, `${prefix}a`);
    const expression = /ada/gi;
    for (let i = 0; i < 2; i++) assert.equal((await wait({ subject: expression })).key, `${prefix}a`);
  });

  it("gives the newest of several", async () => {
    const first = await arrive("z-old");
    // S3 knows whole seconds: put again until the next one has begun.
    while ((await arrive("m-new")).getTime() === first.getTime());
    assert.equal((await wait()).key, `${prefix}m-new`);
    assert.deepEqual(reads, ["m-new", "z-old"]);
  });

  it("takes a mail of the second of since, and none before it", async () => {
    const at = (await arrive("a")).getTime();
    clock.setSystemTime(at + 5000);
    assert.equal((await wait({ since: new Date(at + 999) })).key, `${prefix}a`);
    assert.equal((await wait({ since: new Date(at + 999).toISOString() })).key, `${prefix}a`);
    assert.match(await inVain({ since: new Date(at + 1000) }), /Nothing arrived/);
  });

  it("goes through all pages of a listing", async () => {
    client.middlewareStack.add(
      (next, { commandName }) =>
        (args) =>
          next(commandName === "ListObjectsV2Command" ? { ...args, input: { ...args.input, MaxKeys: 2 } } : args),
      { step: "initialize" },
    );
    for (const name of ["a", "b", "c", "d"]) await arrive(name, { envelope: "", headers: another });
    await arrive("e");
    assert.equal((await wait()).key, `${prefix}e`);
  });

  it("goes by the environment where it is given no client", async () => {
    await arrive("a");
    const environment = { ...process.env };
    Object.assign(process.env, moto().env);
    try {
      assert.equal((await wait({}, new SeedInbox({ bucket, prefix }))).key, `${prefix}a`);
    } finally {
      process.env = environment;
    }
  });

  it("looks below its prefix alone, and skips SES's set-up object and folders", async () => {
    await put(client, bucket, `elsewhere-${nth}/a`, sesMail());
    await arrive("AMAZON_SES_SETUP_NOTIFICATION");
    await put(client, bucket, prefix, "");
    assert.match(await inVain(), /Nothing arrived since .* in s3:\/\/seeds-inbox\/mail-\d+\/\. Check that SES's/);
    assert.deepEqual(reads, []);
  });

  it("goes on where an object cannot be read, and says so", async () => {
    await put(client, bucket, `${prefix}frozen`, sesMail(), { StorageClass: "GLACIER" });
    await arrive("huge", { headers: [`X-Long: ${"x".repeat(3 * 1024 * 1024)}`] });
    await put(client, bucket, `${prefix}noise`, "\u0000\u0001 no mail at all");
    await put(client, bucket, `${prefix}none`, "");
    const message = await inVain();
    assert.match(message, /: 4: /);
    assert.match(message, /one that cannot be read \([^()]*storage class \(InvalidObjectState\)\)/);
    assert.match(message, /one that cannot be read \([^()]*header[^()]*\)/i);
    assert.match(message, /"" for nobody/);
    // What may be readable later is read again, the others are not.
    assert.ok(reads.filter((name) => name === "frozen").length > 1);
    assert.deepEqual(reads.filter((name) => name !== "frozen").sort(), ["huge", "noise", "none"]);
    await arrive("mine");
    assert.equal((await wait()).key, `${prefix}mine`);
  });
});
