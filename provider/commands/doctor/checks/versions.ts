import * as fs from "node:fs";
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
    const file = manifestFile(folder, "@pulumi/pulumi");
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
    const file = manifestFile(folder, "pulumi-mailmodo");
    if (file === undefined || !hasExport(file, "pulumi-mailmodo/enrollmentLifecycle")) {
      return failure(
        `Pulumi's plugin would not find pulumi-mailmodo from the program's folder ${folder}.`,
        "Add it to the dependencies of that folder's own package.json (in a pnpm workspace too), and install them. If the " +
          "program is bundled, leave pulumi-mailmodo out of the bundle.",
      );
    }
    const { version } = readManifest(file);
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

/**
 * The manifest of a package, as Pulumi's plugin finds it from a folder. NODE_PATH does not count: pnpm sets it for the
 * commands of packages, and so for this one, but not for Pulumi.
 */
function manifestFile(folder: string, name: string): string | undefined {
  if (!fs.existsSync(folder)) return undefined;
  for (let at = fs.realpathSync(folder); ; at = path.dirname(at)) {
    const file = path.join(at, "node_modules", name, "package.json");
    if (fs.existsSync(file)) return file;
    if (at === path.dirname(at)) return undefined;
  }
}

/** Whether a package has a file that it exports by a name. */
function hasExport(manifest: string, name: string): boolean {
  try {
    createRequire(fs.realpathSync(manifest)).resolve(name);
    return true;
  } catch {
    return false;
  }
}

function readManifest(file: string): { version: string } {
  return JSON.parse(fs.readFileSync(file, "utf8")) as { version: string };
}
