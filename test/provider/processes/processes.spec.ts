import assert from "node:assert/strict";
import { commandLineOf } from "../../../provider/processes/processes";

describe("the command line of a process", () => {
  it("has its arguments", () => assert.ok(commandLineOf(process.pid).some((word) => word.includes("node"))));

  it("is empty for one that does not exist", () => assert.deepEqual(commandLineOf(-1), []));
});
