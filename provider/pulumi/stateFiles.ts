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
