import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/** For the tests of a suite: keeps what is written as a profile file, in a folder of its own. Returns the file's path. */
export function useProfileFolder(): (content: string) => string {
  let folder = "";
  before(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "profile-"))));
  after(() => fs.rmSync(folder, { recursive: true }));
  return (content) => {
    const file = path.join(folder, "profile.json");
    fs.writeFileSync(file, content);
    return file;
  };
}
