import assert from "node:assert/strict";
import { previewEnvironment, stackOption } from "../../../provider/text/configCommand";
import { destroyCommand, forgetCommand, upCommand, urnsCommand } from "../../../provider/text/stackCommands";

describe("the commands in messages", () => {
  const preview = (file: string) => previewEnvironment("pr-1", file);

  it("are Pulumi's in a stack of the user's", () => {
    assert.deepEqual(
      [upCommand({}), destroyCommand({}), urnsCommand({})],
      ["pulumi up", "pulumi destroy", "pulumi stack --show-urns"],
    );
  });

  it("act on the preview, and not on the stack that is selected", () => {
    const env = preview("Pulumi.preview.yaml");
    assert.deepEqual(
      [upCommand(env), destroyCommand(env), forgetCommand("<urn>", stackOption(env)), urnsCommand(env)],
      [
        "npx pulumi-mailmodo previews up --name pr-1",
        "npx pulumi-mailmodo previews down --name pr-1",
        "pulumi state delete --stack pr-1 '<urn>'",
        "pulumi stack --stack pr-1 --show-urns",
      ],
    );
  });

  it("name the settings of the preview if they are not the usual ones", () => {
    const expected = "npx pulumi-mailmodo previews up --name pr-1 --settings 'my settings.yaml'";
    assert.equal(upCommand(preview("my settings.yaml")), expected);
  });

  it("quote a URN with an apostrophe", () =>
    assert.equal(forgetCommand("urn:it's", ""), `pulumi state delete 'urn:it'\\''s'`));

  it("quote a URN, whose $ a shell would expand", () => {
    assert.equal(
      forgetCommand("urn:pulumi:dev::seeds::a:b$c::d", ""),
      "pulumi state delete 'urn:pulumi:dev::seeds::a:b$c::d'",
    );
  });
});
