import assert from "node:assert/strict";
import { nextCommands, adviceToRun } from "../../../../provider/commands/recover/nextCommands";
import { previewEnvironment } from "../../../../provider/text/configCommand";

describe("what a recovery names to be run next", () => {
  const PREVIEW = previewEnvironment("pr-1", "a $& b.yaml");

  it("is a command of Pulumi's, and recover, for a stack of the user's", () => {
    const next = nextCommands({ stack: "dev", env: {} });
    assert.deepEqual([next.up, next.destroy, next.preview], ["pulumi up", "pulumi destroy", undefined]);
    assert.deepEqual(
      [next.again(), next.again("--run-is-over")],
      ["recover again", "run this again with --run-is-over"],
    );
    assert.equal(adviceToRun("pulumi refresh", next), "pulumi refresh");
  });

  it("is a command of previews for a preview, with its settings", () => {
    const { up, destroy, preview } = nextCommands({ stack: "pr-1", env: PREVIEW });
    const ending = "--name pr-1 --settings 'a $& b.yaml'";
    assert.deepEqual(
      [up, destroy, preview],
      [`npx pulumi-mailmodo previews up ${ending}`, `npx pulumi-mailmodo previews down ${ending}`, "pr-1"],
    );
  });

  it("is what the caller names to recover again", () => {
    const again = (option = "") => `run down ${option}`;
    assert.equal(nextCommands({ stack: "pr-1", env: PREVIEW, again }).again("--run-is-over"), "run down --run-is-over");
  });

  it("tells of the settings file that Pulumi writes for a preview, which previews would refuse", () => {
    const next = nextCommands({ stack: "pr-1", env: PREVIEW });
    assert.equal(adviceToRun("pulumi refresh", next), "pulumi refresh, and delete the Pulumi.pr-1.yaml that it makes");
  });
});
