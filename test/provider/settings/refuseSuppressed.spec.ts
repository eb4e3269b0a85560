import assert from "node:assert/strict";
import { refuseSuppressed } from "../../../provider/settings/refuseSuppressed";
import { previewEnvironment } from "../../../provider/text/configCommand";

describe("refuseSuppressed", () => {
  const read = (text: string | undefined, env: NodeJS.ProcessEnv = {}) => refuseSuppressed({ get: () => text }, env);

  for (const [text, value] of [
    [undefined, false],
    ["", false],
    ["false", false],
    ["true", true],
    [" true\n", true],
  ] as const) {
    it(`takes ${JSON.stringify(text)} as ${value}`, () => assert.equal(read(text), value));
  }

  for (const text of ["yes", "1", "TRUE", "[true]"]) {
    it(`refuses ${text} and names the command`, () => {
      assert.throws(() => read(text), {
        name: "SettingsError",
        message:
          "mailmodo:refuseSuppressed must be true or false. Set it: pulumi config set mailmodo:refuseSuppressed true.",
      });
    });
  }

  it("names the settings of a preview there", () => {
    const env = previewEnvironment("pr-1", "Pulumi.preview.yaml");
    assert.throws(
      () => read("maybe", env),
      /pulumi config set --stack pr-1 --config-file Pulumi\.preview\.yaml mailmodo:refuseSuppressed true\.$/,
    );
  });
});
