import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/** A folder for each test, which is removed after it. */
export function useTemporaryFolder(): () => string {
  let folder: string;
  beforeEach(() => {
    folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-mailmodo-")));
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));
  return () => folder;
}
