import { randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { ENDING, type Call, type NoteLine, type RunHeader } from "./runFile";
import type { StackIdentity } from "./stackIdentity";

/** What this process notes for one stack: a file, to which lines are added. It is there while a note is unfinished. */
export class OwnNotes {
  readonly file: string;
  private descriptor: number | undefined;
  private readonly unfinished = new Set<number>();
  private isKept = false;
  private ids = 0;
  private syncing: Promise<void> = Promise.resolve();
  private nextSync: Promise<void> | undefined;

  constructor(
    private readonly folder: string,
    private readonly header: RunHeader,
  ) {
    this.file = path.join(folder, `${randomUUID()}${ENDING}`);
  }

  get stack(): StackIdentity {
    return this.header.stack;
  }

  /** Makes the file now, and keeps it until `close`: it tells which engine works on the stack. */
  keep(): void {
    if (this.isKept) return;
    this.isKept = true;
    try {
      this.open();
    } catch {
      // The first note tries again, and refuses its call where there can be none.
    }
  }

  /**
   * Notes a call. The note is on the disk when this comes back, so that not even a power cut loses it.
   *
   * @throws {NodeJS.ErrnoException} It could not be written whole.
   */
  async add(call: Call, sealed: string): Promise<number> {
    const id = (this.ids += 1);
    const descriptor = this.open();
    write(descriptor, { id, call, sealed, sentAt: Date.now() });
    this.unfinished.add(id);
    try {
      await this.synced(descriptor);
    } catch (error) {
      this.finish(id);
      throw error;
    }
    return id;
  }

  /** Adds to a note what helps, but what nothing depends on: without it, one is aborted by address or in vain. */
  append(line: NoteLine): void {
    try {
      if (this.descriptor !== undefined) write(this.descriptor, line);
    } catch {
      // A start that went well must be recorded whatever happens here.
    }
  }

  finish(id: number): void {
    if (!this.unfinished.delete(id)) return;
    if (this.unfinished.size > 0 || this.isKept) this.append({ id, finished: true });
    else this.remove();
  }

  /** For the end of the run. */
  close(): void {
    this.isKept = false;
    if (this.unfinished.size === 0) this.remove();
  }

  private open(): number {
    if (this.descriptor !== undefined) return this.descriptor;
    fs.mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    const descriptor = fs.openSync(this.file, "ax", 0o600);
    try {
      writeAll(descriptor, JSON.stringify(this.header));
      syncFolder(this.folder);
    } catch (error) {
      fs.closeSync(descriptor);
      fs.rmSync(this.file, { force: true });
      throw error;
    }
    return (this.descriptor = descriptor);
  }

  /** One sync for all that was written before it begins: of ten thousand notes each alone would take 20 s, so 2 s. */
  private synced(descriptor: number): Promise<void> {
    return (this.nextSync ??= this.syncing.then(() => {
      this.nextSync = undefined;
      const sync = new Promise<void>((resolve, reject) =>
        fs.fdatasync(descriptor, (error) => (error ? reject(error) : resolve())),
      );
      this.syncing = sync.catch(() => undefined);
      return sync;
    }));
  }

  private remove(): void {
    const { descriptor } = this;
    if (descriptor === undefined) return;
    this.descriptor = undefined;
    // A sync that is under way needs it.
    void this.syncing.then(() => fs.close(descriptor));
    fs.rmSync(this.file, { force: true });
  }
}

/** Each line begins with a line break: one that was cut off never runs into the next. */
function write(descriptor: number, line: NoteLine): void {
  writeAll(descriptor, `\n${JSON.stringify(line)}`);
}

/** A disk that is nearly full takes less than it is given, and says so only the next time. */
function writeAll(descriptor: number, text: string): void {
  let bytes = Buffer.from(text);
  while (bytes.length > 0) {
    const written = fs.writeSync(descriptor, bytes);
    if (written === 0) throw Object.assign(new Error("nothing was written"), { code: "EIO" });
    bytes = bytes.subarray(written);
  }
}

/** So that the name of a new file outlives a power cut, too. */
function syncFolder(folder: string): void {
  if (process.platform === "win32") return;
  const descriptor = fs.openSync(folder, "r");
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}
