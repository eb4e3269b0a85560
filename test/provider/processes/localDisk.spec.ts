import assert from "node:assert/strict";
import * as os from "node:os";
import { isLocalDisk } from "../../../provider/processes/localDisk";

describe("whether a path is on a disk of this machine", () => {
  it("is true of a temporary folder, where the system tells", () => {
    assert.equal(isLocalDisk(os.tmpdir()), process.platform === "linux" ? true : undefined);
  });

  it("is false of a file system that is none of the known local ones", function () {
    if (process.platform === "linux") assert.equal(isLocalDisk("/proc"), false);
  });
});
