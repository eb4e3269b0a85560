import assert from "node:assert/strict";
import { FAULT_KINDS, profiles } from "mailmodo-sandbox";
import { run } from "../../tools/workbench";
import { blocks, codeSpans, readPage, tableRows } from "../support/markdown";
import { useSandbox } from "../support/sandbox";

describe("docs/sandbox.md", () => {
  const page = readPage("docs/sandbox.md");
  const sandbox = useSandbox();

  it("has every kind of fault, and no other", () => {
    const rows = tableRows(page.text.slice(page.text.indexOf("## Faults")));
    assert.deepEqual(
      rows.map(([first = ""]) => codeSpans(first)[0]),
      [...FAULT_KINDS].sort((a, b) => listed(rows, a) - listed(rows, b)),
    );
  });

  it("names requests that the sandbox answers", async () => {
    const rows = tableRows(page.text).filter(([first = ""]) => first.includes("/_sandbox/"));
    const named = rows.flatMap(([first = ""]) => {
      const path = /\/_sandbox\/\w+/.exec(first)?.[0] ?? "";
      return [...first.matchAll(/GET|POST|PUT|DELETE/g)].map(([method]) => ({ method, path }));
    });
    assert.equal(named.length, 9);
    for (const { method, path } of named) {
      const { status } = await fetch(sandbox().url + path, { method });
      assert.ok(status < 300 || status === 400, `${method} ${path}: ${status}`);
    }
  });

  it("names profiles that there are", () => {
    const [, names = ""] =
      /--profile (.*)/.exec(blocks(page).find(({ code }) => code.includes("--profile"))!.code) ?? [];
    for (const name of names.split(" ")) assert.ok(name in profiles, name);
  });

  it("sets a fault by the command that it shows", async () => {
    const { code } = blocks(page).find((block) => block.code.startsWith("curl "))!;
    const set = await run("bash", ["-c", code.replace("http://127.0.0.1:8025", sandbox().url)], ".", process.env);
    assert.equal(set.code, 0, set.output);
    assert.deepEqual(
      sandbox().faults.take("start", () => true),
      { kind: "reset-after", on: "start", count: 1 },
    );
  });
});

function listed(rows: string[][], kind: string): number {
  return rows.findIndex(([first = ""]) => codeSpans(first)[0] === kind);
}
