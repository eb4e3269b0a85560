import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/**
 * Pulumi's own folder: `PULUMI_HOME`, or `~/.pulumi`.
 *
 * @param folder Where the CLI runs, to which a relative one is relative.
 */
function pulumiHome(env: NodeJS.ProcessEnv, folder: string): string {
  return path.resolve(folder, env["PULUMI_HOME"] || path.join(os.homedir(), ".pulumi"));
}

/** Where the notes of runs are. */
export function journalFolder(env: NodeJS.ProcessEnv, folder: string): string {
  return path.join(pulumiHome(env, folder), "mailmodo-journal");
}

/**
 * Tells a stack's backend from every other: a digest of its URL without user, password and what says only how to reach
 * it. Found as the CLI finds it: `PULUMI_BACKEND_URL`, the project file's `backend`, what `pulumi login` has kept.
 *
 * @param folder Where the CLI runs.
 */
export function backendOf(env: NodeJS.ProcessEnv, folder: string): string {
  const url = env["PULUMI_BACKEND_URL"] || backendOfProject(folder) || backendOfLogin(env, folder) || PULUMI_CLOUD;
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
  return `${protocol}//${host.toLowerCase()}${pathname.replace(/\/+$/, "")}?${query}`;
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

function backendOfLogin(env: NodeJS.ProcessEnv, folder: string): string | undefined {
  const home = path.resolve(folder, env["PULUMI_CREDENTIALS_PATH"] || pulumiHome(env, folder));
  try {
    const { current } = JSON.parse(textOf(path.join(home, "credentials.json")) ?? "") as { current?: unknown };
    return typeof current === "string" ? current : undefined;
  } catch {
    return undefined;
  }
}

function textOf(file: string): string | undefined {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
