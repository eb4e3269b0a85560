import assert from "node:assert/strict";
import { linksOf } from "../../../provider/inbox/links";
import { handledBy } from "../../support/handled";

const a = (href: string) => `<a href="${href}">x</a>`;

describe("the links of a mail", () => {
  const cases: [what: string, mail: { html?: string; text?: string }, links: string[]][] = [
    ["none", {}, []],
    [
      "HTML's, in their order",
      { html: a("https://b.example/") + a("http://a.example/") },
      ["https://b.example/", "http://a.example/"],
    ],
    [
      "each once",
      { html: a("https://a.example/") + a("https://a.example/"), text: "https://a.example/" },
      ["https://a.example/"],
    ],
    [
      "HTML's first, then what only the text has",
      { html: a("https://b.example/"), text: "https://a.example/ https://b.example/" },
      ["https://b.example/", "https://a.example/"],
    ],
    [
      "entities decoded",
      { html: a("https://a.example/?x=1&amp;y=2&#38;z=&quot;3&quot;&lt;&eacute;") },
      ['https://a.example/?x=1&y=2&z="3"<é'],
    ],
    [
      "what looks like an entity and is none",
      { html: a("https://a.example/?x=1&copy=2&y=3") },
      ["https://a.example/?x=1&copy=2&y=3"],
    ],
    [
      "in any quotes and capitals",
      { html: "<A HREF='HTTPS://a.example/1'>x</A><a href=https://a.example/2>x</a>" },
      ["HTTPS://a.example/1", "https://a.example/2"],
    ],
    ["with blanks around them", { html: a(" https://a.example/\n") }, ["https://a.example/"]],
    ["of a map, too", { html: '<map><area href="https://a.example/map"></map>' }, ["https://a.example/map"]],
    [
      "no style sheets and bases",
      { html: '<base href="https://a.example/"><link rel="stylesheet" href="https://a.example/css">' },
      [],
    ],
    [
      "no other schemes and no relative ones",
      { html: ["mailto:a@example.com", "tel:1", "#top", "/u", "javascript:alert(1)", ""].map(a).join("") },
      [],
    ],
    [
      "none out of comments and scripts",
      { html: `<!-- ${a("https://a.example/")} --><script>"${a("https://b.example/")}"</script>` },
      [],
    ],
    [
      "of HTML that is cut off",
      { html: `<table><tr><td>${a("https://a.example/")}<a href="https://b.example/` },
      ["https://a.example/"],
    ],
    [
      "the text's, without the sentence around them",
      {
        text: "See https://a.example/x. Or (https://a.example/y), <https://a.example/z>! Really https://a.example/?q=1?",
      },
      ["https://a.example/x", "https://a.example/y", "https://a.example/z", "https://a.example/?q=1"],
    ],
    [
      "with brackets of their own",
      { text: "https://a.example/Ada_(name) [https://a.example/b]" },
      ["https://a.example/Ada_(name)", "https://a.example/b"],
    ],
    [
      "one on each line",
      { text: "https://a.example/1\r\nhttps://a.example/2\n" },
      ["https://a.example/1", "https://a.example/2"],
    ],
  ];
  for (const [what, { html = "", text = "" }, links] of cases) {
    it(`are ${what}`, () => assert.deepEqual(linksOf({ html, text }), links));
  }

  const long: [what: string, mail: { html?: string; text?: string }, links: string[]][] = [
    ["dots at the end of a URL", { text: `https://a.example/${".".repeat(100_000)}` }, ["https://a.example/"]],
    [
      "dots within a URL",
      { text: `https://a.example/${".".repeat(100_000)}x` },
      [`https://a.example/${".".repeat(100_000)}x`],
    ],
    ["closing brackets", { text: `(https://a.example/${")".repeat(100_000)}` }, ["https://a.example/"]],
    [
      "pairs of brackets",
      { text: `https://a.example/${"()".repeat(50_000)}` },
      [`https://a.example/${"()".repeat(50_000)}`],
    ],
    ["brackets of all kinds", { text: `https://a.example/${")]}".repeat(30_000)}` }, ["https://a.example/"]],
    ["beginnings of URLs", { text: "https://".repeat(20_000) }, ["https://".repeat(20_000)]],
    ["one URL", { text: "https://a.example/ ".repeat(20_000) }, ["https://a.example/"]],
    [
      "elements within each other",
      { html: `${"<b>".repeat(50_000)}${a("https://a.example/")}` },
      ["https://a.example/"],
    ],
    [
      "elements that others close",
      { html: `${"<b>".repeat(20_000)}${"</i>".repeat(20_000)}${a("https://a.example/")}` },
      ["https://a.example/"],
    ],
    [
      "drawings that end early",
      { html: `${"</svg>".repeat(20_000)}${a("https://a.example/")}` },
      ["https://a.example/"],
    ],
    ["attributes", { html: `<a ${"href=https://a.example/ ".repeat(20_000)}>` }, ["https://a.example/"]],
    [
      "letters in a link",
      { html: a(`https://a.example/${"x".repeat(500_000)}`) },
      [`https://a.example/${"x".repeat(500_000)}`],
    ],
  ];
  for (const [what, { html = "", text = "" }, links] of long) {
    it(`take a few looks at each character of many ${what}`, async () => {
      const handled = await handledBy(() => assert.ok(linksOf({ html, text }).join() === links.join()));
      assert.ok(handled < 20 * (html.length + text.length), String(handled));
    });
  }
});
