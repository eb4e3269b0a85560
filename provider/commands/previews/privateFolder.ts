import { once } from "node:events";
import * as fs from "node:fs";
import * as net from "node:net";
import * as os from "node:os";
import * as path from "node:path";

/**
 * A temporary folder that only this user can open, for files that no other process is to read or change. It goes with
 * `remove`; that of a killed process goes with {@link removeLeftovers} of a later one.
 */
export class PrivateFolder {
  private constructor(
    readonly path: string,
    private readonly sign: net.Server,
  ) {}

  /** @throws {Error} It cannot be made. The message is one line. */
  static async make(): Promise<PrivateFolder> {
    const folder = explained(() => fs.mkdtempSync(path.join(os.tmpdir(), PREFIX)));
    // A socket tells that its process lives, whatever its pid is in another container. The kernel closes it at a kill.
    const sign = net.createServer((socket) => socket.destroy()).unref();
    sign.listen(signOf(folder));
    // A path too long for a socket: the folder is then never taken for a dead process's.
    await once(sign, "listening").catch(() => undefined);
    return new PrivateFolder(folder, sign);
  }

  /**
   * Writes a file that only this user can read, and gives its path.
   *
   * @throws {Error} There is no room for it. The message is one line.
   */
  write(name: string, text: string): string {
    const file = path.join(this.path, name);
    explained(() => fs.writeFileSync(file, text, { mode: 0o600, flag: "wx" }));
    return file;
  }

  remove(): void {
    this.sign.close();
    fs.rmSync(this.path, { recursive: true, force: true });
  }
}

/** Removes the folders of processes that were killed. One that a living process may use stays. */
export async function removeLeftovers(now = Date.now()): Promise<void> {
  for (const name of namesIn(os.tmpdir()).filter((one) => one.startsWith(PREFIX))) {
    const folder = path.join(os.tmpdir(), name);
    if (!isOldAndOurs(folder, now) || !(await isDead(folder))) continue;
    try {
      fs.rmSync(folder, { recursive: true, force: true });
    } catch {
      // Another command is at it.
    }
  }
}

const PREFIX = "pulumi-mailmodo-previews-";
/** A killed command leaves a CLI that may not have read its settings yet, and would take a missing file for empty ones. */
const OLD_MS = 600_000;

/** What nobody listening is called: a socket's file outlives its process, a pipe's name does not. */
const GONE = process.platform === "win32" ? "ENOENT" : "ECONNREFUSED";

function signOf(folder: string): string {
  return process.platform === "win32" ? `\\\\.\\pipe\\${path.basename(folder)}` : path.join(folder, "alive");
}

function explained<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const why = (error as Error).message;
    throw new Error(`Could not keep settings in ${os.tmpdir()}: ${why}. Nothing was done. Make room, or set TMPDIR.`, {
      cause: error,
    });
  }
}

function namesIn(folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch {
    return []; // It may be entered, but not listed.
  }
}

function isOldAndOurs(folder: string, now: number): boolean {
  try {
    const found = fs.lstatSync(folder);
    return found.isDirectory() && found.uid === (process.getuid?.() ?? found.uid) && now - found.mtimeMs >= OLD_MS;
  } catch {
    return false; // Its process removed it meanwhile.
  }
}

/** Whether the process that made the folder has surely ended. */
async function isDead(folder: string): Promise<boolean> {
  const socket = net.connect(signOf(folder));
  try {
    await once(socket, "connect");
    return false;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A kill before it listened left the folder empty.
    return code === GONE || (code === "ENOENT" && namesIn(folder).length === 0);
  } finally {
    socket.destroy();
  }
}
