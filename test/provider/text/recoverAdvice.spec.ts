import assert from "node:assert/strict";
import { previewEnvironment } from "../../../provider/text/configCommand";
import {
  adviceOnOtherStack,
  previewRecoveryAdvice,
  recoverAdvice,
  unreadableAdvice,
  unreadAdvice,
  unrecordedAdvice,
} from "../../../provider/text/recoverAdvice";

const PREVIEW = previewEnvironment("pr-1", "Pulumi.preview.yaml");

describe("the advice on a file that cannot be read", () => {
  it("names its owner only where that is what is missing", () => {
    for (const code of ["EACCES", "EPERM"]) assert.equal(unreadableAdvice(code), "Recover as the user who owns it.");
    for (const code of ["EFBIG", "EIO"])
      assert.match(unreadableAdvice(code), /^Look at it: if it is damaged, or not of/);
  });
});

describe("the advice to recover", () => {
  for (const [stack, argument] of [
    ["organization/seeds/dev", "dev"],
    ["acme/seeds/dev", "acme/dev"],
    [undefined, "<name>"],
  ] as const) {
    it(`names recover and the stack: ${stack ?? "unknown"}`, () => {
      assert.equal(
        recoverAdvice(stack, {}),
        `Run npx pulumi-mailmodo recover --stack ${argument}, which says what to do`,
      );
    });
  }

  // `recover` refuses a preview, and `previews up` does not go on while something is left that needs a destroy.
  for (const [what, advice, says] of [
    ["of a killed run", recoverAdvice, /^Run npx pulumi-mailmodo previews down --name pr-1, which recovers /],
    [
      "at notes that cannot be read",
      unreadAdvice,
      /^Run npx pulumi-mailmodo previews down --name pr-1, with the API key/,
    ],
    [
      "at an unrecorded contact",
      unrecordedAdvice,
      /^npx pulumi-mailmodo previews down --name pr-1 archives the contact if /,
    ],
  ] as const) {
    it(`names in a preview the command that goes on whatever is left, ${what}`, () => {
      const text = advice("organization/seeds/pr-1", PREVIEW);
      assert.match(text, says);
      assert.doesNotMatch(text, /previews up| recover --stack|pulumi up/);
    });
  }
});

describe("the advice to recover a preview from outside", () => {
  const SETTINGS = "(add the --settings that it was made with, if any)";

  it("asks for the settings where they are not known", () => {
    assert.equal(
      previewRecoveryAdvice("organization/seeds/pr-1"),
      `npx pulumi-mailmodo previews up --name pr-1, or previews down --name pr-1 ${SETTINGS}`,
    );
    assert.match(adviceOnOtherStack("pr-1"), / or previews down --name pr-1 \(add the --settings .*, if any\)\.$/);
  });

  for (const [file, options] of [
    ["Pulumi.preview.yaml", ""],
    ["my settings.yaml", " --settings 'my settings.yaml'"],
  ] as const) {
    it(`names the settings where they are known: ${file}`, () => {
      assert.equal(
        previewRecoveryAdvice("pr-1", { file, options: " --run-is-over" }),
        `npx pulumi-mailmodo previews up --name pr-1${options} --run-is-over, or ` +
          `previews down --name pr-1${options} --run-is-over`,
      );
    });
  }
});
