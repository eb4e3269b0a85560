import { once } from "node:events";
import * as fs from "node:fs";
import * as net from "node:net";
import * as os from "node:os";
import * as path from "node:path";

/**
 * A temporary folder that only this user can open, for files that no other process may read or change. `remove` removes
 * it; if its process is killed, {@link removeLeftovers} in a later process does.
 */
export class PrivateFolder {
  private constructor(
    readonly path: string,
    private readonly livenessSocket: net.Server,
  ) {}

  /** @throws {Error} The folder cannot be created. The message is one line. */
  static async make(): Promise<PrivateFolder> {
    const folder = explained(() => fs.mkdtempSync(path.join(os.tmpdir(), PREFIX)));
    // A listening socket proves that its process is alive, even from another container. The kernel closes it after a kill.
    const livenessSocket = net.createServer((socket) => socket.destroy()).unref();
    livenessSocket.listen(livenessSocketPath(folder));
    // The path is too long for a socket: the folder is then never treated as a dead process's.
    await once(livenessSocket, "listening").catch(() => undefined);
    return new PrivateFolder(folder, livenessSocket);
  }

  /**
   * Writes a file that only this user can read, and returns its path.
   *
   * @throws {Error} The file cannot be written. The message is one line.
   */
  write(name: string, text: string): string {
    const file = path.join(this.path, name);
    explained(() => fs.writeFileSync(file, text, { mode: 0o600, flag: "wx" }));
    return file;
  }

  remove(): void {
    this.livenessSocket.close();
    fs.rmSync(this.path, { recursive: true, force: true });
  }
}

/** Removes the folders of killed processes. Keeps those that a living process may use. */
export async function removeLeftovers(now = Date.now()): Promise<void> {
  for (const name of namesIn(os.tmpdir()).filter((one) => one.startsWith(PREFIX))) {
    const folder = path.join(os.tmpdir(), name);
    if (!isOldAndOurs(folder, now) || !(await isDead(folder))) continue;
    try {
      fs.rmSync(folder, { recursive: true, force: true });
    } catch {
      // Another command is removing it.
    }
  }
}

const PREFIX = "pulumi-mailmodo-private-";
/** A killed command's CLI may still run, not have read its settings yet, and treat a missing file as empty settings. */
const OLD_MS = 600_000;

/** The error if no process listens: a socket's file outlives its process, a pipe's name does not. */
const NOT_LISTENING = process.platform === "win32" ? "ENOENT" : "ECONNREFUSED";

function livenessSocketPath(folder: string): string {
  return process.platform === "win32" ? `\\\\.\\pipe\\${path.basename(folder)}` : path.join(folder, "alive");
}

function explained<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const why = (error as Error).message;
    throw new Error(
      `Could not keep settings in ${os.tmpdir()}: ${why}. Nothing was done. Free disk space, or set TMPDIR.`,
      { cause: error },
    );
  }
}

function namesIn(folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch {
    return []; // The folder may allow access, but not listing.
  }
}

function isOldAndOurs(folder: string, now: number): boolean {
  try {
    const found = fs.lstatSync(folder);
    return found.isDirectory() && found.uid === (process.getuid?.() ?? found.uid) && now - found.mtimeMs >= OLD_MS;
  } catch {
    return false; // Its process has removed it in the meantime.
  }
}

/** Whether the process that created the folder has certainly ended. */
async function isDead(folder: string): Promise<boolean> {
  const socket = net.connect(livenessSocketPath(folder));
  try {
    await once(socket, "connect");
    return false;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // If the process was killed before it listened, the folder is empty.
    return code === NOT_LISTENING || (code === "ENOENT" && namesIn(folder).length === 0);
  } finally {
    socket.destroy();
  }
}
