import assert from "node:assert/strict";
import Module from "node:module";
import { ARCHIVE_LOADER, LOADER, TYPES } from "../../../provider/model/stateFormat";

interface Handler {
  handler: () => Record<string, unknown>;
}

describe("the loader", () => {
  // If this test fails, the text was changed. Change it back: state with the old text lives as long as the stacks do.
  it("is the text that state has held since 0.1.0", () => {
    assert.equal(LOADER, `exports.handler = () => require("pulumi-mailmodo/enrollmentLifecycle")`);
  });

  it("is such a text for what archives contacts, too", () => {
    assert.equal(ARCHIVE_LOADER, `exports.handler = () => require("pulumi-mailmodo/archiveLifecycle")`);
    assert.equal(TYPES.archive, "pulumi-nodejs:dynamic/mailmodo:ContactArchive");
  });

  for (const loader of [LOADER, ARCHIVE_LOADER]) {
    it(`loads the package's lifecycle when it is evaluated as the plugin does (${loader})`, () => {
      const text = new Module("") as Module & { _compile(code: string, name: string): void };
      text.paths = module.paths;
      text._compile(loader, "");
      const { handler } = text.exports as Handler;
      for (const method of ["configure", "check", "diff", "create", "update", "delete"]) {
        assert.equal(typeof handler()[method], "function", method);
      }
    });
  }
});
