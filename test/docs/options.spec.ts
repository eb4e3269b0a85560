import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as path from "node:path";
import { Command } from "commander";
import { addCommands } from "../../provider/commands/commands";
import { allPages, codeSpans, readPage, tableRows } from "../support/markdown";

const repository = path.join(__dirname, "../..");

/** The page of each command. */
const PAGES: Readonly<Record<string, string>> = {
  recover: "docs/recovery.md",
  previews: "docs/previews.md",
  status: "docs/status.md",
  doctor: "docs/doctor.md",
  probe: "docs/probe.md",
};

describe("the options in the documents", () => {
  const program = new Command();
  addCommands(program);
  const commands = new Map(program.commands.map((command) => [command.name(), command]));

  it("have a page for each command", () => {
    assert.deepEqual(Object.keys(PAGES).sort(), [...commands.keys()].sort());
  });

  for (const [name, page] of Object.entries(PAGES)) {
    it(`are those of ${name} (${page})`, () => {
      assert.deepEqual(documented(page), optionsOf(partsOf(commands.get(name)!)));
    });
  }

  it("say which command of previews has them (docs/previews.md)", () => {
    const parts = partsOf(commands.get("previews")!);
    for (const [option = "", documentedParts = ""] of optionRows("docs/previews.md")) {
      const having = parts.filter((command) => optionsOf([command]).includes(codeSpans(option)[0]!));
      const names = having.length === parts.length ? "all" : having.map((one) => one.name()).join(", ");
      assert.equal(documentedParts, names, option);
    }
  });

  for (const [page, script] of [
    ["sandbox/README.md", "sandbox/bin/mailmodo-sandbox.js"],
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
    const known = new Set(
      [...commands].flatMap(([name, command]) =>
        partsOf(command).map((part) => (part === command ? name : `${name} ${part.name()}`)),
      ),
    );
    const forms = [...commands].map(([name, { commands: parts }]) =>
      parts.length > 0 ? `${name} [a-z]+` : `${name}\\b`,
    );
    const pattern = new RegExp(`pulumi-mailmodo (${forms.join("|")})`, "g");
    const named = allPages().flatMap(({ text }) => [...text.matchAll(pattern)].map(([, command = ""]) => command));
    assert.ok(named.length > 5);
    assert.deepEqual(
      named.filter((command) => !known.has(command)),
      [],
    );
  });

  it("are run by npx in the documents, which finds them in the project", () => {
    const pattern = new RegExp(`.{0,4}pulumi-mailmodo (${[...commands.keys()].join("|")})\\b`, "g");
    const pages = allPages().filter(({ name }) => name !== "CHANGELOG.md");
    const named = pages.flatMap(({ text }) => text.match(pattern) ?? []);
    assert.deepEqual(
      named.filter((command) => !command.startsWith("npx ")),
      [],
    );
  });
});

/** The commands below a command, or itself if there are none. */
function partsOf(command: Command): readonly Command[] {
  return command.commands.length > 0 ? command.commands : [command];
}

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
