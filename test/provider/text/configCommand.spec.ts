import assert from "node:assert/strict";
import {
  isInPreview,
  keyCommand,
  nameStack,
  previewEnvironment,
  stackOption,
  stackOptions,
} from "../../../provider/text/configCommand";

describe("the command that sets a setting", () => {
  const preview = previewEnvironment("pr-1", "Pulumi.preview.yaml");

  it("has no options outside of a preview", () => {
    assert.equal(stackOptions({}), "");
    assert.equal(stackOption({}), "");
    assert.equal(isInPreview({}), false);
    assert.equal(keyCommand({}), "pulumi config set --secret mailmodo:apiKey <key>");
  });

  it("names a preview's stack and settings, so that the selected stack is not changed", () => {
    assert.equal(stackOptions(preview), "--stack pr-1 --config-file Pulumi.preview.yaml ");
    assert.equal(stackOption(preview), "--stack pr-1 ");
    assert.equal(isInPreview(preview), true);
  });

  for (const [stack, file, options] of [
    ["dev", undefined, "--stack dev "],
    ["acme/dev", "my settings.yaml", "--stack acme/dev --config-file 'my settings.yaml' "],
    [undefined, "dev.yaml", ""],
  ] as const) {
    it(`names the stack that a command works on, if one was named to it: ${stack ?? "none"}`, () => {
      const env: NodeJS.ProcessEnv = {};
      nameStack(stack, file, env);
      assert.equal(stackOptions(env), options);
      assert.equal(isInPreview(env), false);
      assert.equal(keyCommand(env), `pulumi config set ${options}--secret mailmodo:apiKey <key>`);
    });
  }

  it("names the preview in its processes, whatever started them", () => {
    const env: NodeJS.ProcessEnv = { ...preview };
    nameStack("dev", undefined, env);
    assert.equal(stackOptions(env), stackOptions(preview));
  });

  it("does not set a preview's key", () => assert.equal(keyCommand(preview), "put it in MAILMODO_API_KEY"));

  it("quotes a file's name for a shell if it must", () =>
    assert.equal(stackOptions(previewEnvironment("a", "it's.yaml")), `--stack a --config-file 'it'\\''s.yaml' `));
});
