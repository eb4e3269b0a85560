import * as fs from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";
import { NoAnswer } from "../../../async/within";
import { verdictOn } from "../requiredVersion";
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
    let version: string;
    try {
      version = (await surroundings.cliVersion()).replace(/^v/, "");
    } catch (error) {
      const next = error instanceof NoAnswer ? "Run pulumi version yourself, and see what it waits for." : undefined;
      return failure((error as Error).message, next);
    }
    const own = supported(version, PULUMI_RANGE, "Install a newer one: https://www.pulumi.com/docs/install.");
    const range = await surroundings.program().then(
      ({ requiredCli }) => requiredCli,
      () => undefined,
    );
    return range === undefined ? own : [own, required(version, range)];
  },
};

/** Whether the project file allows the version. The CLI compares it at the beginning of each run. */
function required(version: string, range: string): Finding {
  const said = `requiredPulumiVersion: ${range}`;
  const newer = "(https://www.pulumi.com/docs/install)";
  switch (verdictOn(version, range)) {
    case "allowed":
      return ok(`The project file allows it (${said}).`);
    case "refused":
      return failure(
        `The project file does not allow ${version} (${said}), so every run is refused.`,
        `Install a version in that range ${newer}, or change the range.`,
      );
    case "unreadable":
      return failure(
        `The project file's range is not of a form that the CLI can read (${said}), so every run is refused.`,
        "Write it like this, with whole versions: >=3.200.0 <4.0.0.",
      );
    case "unknown":
      return warning(
        `Whether the project file allows ${version} cannot be told (${said}).`,
        `If a run is refused because of it, install a version in that range ${newer}, or write it like this: >=3.200.0 <4.0.0.`,
      );
  }
}

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
