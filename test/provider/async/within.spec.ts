import assert from "node:assert/strict";
import { NoAnswer, within } from "../../../provider/async/within";

describe("waiting within a limit", () => {
  it("gives what comes in time", async () => {
    assert.equal(await within(Promise.resolve("done"), 60_000), "done");
  });

  it("throws what fails in time", async () => {
    await assert.rejects(within(Promise.reject(new Error("broken")), 60_000), /^Error: broken$/);
  });

  it("ends with an error of its own if nothing comes", async () => {
    await assert.rejects(
      within(new Promise(() => undefined), 10),
      (error: Error) => error instanceof NoAnswer && error.message === "no answer within 0.01 s.",
    );
  });
});
