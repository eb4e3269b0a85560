import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { createSandbox, FAULT_KINDS, profileFrom, profiles } from "mailmodo-sandbox";
import { run } from "../../tools/workbench";
import { blocks, codeSpans, readPage, tableRows } from "../support/markdown";
import { useSandbox } from "../support/sandbox";

/** Of `createSandbox`, for tests that look inside. */
const INSIDE = ["app", "store", "faults"];

const MANUAL = "docs/sandbox.md";
const README = "sandbox/README.md";

for (const name of [MANUAL, README]) {
  describe(name, () => {
    const page = readPage(name);
    const sandbox = useSandbox();

    it("names profiles that there are", () => {
      const named = blocks(page).flatMap(({ code }) => /--profile (.*)/.exec(code)?.[1]?.split(" ") ?? []);
      assert.ok(named.length > 0);
      for (const profile of named) assert.ok(profile in profiles, profile);
    });

    it("sets a fault by the command that it shows", async () => {
      const { code } = blocks(page).find((block) => block.code.includes("/_sandbox/faults"))!;
      const set = await run("bash", ["-c", code.replace("http://127.0.0.1:8025", sandbox().url)], ".", process.env);
      assert.equal(set.code, 0, set.output);
      assert.deepEqual(
        sandbox().faults.take("start", () => true),
        { kind: "reset-after", on: "start", count: 1 },
      );
    });

    it("shows a profile's file that the sandbox takes", () => {
      const files = blocks(page).filter(({ code }) => code.includes('"$schema"'));
      assert.equal(files.length, 1);
      for (const { code } of files) profileFrom(JSON.parse(code));
    });
  });
}

describe(`${README}, which the manual refers to`, () => {
  it("has every kind of fault, and no other", () => {
    const kinds = rowsBelow(readPage(README).text, "Faults").map(([first = ""]) => codeSpans(first)[0]);
    assert.deepEqual([...kinds].sort(), [...FAULT_KINDS].sort());
  });
});

describe(`${MANUAL}, the manual`, () => {
  const page = readPage(MANUAL);
  const sandbox = useSandbox();

  it("has every call below /_sandbox/, and no other", async () => {
    const rows = tableRows(page.text).filter(([first = ""]) => first.includes("/_sandbox/"));
    const named = rows.flatMap(([first = ""]) => {
      const path = /\/_sandbox\/[\w/{}]+/.exec(first)?.[0] ?? "";
      return [...first.matchAll(/GET|POST|PUT|DELETE/g)].map(([method]) => `${method} ${path}`);
    });
    const { paths } = (await (await fetch(`${sandbox().url}/openapi.json`)).json()) as {
      paths: Record<string, Record<string, unknown>>;
    };
    const described = Object.entries(paths).flatMap(([path, calls]) =>
      Object.keys(calls).map((method) => `${method.toUpperCase()} ${path}`),
    );
    // In the row of the message that they are of.
    const parts = /^GET \/_sandbox\/mails\/\{id\}\/(html|source)$/;
    const all = described.filter((call) => call.includes("/_sandbox/") && !parts.test(call));
    assert.deepEqual(named.sort(), all.sort());
  });

  it("has every profile, and no other", () => {
    const rows = rowsBelow(page.text, "Profiles", "### ");
    assert.deepEqual(rows.flatMap(([first = ""]) => codeSpans(first)).sort(), Object.keys(profiles).sort());
  });

  it("has every field of a profile's file, and no other", () => {
    const file = path.join(__dirname, "../../sandbox/profile.schema.json");
    const { properties } = JSON.parse(fs.readFileSync(file, "utf8")) as { properties: object };
    const named = rowsBelow(page.text, "A file with", "## ").map(([first = ""]) => codeSpans(first)[0]);
    assert.deepEqual(
      named.sort(),
      Object.keys(properties)
        .filter((name) => name !== "$schema")
        .sort(),
    );
  });

  it("has every method of a sandbox, and no other", () => {
    const rows = rowsBelow(page.text, "In tests");
    const named = rows.flatMap(([first = ""]) => codeSpans(first).map((span) => span.replace(/\(.*/, "")));
    const all = Object.keys(createSandbox()).filter((name) => !INSIDE.includes(name));
    assert.deepEqual(named.sort(), all.sort());
  });
});

/** The rows of the tables between a heading that begins so and the next one. */
function rowsBelow(text: string, heading: string, next = "\n## "): string[][] {
  const from = text.slice(text.search(new RegExp(`^##+ ${heading}`, "m")));
  const end = from.indexOf(next, 3);
  return tableRows(end < 0 ? from : from.slice(0, end));
}
