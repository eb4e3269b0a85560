import * as path from "node:path";
import ts from "typescript";

const repository = path.join(__dirname, "../..");

/** As a module of Node's that is checked as strictly as this repository. */
export const moduleOptions: ts.CompilerOptions = {
  ...ts.parseJsonConfigFileContent({ extends: "./tsconfig.json" }, ts.sys, repository).options,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  allowJs: true,
  checkJs: true,
  noEmit: true,
};

/** What the compiler says of modules that are nowhere but here. */
export function compileProblems(files: ReadonlyMap<string, string>): string[] {
  const host = ts.createCompilerHost(moduleOptions);
  const program = ts.createProgram([...files.keys()], moduleOptions, {
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
