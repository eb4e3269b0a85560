import assert from "node:assert/strict";
import * as path from "node:path";
import ts from "typescript";
import { compileProblems, moduleOptions } from "../support/compile";

const repository = path.join(__dirname, "../..");
const entries = ["provider/index.ts", "provider/inbox/seedInbox.ts"].map((name) => path.join(repository, name));

describe("each example in the documentation of a public symbol", () => {
  const examples = publicSymbols().map(({ name, docs }) => ({ name, codes: codesOf(docs) }));

  for (const { name, codes } of examples) {
    it(`is there: ${name}`, () => assert.ok(codes.length > 0, "no @example"));
  }

  it("compiles, as an ES module that is checked strictly", () => {
    const files = new Map(
      examples.flatMap(({ name, codes }) =>
        codes.map((code, nth): [string, string] => [path.join(repository, `example-${name}-${nth}.mts`), code]),
      ),
    );
    assert.deepEqual(compileProblems(files), []);
  });
});

/** The classes and functions that a user can import, with their documentation. */
function publicSymbols(): { name: string; docs: readonly ts.JSDocTagInfo[] }[] {
  const program = ts.createProgram(entries, moduleOptions);
  const checker = program.getTypeChecker();
  return entries
    .flatMap((entry) => checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(entry)!)!))
    .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol))
    .filter(({ flags }) => flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Function))
    .map((symbol) => ({ name: symbol.name, docs: symbol.getJsDocTags(checker) }));
}

function codesOf(docs: readonly ts.JSDocTagInfo[]): string[] {
  return docs
    .filter(({ name }) => name === "example")
    .flatMap(({ text }) => [...ts.displayPartsToString(text).matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code!));
}
