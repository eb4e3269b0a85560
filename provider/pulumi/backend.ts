import { createHash, randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/** Where a CLI of Pulumi is at work. */
export interface Workplace {
  readonly env: NodeJS.ProcessEnv;
  /** The folder in which it runs: relative paths of its settings are relative to that. */
  readonly folder: string;
  /** Asks the CLI for its backend's URL; undefined where it does not tell. */
  readonly askCli: () => string | undefined;
}

/** Where the notes of runs are: below Pulumi's own folder, which is `PULUMI_HOME` or `~/.pulumi`. */
export function journalFolder({ env, folder }: Pick<Workplace, "env" | "folder">): string {
  return path.join(pulumiHome(env, folder), "mailmodo-journal");
}

/**
 * Tells a stack's backend from every other: a digest of its URL without user, password and what says only how to reach
 * it. Found as the CLI finds it: `PULUMI_BACKEND_URL`, the project file's `backend`, what `pulumi login` has kept.
 */
export function backendOf({ env, folder, askCli }: Workplace): string {
  const url = env["PULUMI_BACKEND_URL"] || backendOfProject(folder) || backendOfLogin(env, folder, askCli);
  return createHash("sha256")
    .update(`pulumi-mailmodo backend ${plainUrl(url, folder)}`)
    .digest("base64url")
    .slice(0, 22);
}

const PULUMI_CLOUD = "https://api.pulumi.com";

/** What of a URL's query is part of where the state is. The rest is regions, profiles and the like. */
const TELLING = ["domain", "endpoint", "storage_account", "table"];

function plainUrl(url: string, folder: string): string {
  if (url.startsWith("file://")) return plainFileUrl(url, folder);
  if (!URL.canParse(url)) return url.trim();
  const { protocol, host, pathname, searchParams } = new URL(url);
  const query = TELLING.map((name) => `${name}=${searchParams.get(name) ?? ""}`).join("&");
  // The CLI names a cloud by its API or by its console.
  const api = protocol === "https:" ? host.replace(/^app\./, "api.") : host;
  return `${protocol}//${api.toLowerCase()}${pathname.replace(/\/+$/, "")}?${query}`;
}

function plainFileUrl(url: string, folder: string): string {
  const [text = ""] = url.slice("file://".length).split("?");
  const home = text.replace(/^~(?=$|[\\/])/, os.homedir());
  // file:///C:/state has a slash before the drive.
  const full = path.resolve(folder, process.platform === "win32" ? home.replace(/^\/(?=[A-Za-z]:)/, "") : home);
  try {
    return `file://${fs.realpathSync(full)}`;
  } catch {
    return `file://${full}`;
  }
}

/**
 * The backend that the nearest project file names. Read by a pattern, not by a parser of YAML: what counts is that the
 * plugin and recover read the same.
 */
function backendOfProject(folder: string): string | undefined {
  for (let at = folder; ; at = path.dirname(at)) {
    const text = ["yaml", "yml", "json"].map((ending) => textOf(path.join(at, `Pulumi.${ending}`))).find(Boolean);
    if (text !== undefined) return /^"?\s*"?backend"?:[\s{]*(?:#.*\s+)*"?url"?:\s*["']?([^\s"'},]+)/m.exec(text)?.[1];
    if (at === path.dirname(at)) return undefined;
  }
}

function backendOfLogin(env: NodeJS.ProcessEnv, folder: string, askCli: () => string | undefined): string {
  const home = path.resolve(folder, env["PULUMI_CREDENTIALS_PATH"] || pulumiHome(env, folder));
  const { current, ...others } = jsonOf(path.join(home, "credentials.json"));
  // An encrypted file, or a helper that may name another backend: only the CLI can tell. Where it does not, the backend
  // is like no other, so that nothing of it is taken for another's.
  const isHidden = "$pulumiSecureStore" in others || others["credentialHelper"] !== undefined;
  if (isHidden) return askCli() || `unknown:${randomUUID()}`;
  return typeof current === "string" && current !== "" ? current : env["PULUMI_API"] || PULUMI_CLOUD;
}

function pulumiHome(env: NodeJS.ProcessEnv, folder: string): string {
  return path.resolve(folder, env["PULUMI_HOME"] || path.join(os.homedir(), ".pulumi"));
}

function jsonOf(file: string): Record<string, unknown> {
  try {
    return { ...(JSON.parse(textOf(file) ?? "") as object) };
  } catch {
    return {};
  }
}

function textOf(file: string): string | undefined {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
