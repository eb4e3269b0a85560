import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { compileProblems } from "../support/compile";
import { allPages, anchors, blocks, paragraphs, readPage, relativeLinks } from "../support/markdown";

const repository = path.join(__dirname, "../..");
const pages = allPages();
/** The pages that one reads from the top; the others are looked up, or are what such a page is by custom. */
const guides = pages.filter(({ name }) => name.startsWith("docs/") || /^(CONTRIBUTING|RELEASING)\.md$/.test(name));
const MAX_README_WORDS = 900;

describe("the documents", () => {
  it("are there", () => {
    for (const name of ["README.md", "SECURITY.md", "provider/README.md", "docs/recovery.md"])
      assert.ok(
        pages.some((page) => page.name === name),
        name,
      );
  });

  for (const page of pages) {
    it(`link to files that are there (${page.name})`, () => {
      const missing = relativeLinks(page).filter(({ file }) => !fs.existsSync(path.join(repository, file)));
      assert.deepEqual(missing, []);
    });

    it(`link to headings that are there (${page.name})`, () => {
      const missing = relativeLinks(page).filter(({ file, anchor }) => {
        return anchor !== undefined && !anchors(readPage(file)).includes(anchor);
      });
      assert.deepEqual(missing, []);
    });
  }

  it("have a README that is read in a few minutes", () => {
    const words = readPage("README.md").text.split(/\s+/).filter(Boolean).length;
    assert.ok(words <= MAX_README_WORDS, `${words} words`);
  });

  it("are all found from the README", () => {
    const linked = new Set(relativeLinks(readPage("README.md")).map(({ file }) => file));
    const unlinked = guides.map(({ name }) => name).filter((name) => !linked.has(name) && name !== "RELEASING.md");
    assert.deepEqual(unlinked, []);
  });

  for (const page of guides) {
    it(`say first whom they are for, and last what to read next (${page.name})`, () => {
      const all = paragraphs(page);
      assert.match(all[0] ?? "", /^# /);
      assert.match(all[1] ?? "", /^For those /);
      assert.match(all.at(-1) ?? "", /^Next: \[/);
    });
  }

  it("have code in TypeScript and JavaScript that compiles", () => {
    const isCode = ({ language }: { language: string }) => ["ts", "js"].includes(language);
    const codes = pages.flatMap(blocks).filter(isCode);
    assert.ok(codes.length >= 5);
    const files = codes.map(({ page, language, code }, nth): [string, string] => {
      const name = `${page.replaceAll("/", "-")}-${nth}.${language === "ts" ? "mts" : "cjs"}`;
      return [path.join(repository, name), code];
    });
    assert.deepEqual(compileProblems(new Map(files)), []);
  }).timeout(60_000);

  it("have no key but the sandbox's, and no path of a machine", () => {
    const found = pages.flatMap(({ name, text }) => {
      const keys = [...text.matchAll(/\b[A-Z0-9]{7}(?:-[A-Z0-9]{7}){3}\b/g)].map(([key]) => key);
      const paths = [...text.matchAll(/(?<![\w~.…])\/(?:root|home|tmp|Users)\/\S*/g)].map(([path]) => path);
      return [...keys.filter((key) => !key.startsWith("TESTKEY-")), ...paths].map((one) => `${name}: ${one}`);
    });
    assert.deepEqual(found, []);
  });

  it("name no npm script that package.json lacks", () => {
    const { scripts } = JSON.parse(fs.readFileSync(path.join(repository, "package.json"), "utf8")) as {
      scripts: object;
    };
    const named = pages.flatMap(({ name, text }) =>
      [...text.matchAll(/npm run (?:--silent )?([a-z][\w:-]*)/g)].map(([, script = ""]) => ({ name, script })),
    );
    assert.deepEqual(
      named.filter(({ script }) => !(script in scripts)),
      [],
    );
  });
});
