import assert from "node:assert/strict";
import * as path from "node:path";
import ts from "typescript";

const repository = path.join(__dirname, "../..");
const entries = ["provider/index.ts", "provider/inbox/seedInbox.ts"].map((name) => path.join(repository, name));
const options: ts.CompilerOptions = {
  ...ts.parseJsonConfigFileContent({ extends: "./tsconfig.json" }, ts.sys, repository).options,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  noEmit: true,
};

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
    assert.deepEqual(problemsOf(files), []);
  });
});

/** The classes and functions that a user can import, with their documentation. */
function publicSymbols(): { name: string; docs: readonly ts.JSDocTagInfo[] }[] {
  const program = ts.createProgram(entries, options);
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

/** What the compiler says of modules that are nowhere but here. */
function problemsOf(files: ReadonlyMap<string, string>): string[] {
  const host = ts.createCompilerHost(options);
  const program = ts.createProgram([...files.keys()], options, {
    ...host,
    fileExists: (file) => files.has(file) || host.fileExists(file),
    getSourceFile(file, version) {
      const code = files.get(file);
      return code === undefined ? host.getSourceFile(file, version) : ts.createSourceFile(file, code, version);
    },
  });
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`);
}
