import { randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { UsageError } from "../usageError";

/**
 * A new file that only this user can read. It appears with its whole content, or not at all, and never takes the place of
 * another. Its place is checked before anything is sent.
 */
export class ProfileFile {
  private readonly draft: string;

  /** @throws {UsageError} There is a file of that name, or none can be written there. */
  constructor(private readonly file: string) {
    if (file === "" || /[\\/]$/.test(file))
      throw new UsageError("--out must name a file: --out mailmodo-profile.json.");
    if (fs.existsSync(file)) throw new UsageError(`There is a file ${file} already. Name another: --out <file>.`);
    this.draft = path.join(path.dirname(file), `.${path.basename(file)}.${randomUUID().slice(0, 8)}`);
    try {
      this.writeDraft("");
      // Nothing is left if the process is killed before the end.
      this.discardDraft();
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      throw new UsageError(`Could not write ${file} (${code}). Name a file in a folder that you can write to.`);
    }
  }

  /**
   * @throws {Error} It cannot be written. The message is one line, and ends with the content: to ask for it again would
   * send mail again.
   */
  write(content: unknown): void {
    try {
      this.writeDraft(`${JSON.stringify(content, undefined, 2)}\n`);
      this.publishDraft();
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      throw new Error(`Could not write ${this.file} (${code}). Save its content yourself: ${JSON.stringify(content)}`, {
        cause: error,
      });
    } finally {
      this.discardDraft();
    }
  }

  private writeDraft(text: string): void {
    fs.writeFileSync(this.draft, text, { mode: 0o600, flag: "wx" });
  }

  private publishDraft(): void {
    try {
      // Unlike a rename, a link never takes the place of a file.
      fs.linkSync(this.draft, this.file);
    } catch {
      // FAT, exFAT and some folders that are shared over a network have no links. A copy that fails is removed again.
      fs.copyFileSync(this.draft, this.file, fs.constants.COPYFILE_EXCL);
    }
  }

  private discardDraft(): void {
    fs.rmSync(this.draft, { force: true });
  }
}
