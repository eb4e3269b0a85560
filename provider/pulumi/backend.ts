import { createHash, randomUUID } from "node:crypto";
import * as fs from "node:fs";
import { createRequire } from "node:module";
import * as os from "node:os";
import * as path from "node:path";
import { projectFile } from "./projectFile";

/** The surroundings of a running Pulumi CLI. */
export interface CliContext {
  readonly env: NodeJS.ProcessEnv;
  /** Its working directory, which relative paths in its settings are relative to. */
  readonly folder: string;
  /** Asks the CLI for its backend's URL. Undefined if the CLI does not reveal it. */
  readonly askCli: () => string | undefined;
}

/** The journal's folder, inside Pulumi's own folder, which is `PULUMI_HOME` or `~/.pulumi`. */
export function journalFolder({ env, folder }: Pick<CliContext, "env" | "folder">): string {
  return path.join(pulumiHome(env, folder), "mailmodo-journal");
}

/** Identifies the backend of a running CLI. */
export function backendOf(context: CliContext): string {
  return backendAt(backendUrl(context), context.folder);
}

/**
 * Identifies a backend: a digest of its URL without the user, the password and the parameters that only say how to
 * reach it.
 *
 * @param folder What a relative path in the URL is relative to.
 */
export function backendAt(url: string, folder: string): string {
  return createHash("sha256")
    .update(`pulumi-mailmodo backend ${plainUrl(url, folder)}`)
    .digest("base64url")
    .slice(0, 22);
}

/**
 * The backend's URL, found as the CLI finds it: in `PULUMI_BACKEND_URL`, in the project file's `backend`, or in what
 * `pulumi login` has stored.
 *
 * @returns If even the CLI does not reveal it, {@link UNKNOWN_BACKEND} and something that is never the same again.
 */
export function backendUrl({ env, folder, askCli }: CliContext): string {
  return env["PULUMI_BACKEND_URL"] || backendOfProject(folder, askCli) || backendOfLogin(env, folder, askCli);
}

/** What the URL of a backend begins with that nobody reveals. */
export const UNKNOWN_BACKEND = "unknown:";

const PULUMI_CLOUD = "https://api.pulumi.com";

/** The query parameters that are part of the state's location. The others are regions, profiles and the like. */
const LOCATION_PARAMETERS = ["domain", "endpoint", "storage_account", "table"];

function plainUrl(url: string, folder: string): string {
  if (url.startsWith("file://")) return plainFileUrl(url, folder);
  if (!URL.canParse(url)) return url.trim();
  const { protocol, host, pathname, searchParams } = new URL(url);
  const query = LOCATION_PARAMETERS.map((name) => `${name}=${searchParams.get(name) ?? ""}`).join("&");
  // The CLI names a Pulumi Cloud by the URL of its API or of its console.
  const api = protocol === "https:" ? host.replace(/^app\./, "api.") : host;
  return `${protocol}//${api.toLowerCase()}${pathname.replace(/\/+$/, "")}?${query}`;
}

/**
 * The folder of a backend whose URL begins with `file://`. The CLI decodes the path: `%20` and a space are the same.
 *
 * @param cwd What a relative path in the URL is relative to.
 */
export function backendFolder(url: string, cwd: string): string {
  const [encoded = ""] = url.slice("file://".length).split(/[?#]/);
  const text = decoded(encoded);
  const home = text.replace(/^~(?=$|[\\/])/, os.homedir());
  // file:///C:/state has a slash before the drive.
  return path.resolve(cwd, process.platform === "win32" ? home.replace(/^\/(?=[A-Za-z]:)/, "") : home);
}

/** Says that a backend is a folder that does not exist. The CLI would make it. Undefined if it exists, or is no folder. */
export function missingFolder(url: string, cwd: string): string | undefined {
  const folder = url.startsWith("file://") ? backendFolder(url, cwd) : undefined;
  return folder === undefined || fs.existsSync(folder) ? undefined : `The backend's folder ${folder} does not exist.`;
}

/** The CLI refuses a path that cannot be decoded. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function plainFileUrl(url: string, folder: string): string {
  const full = backendFolder(url, folder);
  try {
    return `file://${fs.realpathSync(full)}`;
  } catch {
    return `file://${full}`;
  }
}

/** The backend that the project file names. */
function backendOfProject(folder: string, askCli: () => string | undefined): string | undefined {
  const file = projectFile(folder);
  if (file === undefined || !readText(file)?.replaceAll("\0", "").includes("backend")) return undefined;
  // Loaded here, because the plugin would load a parser of YAML each time for the few projects that name a backend.
  const { readFields } = createRequire(__filename)("./settingsText") as typeof import("./settingsText");
  try {
    const { backend } = readFields(file);
    const url = (backend as { url?: unknown } | null | undefined)?.url;
    return typeof url === "string" ? url : undefined;
  } catch {
    // The CLI's parser takes some texts that are not quite YAML.
    return askCli();
  }
}

function backendOfLogin(env: NodeJS.ProcessEnv, folder: string, askCli: () => string | undefined): string {
  const home = path.resolve(folder, env["PULUMI_CREDENTIALS_PATH"] || pulumiHome(env, folder));
  const { current, ...others } = readJson(path.join(home, "credentials.json"));
  // The file is encrypted, or a helper may name another backend: only the CLI knows. If it does not answer, the digest
  // is unique, so that nothing of this backend is taken for another's.
  const isHidden = "$pulumiSecureStore" in others || others["credentialHelper"] !== undefined;
  if (isHidden) return askCli() || `${UNKNOWN_BACKEND}${randomUUID()}`;
  return typeof current === "string" && current !== "" ? current : env["PULUMI_API"] || PULUMI_CLOUD;
}

/** Pulumi's own folder. */
export function pulumiHome(env: NodeJS.ProcessEnv, folder: string): string {
  return path.resolve(folder, env["PULUMI_HOME"] || path.join(os.homedir(), ".pulumi"));
}

function readJson(file: string): Record<string, unknown> {
  try {
    return { ...(JSON.parse(readText(file) ?? "") as object) };
  } catch {
    return {};
  }
}

function readText(file: string): string | undefined {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
