import assert from "node:assert/strict";
import { parseMail } from "../../../provider/inbox/seedMail";
import { handledBy } from "../../support/handled";
import { sesMail } from "../../support/seedMails";

const to = "qa@seeds.example.com";
const object = { key: "mail/a", receivedAt: new Date(0) };
const parse = (source: string) => parseMail(Buffer.from(source, "latin1"), object);

describe("parseMail", () => {
  it("joins a character of the subject that is split over two padded words", async () => {
    const { subject, headers } = await parse(sesMail({ subject: "Hi =?utf-8?B?8J8=?=\r\n =?utf-8?B?kak=?=" }));
    assert.deepEqual([subject, headers.get("subject")], ["Hi 👩", ["Hi 👩"]]);
  });

  for (const charset of ["windows-1252", "iso-8859-1", "latin1", "us-ascii"]) {
    it(`reads the byte 0x80 of ${charset} as browsers do`, async () => {
      const source = { subject: `=?${charset}?Q?5_=80?=`, type: `text/plain; charset=${charset}`, body: "5 \x80 \x93" };
      const { subject, text } = await parse(sesMail(source));
      assert.deepEqual([subject, text], ["5 €", "5 € “"]);
    });
  }

  const equal: [what: string, header: string, name: string][] = [
    ["headers", "X-Equal: y", "x-equal"],
    ["recipients", `To: ${to}`, "to"],
    ["Received lines", "Received: by x", "received"],
  ];
  for (const [what, header, name] of equal) {
    it(`looks a few times at each of 20,000 equal ${what}`, async () => {
      const source = sesMail({ headers: Array<string>(20_000).fill(header) });
      let found = 0;
      const handled = await handledBy(async () => {
        found = (await parse(source)).headers.get(name)?.length ?? 0;
      });
      assert.ok(found >= 20_000);
      assert.ok(handled < 20 * source.length, String(handled));
    });
  }

  const envelopes: [what: string, envelope: string, recipients: string[]][] = [
    ["of at signs", `for ${"a@".repeat(80_000)}`, []],
    ["of blanks", `for${" ".repeat(160_000)}x`, []],
    ["of beginnings", "for a@b ".repeat(20_000), []],
    ["before the recipient", `${"x ".repeat(80_000)}for <${to}>;`, [to]],
    ["of semicolons before the recipient", `${"; ".repeat(80_000)}for ${to} ;`, [to]],
  ];
  for (const [what, envelope, recipients] of envelopes) {
    it(`looks a few times at each character of a long Received line ${what}`, async () => {
      const source = sesMail({ envelope, headers: [] });
      const handled = await handledBy(async () => {
        assert.deepEqual((await parse(source)).recipients, recipients);
      });
      assert.ok(handled < 20 * source.length, String(handled));
    });
  }

  it("does not look for words in headers of more than half a mebibyte", async () => {
    const source = sesMail({ subject: "=?utf-8?B?YQ==?= ".repeat(2 ** 15) });
    const handled = await handledBy(() => assert.rejects(parse(source), /header size/));
    assert.ok(handled < 20 * source.length, String(handled));
  });
});
