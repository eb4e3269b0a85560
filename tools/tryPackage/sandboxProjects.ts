import * as fs from "node:fs";
import * as path from "node:path";
import manifest from "../../package.json";
import type { PackageManager } from "./packageManagers";
import { REPOSITORY } from "./shell";

/** A blank project of a user's, which installs the sandbox and tries it in one way. */
export interface SandboxProject {
  readonly name: string;
  readonly manager: PackageManager;
  /** Path in the project, to the text of the file. */
  readonly files: Record<string, string>;
  readonly tries: SandboxTry;
}

/** Starts the sandbox by these words and asks it, or runs a command of the project's, which must print something. */
type SandboxTry = { readonly start: readonly string[] } | { readonly run: readonly string[]; readonly prints: RegExp };

const { mocha, typescript, "@types/node": nodeTypes, "@aws-sdk/client-s3": s3 } = manifest.devDependencies;
const VITEST = "5.1.2";
/** The newest with `moduleResolution: node10` and no word of its end. */
const TYPESCRIPT_5 = "5.9.3";

/** @param tarball The path of the packed sandbox. */
export function sandboxProjects(tarball: string): SandboxProject[] {
  const project = (devDependencies: object, files: Record<string, string> = {}) => ({
    "package.json": JSON.stringify({
      name: "blank",
      version: "1.0.0",
      private: true,
      devDependencies: { "mailmodo-sandbox": `file:${tarball}`, ...devDependencies },
    }),
    ...files,
  });
  const types = (name: string, version: string, modules: object): SandboxProject => ({
    name: `sandbox, TypeScript, ${name}`,
    manager: "npm",
    files: project({ typescript: version, "@types/node": nodeTypes, "@aws-sdk/client-s3": s3 }, typed(modules)),
    tries: { run: ["tsc", "--listFilesOnly"], prints: /mailmodo-sandbox\/dist\/index\.d\.ts/ },
  });
  const tests = (runner: string, version: string, file: string, run: string[], prints: RegExp): SandboxProject => ({
    name: `sandbox, the test in its README for ${runner}`,
    manager: "npm",
    files: project({ [runner]: version }, { [file]: readmeBlock(`(${runner})`) }),
    tries: { run: [...run, file], prints },
  });
  return [
    { name: "sandbox, npx", manager: "npm", files: project({}), tries: { start: ["npx", "mailmodo-sandbox"] } },
    {
      name: "sandbox, pnpm",
      manager: "pnpm",
      files: project({}),
      tries: { start: ["node_modules/.bin/mailmodo-sandbox"] },
    },
    tests("mocha", mocha, "enrollment.test.mjs", ["mocha"], /[1-9]\d* passing/),
    tests("vitest", VITEST, "enrollment.test.mjs", ["vitest", "run"], /Tests +[1-9]\d* passed/),
    types("nodenext", typescript, { module: "nodenext", moduleResolution: "nodenext" }),
    types("commonjs and node10", TYPESCRIPT_5, { module: "commonjs", moduleResolution: "node10" }),
  ];
}

/** A block of the package's README whose first line is a comment with these words. */
function readmeBlock(words: string): string {
  const readme = fs.readFileSync(path.join(REPOSITORY, "sandbox/README.md"), "utf8");
  const blocks = [...readme.matchAll(/^```\w+\n(.*?)^```$/gms)].map(([, code = ""]) => code);
  const [block, ...others] = blocks.filter((code) => code.split("\n", 1)[0]?.includes(words));
  if (block === undefined || others.length > 0) throw new Error(`sandbox/README.md needs one block with ${words}.`);
  return block;
}

/** Not with `skipLibCheck`: the package's own types must be whole where its optional peer is missing, too. */
function typed(modules: object): Record<string, string> {
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: "es2022",
    lib: ["es2022"],
    types: ["node"],
    ...modules,
  };
  return {
    "tsconfig.json": JSON.stringify({ compilerOptions, files: ["seeds.ts"] }),
    "seeds.ts": `import { createSandbox, profileOf, SANDBOX_KEY, type Fault, type Instance } from "mailmodo-sandbox";
import { toBucket } from "mailmodo-sandbox/bucket";

export async function addresses(): Promise<string[]> {
  const fault: Fault = { kind: "reset-after", on: "start", count: 1 };
  const sandbox = createSandbox({
    apiKey: SANDBOX_KEY,
    profile: profileOf(["ended-404"]),
    deliver: toBucket("s3://seeds-inbox/mail"),
  });
  sandbox.addFault(fault);
  const url: string = await sandbox.listen();
  console.log(url);
  const instances: readonly Instance[] = sandbox.instances();
  await sandbox.close();
  // @ts-expect-error There is no such fault.
  sandbox.addFault({ kind: "flood" });
  return instances.map(({ email }) => email);
}
`,
  };
}
