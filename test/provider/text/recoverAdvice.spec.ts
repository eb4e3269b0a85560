import assert from "node:assert/strict";
import { optionsOfPreview, STACK_OPTIONS } from "../../../provider/text/configCommand";
import { recoverAdvice } from "../../../provider/text/recoverAdvice";

describe("the advice to recover", () => {
  it("names recover", () => assert.equal(recoverAdvice({}), "Run pulumi-mailmodo recover, which says what to do"));

  it("names the commands that recover a preview, in its processes", () => {
    const preview = { [STACK_OPTIONS]: optionsOfPreview("pr-1", "Pulumi.preview.yaml") };
    assert.equal(
      recoverAdvice(preview),
      "Run pulumi-mailmodo previews up or previews down again: both recover the preview first",
    );
  });
});
