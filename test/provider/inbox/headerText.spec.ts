import assert from "node:assert/strict";
import { decodeHeader } from "../../../provider/inbox/headerText";
import { handledBy } from "../../support/handled";

describe("decodeHeader", () => {
  const cases: [what: string, value: string, text: string][] = [
    ["plain text", "Welcome", "Welcome"],
    ["words among text", "Hi =?utf-8?Q?Ad=C3=A1?=, welcome", "Hi Adá, welcome"],
    ["a character over two words, the first without padding", "=?utf-8?B?8J+R?= =?utf-8?B?qQ==?=", "👩"],
    ["a character over two padded words", "=?utf-8?B?8J8=?= =?utf-8?B?kak=?=", "👩"],
    [
      "a character over four padded words",
      ["8A==", "nw==", "kQ==", "qQ=="].map((b) => `=?utf-8?B?${b}?=`).join(" "),
      "👩",
    ],
    ["a character over two quoted words", "=?utf-8?Q?=F0=9F?= =?utf-8?Q?=91=A9?=", "👩"],
    ["a character over words whose charsets differ in capitals", "=?UTF-8?b?8J8=?=\t=?utf-8?B?kak=?=", "👩"],
    ["a character over words in a language", "=?utf-8*en?B?8J8=?= =?utf-8*en?B?kak=?=", "👩"],
    ["a kanji over two words", "=?shift_jis?B?iQ==?= =?shift_jis?B?7g==?=", "介"],
    ["words of two charsets", "=?utf-8?Q?=C3=A1?= =?iso-8859-1?Q?=E1?=", "áá"],
    ["words of two encodings", "=?utf-8?Q?=C3=A1?= =?utf-8?B?w6E=?=", "áá"],
    ["words that are whole each, padded", "=?utf-8?B?YQ==?= =?utf-8?B?Yg==?=", "ab"],
    ["words that are whole each, without their padding", "=?utf-8?B?YQ?= =?utf-8?B?Yg?=", "ab"],
    ["words with text between them", "=?utf-8?B?YQ==?= and =?utf-8?B?Yg==?=", "a and b"],
    ["two words in one and bytes that are none", "=?utf-8?B?w6E=?= =?utf-8?B?/w==?=", "á\ufffd"],
    ["what windows-1252 has at 0x80", "=?windows-1252?Q?=80=93?=", "€“"],
    ["the same, called latin1", "=?iso-8859-1?B?gA==?=", "€"],
    ["words that have no end", "=?utf-8?B?YQ==", "=?utf-8?B?YQ=="],
  ];
  for (const [what, value, text] of cases) {
    it(`decodes ${what}`, () => assert.equal(decodeHeader(value), text));
  }

  const long: [what: string, part: string][] = [
    ["of words", "=?utf-8?B?YQ==?= "],
    ["of words without padding", "=?utf-8?B?YWFh?= "],
    ["of words of changing charsets", "=?utf-8?B?YQ==?= =?latin1?B?YQ==?= "],
    ["of beginnings", "=?utf-8?B?"],
    ["of ends", "?="],
  ];
  for (const [what, part] of long) {
    it(`looks a few times at each character of a long one ${what}`, async () => {
      const value = part.repeat(2 ** 20 / part.length);
      assert.ok((await handledBy(() => decodeHeader(value))) < 10 * value.length);
    });
  }
});
