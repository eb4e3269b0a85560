import assert from "node:assert/strict";
import { inspect } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { programError } from "../../../provider/program/programError";

describe("programError", () => {
  it("leaves no frame for Node to colour, as Pulumi has it do for a trace", () => {
    const error = programError("stackAddress takes a plain e-mail address.");
    assert.ok(pulumi.RunError.isInstance(error));
    assert.doesNotMatch(inspect(error, { colors: true }), /\n +at /);
  });
});
