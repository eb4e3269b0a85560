import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { ENGINE_VERSION } from "./versions";

const TIMEOUT_MS = 15_000;

/**
 * Runs the official installer for the pinned version, into `home`.
 *
 * @returns Why it could not, or nothing.
 */
export async function installEngine(
  home: string,
  url: string,
  log: (line: string) => void,
): Promise<string | undefined> {
  const host = new URL(url).host;
  let script: string;
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!answer.ok) return `the official installer (${host}) answered ${answer.status}`;
    script = await answer.text();
  } catch {
    return `the official installer (${host}) cannot be reached`;
  }
  log(`Installing Pulumi ${ENGINE_VERSION} with the official installer, once.`);
  const child = spawn("sh", ["-s", "--", "--version", ENGINE_VERSION, "--install-root", home, "--no-edit-path"], {
    stdio: ["pipe", 2, 2],
  });
  child.stdin?.end(script);
  const [code] = (await once(child, "exit")) as [number | null];
  const installed = code === 0 && fs.existsSync(path.join(home, "bin", "pulumi"));
  return installed ? undefined : `the official installer (${host}) failed`;
}
