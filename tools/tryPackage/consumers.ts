import manifest from "../../package.json";
import provider from "../../provider/package.json";
import type { PackageManager } from "./packageManagers";
import { COMMONJS, ES_MODULE, LIBRARY, NODE10, NODENEXT, USES_LIBRARY } from "./programs";

/** A blank project of a user's, which installs the package once and runs each of its programs in turn. */
export interface Consumer {
  readonly manager: PackageManager;
  /** The version of the Pulumi SDK. */
  readonly sdk: string;
  /** Path in the project, to the text of the file. */
  readonly files: Record<string, string>;
  readonly programs: readonly Program[];
  /** The folder in the project with Pulumi.yaml. Default: the project's own. */
  readonly folder?: string;
  /** The folder in the project in whose node_modules the package is. Default: the project's own. */
  readonly installedIn?: string;
}

export interface Program {
  readonly name: string;
  /** What it adds to the project or replaces there. */
  readonly files: Record<string, string>;
  /** Whether the package's own command runs it, as a preview; else Pulumi's CLI does. */
  readonly asPreview?: boolean;
  /** Where it cannot work: what the up says then, and a line for the user. */
  readonly limit?: { readonly says: RegExp; readonly line: string };
}

/** The ends of what the package says it works with. */
const OLDEST_SDK = provider.peerDependencies["@pulumi/pulumi"].replace(/^\^/, "");
const NEWEST_SDK = manifest.devDependencies["@pulumi/pulumi"];

const PULUMI_YAML = "name: blank\nruntime: nodejs\n";
/** The SDK's own install script, of protobufjs, has nothing to do; every project of Pulumi's says so to pnpm. */
const PNPM_SETTINGS = "allowBuilds: { protobufjs: false }\n";

/** What Pulumi's template for TypeScript asks for, at its newest; the oldest SDK works with no later major version. */
const TYPESCRIPT_5 = { typescript: "5.9.3", "@types/node": "18.19.130" };
const TYPESCRIPT_6 = {
  typescript: manifest.devDependencies.typescript,
  "@types/node": manifest.devDependencies["@types/node"],
};

export const BUN_RUNTIME =
  "Not tried: `runtime: bun`. Pulumi runs it with a language host of its own, pulumi-language-bun, which only the " +
  "official CLI has. bun as the package manager of `runtime: nodejs` is in the table.";

/** @param tarball The path of the packed package. */
export function consumers(tarball: string): Consumer[] {
  const uses = { "pulumi-mailmodo": `file:${tarball}` };
  const project = (manager: PackageManager, sdk: string, devDependencies: object, ...programs: Program[]) => ({
    manager,
    sdk,
    files: {
      "Pulumi.yaml": PULUMI_YAML,
      "package.json": packageJson({ dependencies: { "@pulumi/pulumi": sdk, ...uses }, devDependencies }),
      "pnpm-workspace.yaml": PNPM_SETTINGS,
    },
    programs,
  });
  const esModule = {
    ...ES_MODULE,
    "package.json": packageJson({ type: "module", dependencies: { "@pulumi/pulumi": NEWEST_SDK, ...uses } }),
  };
  return [
    project(
      "npm",
      OLDEST_SDK,
      TYPESCRIPT_5,
      { name: "npm, TypeScript, nodenext, oldest SDK", files: NODENEXT },
      { name: "npm, as a preview, oldest SDK", files: {}, asPreview: true },
    ),
    project(
      "npm",
      NEWEST_SDK,
      TYPESCRIPT_5,
      { name: "npm, TypeScript, nodenext", files: NODENEXT },
      { name: "npm, TypeScript, commonjs and node10", files: NODE10 },
    ),
    project(
      "npm",
      NEWEST_SDK,
      {},
      { name: "npm, JavaScript, CommonJS", files: COMMONJS },
      { name: "npm, JavaScript, ES modules", files: esModule },
    ),
    project("pnpm", NEWEST_SDK, TYPESCRIPT_6, { name: "pnpm, TypeScript, nodenext", files: NODENEXT }),
    project("yarn", NEWEST_SDK, {}, { name: "yarn, JavaScript, CommonJS", files: COMMONJS }),
    project("bun", NEWEST_SDK, {}, { name: "bun, JavaScript, CommonJS", files: COMMONJS }),
    workspace("npm", uses, {}, { name: "npm workspace, only a library has it", files: {} }),
    workspace("pnpm", uses, uses, { name: "pnpm workspace, the program has it too", files: {} }),
    workspace("pnpm", uses, {}, { name: "pnpm workspace, only a library has it", files: {}, limit: NOT_FOUND }),
  ];
}

/** pnpm gives each package only what its own package.json names. */
const NOT_FOUND = {
  says: /Pulumi's plugin would not find pulumi-mailmodo from /,
  line: "cannot: Pulumi looks for it from the\nprogram's folder. Add it to the\nprogram's package.json too.",
};

function packageJson(more: object): string {
  // As for pnpm above.
  const allowScripts = { protobufjs: false };
  return JSON.stringify({ name: "blank", version: "1.0.0", private: true, ...more, allowScripts });
}

/** A library that depends on the package, and a program that depends on the library, and on `own`. */
function workspace(manager: "npm" | "pnpm", uses: object, own: object, program: Program): Consumer {
  const peers = { "@pulumi/pulumi": NEWEST_SDK };
  const json = (name: string, more: object) => JSON.stringify({ name, version: "1.0.0", private: true, ...more });
  return {
    manager,
    sdk: NEWEST_SDK,
    folder: "program",
    // npm puts all packages into the root's node_modules, if their versions fit; pnpm none.
    installedIn: manager === "npm" ? "." : "library",
    files: {
      "package.json": packageJson({ workspaces: ["library", "program"] }),
      "pnpm-workspace.yaml": `packages: [library, program]\n${PNPM_SETTINGS}`,
      "library/package.json": json("journeys", { dependencies: uses, peerDependencies: peers }),
      "library/index.js": LIBRARY,
      "program/package.json": json("program", {
        dependencies: { journeys: manager === "npm" ? "*" : "workspace:*", ...peers, ...own },
      }),
      "program/index.js": USES_LIBRARY,
      "program/Pulumi.yaml": PULUMI_YAML,
    },
    programs: [program],
  };
}
