import { randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { textOf, type CallKind, type NoteLine } from "./noteLine";
import { ENDING, headerText, type RunHeader } from "./runFile";
import type { ProcessIdentity } from "../processes/processIdentity";
import type { StackIdentity } from "./stackIdentity";
import { SyncedFile } from "./syncedFile";

/** The file of notes that this process writes for one stack. It exists while any note is unfinished. */
export class OwnNotes {
  readonly file: string;
  private opened: SyncedFile | undefined;
  private readonly unfinished = new Set<number>();
  private isOpenForRun = false;
  private lastId = 0;

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
    const opened = this.open();
    writeAll(opened.descriptor, textOf({ id, call: kind, sealed, sentAt: Date.now() }));
    this.unfinished.add(id);
    try {
      await opened.sync();
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
    if (this.opened !== undefined) writeAll(this.opened.descriptor, textOf({ id, sentAt: Date.now() }));
  }

  /**
   * Adds optional facts to a note. Without them, an abort goes by address, or is sent to something that no longer runs.
   * Never throws.
   */
  append(line: NoteLine): void {
    try {
      if (this.opened !== undefined) writeAll(this.opened.descriptor, textOf(line));
    } catch {
      // The engine must record a successful start whatever happens here.
    }
  }

  /**
   * Marks a note as finished. Removes the file with its last unfinished note, unless the file stays open for the run. Never
   * throws.
   */
  finish(id: number): void {
    if (!this.unfinished.delete(id)) return;
    const isNeeded = this.unfinished.size > 0 || this.isOpenForRun;
    if (isNeeded || !this.remove()) this.append({ id, finished: true });
  }

  /** Call it at the end of the run. Removes the file unless a note is unfinished. Never throws. */
  close(): void {
    this.isOpenForRun = false;
    if (this.unfinished.size === 0) this.remove();
  }

  /** Something that cleans caches may have removed the file: what is written into it would be gone with this process. */
  private forgetRemovedFile(): void {
    if (this.opened === undefined || fs.fstatSync(this.opened.descriptor).nlink > 0) return;
    this.opened.close();
    this.opened = undefined;
  }

  private open(): SyncedFile {
    if (this.opened !== undefined) return this.opened;
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
    return (this.opened = new SyncedFile(descriptor));
  }

  /** @returns Whether the file is gone. */
  private remove(): boolean {
    if (this.opened === undefined) return true;
    try {
      fs.rmSync(this.file, { force: true });
    } catch {
      return false;
    }
    this.opened.close();
    this.opened = undefined;
    return true;
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
