import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as path from "node:path";
import { Command } from "commander";
import { addPreviews } from "../../provider/commands/previews/command";
import { addRecover } from "../../provider/commands/recover/command";
import { allPages, codeSpans, readPage, tableRows } from "../support/markdown";

const repository = path.join(__dirname, "../..");

describe("the options in the documents", () => {
  const program = new Command();
  addRecover(program);
  addPreviews(program);
  const [recover, previews] = program.commands;

  it("are those of recover (docs/recovery.md)", () => {
    assert.deepEqual(documented("docs/recovery.md"), optionsOf([recover!]));
  });

  it("are those of previews (docs/previews.md)", () => {
    assert.deepEqual(documented("docs/previews.md"), optionsOf(previews!.commands));
  });

  it("say which command of previews has them (docs/previews.md)", () => {
    for (const [option = "", commands = ""] of optionRows("docs/previews.md")) {
      const having = previews!.commands.filter((command) => optionsOf([command]).includes(codeSpans(option)[0]!));
      const names = having.length === previews!.commands.length ? "all" : having.map((one) => one.name()).join(", ");
      assert.equal(commands, names, option);
    }
  });

  for (const [page, script] of [
    ["docs/sandbox.md", "sandbox/main.ts"],
    ["docs/benchmarks.md", "bench/bench.ts"],
  ] as const) {
    it(`are those of ${script} (${page})`, () => {
      const help = execFileSync("node", ["-r", "ts-node/register/transpile-only", script, "--help"], {
        cwd: repository,
        encoding: "utf8",
      });
      const options = [...help.matchAll(/^ {2}(--\S+(?: <[^>]+>)?)/gm)].map(([, flags = ""]) => flags);
      assert.deepEqual(documented(page), options.sort());
    }).timeout(60_000);
  }

  it("have commands in the documents that the program knows", () => {
    const known = new Set([recover!.name(), ...previews!.commands.map((command) => `previews ${command.name()}`)]);
    const named = allPages().flatMap(({ text }) =>
      [...text.matchAll(/pulumi-mailmodo (recover\b|previews [a-z]+)/g)].map(([, command = ""]) => command),
    );
    assert.ok(named.length > 5);
    assert.deepEqual(
      named.filter((command) => !known.has(command)),
      [],
    );
  });
});

/** The options that a page's tables describe, each as commander writes it. */
function documented(page: string): string[] {
  return optionRows(page)
    .map(([first = ""]) => codeSpans(first)[0]!)
    .sort();
}

function optionRows(page: string): string[][] {
  return tableRows(readPage(page).text).filter(([first = ""]) => first.startsWith("`--"));
}

function optionsOf(commands: readonly Command[]): string[] {
  return [...new Set(commands.flatMap(({ options }) => options.map(({ flags }) => flags)))].sort();
}
