// The CLI is a script here that fails; test/engine runs the real one.
import assert from "node:assert/strict";
import * as path from "node:path";
import { PreviewStack } from "../../../../provider/commands/previews/previewStack";
import { DESTROY, DRY_RUN, Steps, UP } from "../../../../provider/commands/previews/steps";
import { Cli } from "../../../../provider/pulumi/cli";
import { replaceCli } from "../../../support/replaceCli";
import { useTemporaryFolder } from "../../../support/temporaryFolder";

describe("a step of a preview that fails", () => {
  const root = useTemporaryFolder();
  const stop = { throwIfStopped: () => undefined, signal: new AbortController().signal };

  /** The message of the error. */
  async function failureOf(step: typeof UP, source: string): Promise<string> {
    const dir = path.join(root(), "project");
    const cli = new Cli(root(), replaceCli({ dir }, "exit 255"));
    const project = { folder: root(), name: "seeds", settingsFolder: root() };
    const files = { settings: path.join(root(), "copy.yaml"), settingsFolder: root(), source };
    const stack = new PreviewStack("pr-42", project, cli, files);
    const steps = new Steps(
      stack,
      stop,
      () => undefined,
      async () => undefined,
    );
    return steps.run(step).then(
      () => assert.fail("it succeeded"),
      ({ message }: Error) => message,
    );
  }

  for (const [file, option] of [
    ["Pulumi.preview.yaml", ""],
    ["Pulumi.preview-sandbox.yaml", " --settings Pulumi.preview-sandbox.yaml"],
    ["my settings.yaml", " --settings 'my settings.yaml'"],
  ] as const) {
    it(`names the down that has the preview's settings: ${file}`, async () => {
      const down = `, or destroy it: npx pulumi-mailmodo previews down --name pr-42${option}.`;
      for (const step of [UP, DRY_RUN]) {
        const message = await failureOf(step, file);
        assert.ok(message.endsWith(down), message);
      }
    });
  }

  it("says of a destroy to run it again", async () =>
    assert.match(await failureOf(DESTROY, "x.yaml"), /something may still run; .* Fix that and run it again\.$/));
});
