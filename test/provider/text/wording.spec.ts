import assert from "node:assert/strict";
import { count, describeEnrollment } from "../../../provider/text/wording";

describe("count", () => {
  it("names one thing in the singular", () => assert.equal(count(1, "call"), "1 call"));

  it("names none in the plural", () => assert.equal(count(0, "call"), "0 calls"));

  it("uses the plural that is given", () => {
    assert.equal(count(2, "start or abort", "starts or aborts"), "2 starts or aborts");
  });
});

describe("describeEnrollment", () => {
  it("names the journey and the masked address", () => {
    assert.equal(
      describeEnrollment({ journeyId: "6f1c", email: "jane@example.com" }),
      "journey 6f1c for j***@example.com",
    );
  });
});
