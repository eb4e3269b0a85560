import * as fs from "node:fs";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import type { StateFiles, StoredFile } from "./stateFiles";

/** The files of a backend in a folder. */
export class StateFolder implements StateFiles {
  constructor(private readonly root: string) {}

  async list(prefix: string): Promise<StoredFile[]> {
    const below = path.join(this.root, prefix);
    if (!fs.existsSync(below)) return [];
    const found = fs.readdirSync(below, { recursive: true, withFileTypes: true });
    return found.flatMap((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      const stat = entry.isFile() ? fs.statSync(file, { throwIfNoEntry: false }) : undefined;
      const key = path.relative(this.root, file).split(path.sep).join("/");
      return stat === undefined ? [] : [{ key, modifiedAt: stat.mtimeMs }];
    });
  }

  async read(key: string): Promise<Buffer | undefined> {
    try {
      return await fs.promises.readFile(path.join(this.root, key));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  }

  urlOf(key: string): string {
    return pathToFileURL(path.join(this.root, key)).href;
  }
}
