import { randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { textOf, type CallKind, type NoteLine } from "./noteLine";
import { ENDING, headerText, type RunHeader } from "./runFile";
import type { ProcessIdentity } from "../processes/processIdentity";
import type { StackIdentity } from "./stackIdentity";

/** The file of notes that this process writes for one stack. It exists while any note is unfinished. */
export class OwnNotes {
  readonly file: string;
  private descriptor: number | undefined;
  private readonly unfinished = new Set<number>();
  private isOpenForRun = false;
  private lastId = 0;
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

  /** The engine that this process works for. */
  get engine(): ProcessIdentity | undefined {
    return this.header.engine;
  }

  /** Creates the file now and keeps it until `close`, because its header names the engine that works on the stack. */
  openForRun(): void {
    if (this.isOpenForRun) return;
    this.isOpenForRun = true;
    try {
      this.open();
    } catch {
      // The first note tries again. If that fails too, its call is refused.
    }
  }

  /**
   * Writes the note of a call. When the promise resolves, the note is on the disk and survives a power cut.
   *
   * @returns The note's id.
   * @throws {NodeJS.ErrnoException} The note could not be written completely.
   */
  async add(kind: CallKind, sealed: string): Promise<number> {
    const id = (this.lastId += 1);
    this.forgetRemovedFile();
    const descriptor = this.open();
    writeAll(descriptor, textOf({ id, call: kind, sealed, sentAt: Date.now() }));
    this.unfinished.add(id);
    try {
      await this.synced(descriptor);
    } catch (error) {
      this.finish(id);
      throw error;
    }
    return id;
  }

  /**
   * Updates the time in the note of a call that is about to be sent again: until when it may take effect depends on that.
   *
   * @throws {NodeJS.ErrnoException} It could not be written completely.
   */
  updateSentAt(id: number): void {
    if (this.descriptor !== undefined) writeAll(this.descriptor, textOf({ id, sentAt: Date.now() }));
  }

  /**
   * Adds optional facts to a note. Without them, an abort goes by address, or is sent to something that no longer runs.
   * Never throws.
   */
  append(line: NoteLine): void {
    try {
      if (this.descriptor !== undefined) writeAll(this.descriptor, textOf(line));
    } catch {
      // The engine must record a successful start whatever happens here.
    }
  }

  /** Marks a note as finished. Removes the file with its last unfinished note, unless the file stays open for the run. */
  finish(id: number): void {
    if (!this.unfinished.delete(id)) return;
    if (this.unfinished.size > 0 || this.isOpenForRun) this.append({ id, finished: true });
    else this.remove();
  }

  /** Call it at the end of the run. Removes the file unless a note is unfinished. */
  close(): void {
    this.isOpenForRun = false;
    if (this.unfinished.size === 0) this.remove();
  }

  /** Something that cleans caches may have removed the file: what is written into it would be gone with this process. */
  private forgetRemovedFile(): void {
    const { descriptor } = this;
    if (descriptor === undefined || fs.fstatSync(descriptor).nlink > 0) return;
    this.descriptor = undefined;
    void this.syncing.then(() => fs.close(descriptor));
  }

  private open(): number {
    if (this.descriptor !== undefined) return this.descriptor;
    fs.mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    const descriptor = fs.openSync(this.file, "ax", 0o600);
    try {
      writeAll(descriptor, headerText(this.header));
      syncFolder(this.folder);
    } catch (error) {
      fs.closeSync(descriptor);
      fs.rmSync(this.file, { force: true });
      throw error;
    }
    return (this.descriptor = descriptor);
  }

  /**
   * One sync covers everything written before it begins. Ten thousand notes take 2 s; with a sync each, they take 20 s.
   */
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
    // A sync in progress still needs the descriptor.
    void this.syncing.then(() => fs.close(descriptor));
    fs.rmSync(this.file, { force: true });
  }
}

/** A nearly full disk may write fewer bytes than requested, and reports the error only on the next write. */
function writeAll(descriptor: number, text: string): void {
  let bytes = Buffer.from(text);
  while (bytes.length > 0) {
    const written = fs.writeSync(descriptor, bytes);
    if (written === 0) throw Object.assign(new Error("nothing was written"), { code: "EIO" });
    bytes = bytes.subarray(written);
  }
}

/** Syncs a folder, so that the name of a new file also survives a power cut. */
function syncFolder(folder: string): void {
  if (process.platform === "win32") return;
  const descriptor = fs.openSync(folder, "r");
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}
