import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";
import { isInRange } from "../versionRange";
import { failure, known, ok, warning, type Check, type Finding } from "../finding";
import type { Surroundings } from "../surroundings";

interface Manifest {
  readonly version: string;
  readonly engines: { readonly node: string };
  readonly peerDependencies: { readonly "@pulumi/pulumi": string };
}

/** This package's own manifest, which says what is supported. */
const MANIFEST = readManifest(require.resolve("pulumi-mailmodo/package.json")) as Manifest;
/** Pulumi releases its CLI and its SDK under one number. */
const PULUMI_RANGE = MANIFEST.peerDependencies["@pulumi/pulumi"];

export const checkNode: Check<Surroundings> = {
  name: "Node.js",
  run: async () => supported(process.versions.node, MANIFEST.engines.node, "Install a supported version of Node.js."),
};

export const checkCli: Check<Surroundings> = {
  name: "Pulumi CLI",
  async run(surroundings) {
    try {
      const version = (await surroundings.cliVersion()).replace(/^v/, "");
      return supported(version, PULUMI_RANGE, "Install a newer one: https://www.pulumi.com/docs/install.");
    } catch (error) {
      return failure((error as Error).message);
    }
  },
};

export const checkSdk: Check<Surroundings> = {
  name: "Pulumi SDK",
  async run(surroundings) {
    const { folder } = await known(surroundings.program(), "There is no project here.");
    const file = resolved(folder, "@pulumi/pulumi/package.json");
    const next = "Install it in the program's folder: npm install @pulumi/pulumi.";
    if (file === undefined) return failure(`The program's folder ${folder} has no Pulumi SDK.`, next);
    return supported(readManifest(file).version, PULUMI_RANGE, next);
  },
};

/** Whether the program's plugin finds this package, and which version. */
export const checkPackage: Check<Surroundings> = {
  name: "package",
  async run(surroundings) {
    const { folder } = await known(surroundings.program(), "There is no project here.");
    if (resolved(folder, "pulumi-mailmodo/enrollmentLifecycle") === undefined) {
      return failure(
        `Pulumi's plugin would not find pulumi-mailmodo from the program's folder ${folder}.`,
        "Add it to the dependencies of that folder's own package.json (in a pnpm workspace too), and install them. If the " +
          "program is bundled, leave pulumi-mailmodo out of the bundle.",
      );
    }
    const { version } = readManifest(resolved(folder, "pulumi-mailmodo/package.json")!);
    if (version === MANIFEST.version) return ok(`pulumi-mailmodo ${version} is found from the program's folder.`);
    return warning(
      `The program's folder has pulumi-mailmodo ${version}, and this command is of ${MANIFEST.version}.`,
      "Run the command of the program's own version: npx pulumi-mailmodo in the program's folder.",
    );
  },
};

function supported(version: string, range: string, next: string): Finding {
  const isSupported = isInRange(version, range);
  if (isSupported === undefined)
    return warning(`${version} is not a version that can be compared with ${range}.`, next);
  return isSupported
    ? ok(`${version}; supported: ${range}.`)
    : failure(`${version} is not supported: ${range} is.`, next);
}

/** The file of a package, as a program in a folder finds it. */
function resolved(folder: string, name: string): string | undefined {
  try {
    return createRequire(path.join(folder, "program.js")).resolve(name);
  } catch {
    return undefined;
  }
}

function readManifest(file: string): { version: string } {
  return JSON.parse(readFileSync(file, "utf8")) as { version: string };
}
