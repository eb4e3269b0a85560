import * as fs from "node:fs";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import { backendFolder } from "./backend";
import { bucketOf } from "./stateBucketUrl";

/** The files of a backend that keeps its states in a folder or in a bucket of S3. They are only read. */
export interface StateFiles {
  /**
   * The files whose keys begin with a prefix.
   *
   * @param prefix A path of folders, which ends in a slash.
   */
  list(prefix: string): Promise<readonly StoredFile[]>;
  /** @returns Undefined if there is no such file. */
  read(key: string): Promise<Buffer | undefined>;
  urlOf(key: string): string;
}

export interface StoredFile {
  /** Its path in the backend, with slashes. */
  readonly key: string;
  /** When it was last written, in milliseconds since 1970. */
  readonly modifiedAt: number;
}

/**
 * Opens the files of a backend.
 *
 * @param url The backend's URL.
 * @param cwd What a relative path in the URL is relative to.
 * @returns Undefined if only the CLI can read the backend: one of another kind, or with parameters that are not known here.
 */
export async function openStateFiles(
  url: string,
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<StateFiles | undefined> {
  if (url.startsWith("file://")) return new StateFolder(backendFolder(url, cwd));
  const bucket = bucketOf(url, env);
  if (bucket === undefined) return undefined;
  // Loaded here, because it loads AWS's client.
  const { StateBucket } = await import("./stateBucket");
  return new StateBucket(bucket);
}

class StateFolder implements StateFiles {
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
