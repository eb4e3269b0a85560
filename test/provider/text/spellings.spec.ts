import assert from "node:assert/strict";
import { anyOf, spellingsOf } from "../../../provider/text/spellings";

describe("the spellings of what was sent", () => {
  for (const answer of [
    "a+b/c@d",
    "A+B/C@D",
    "a%2Bb%2Fc%40d",
    "a%252Bb%252Fc%2540d",
    "a&#43;b&#47;c&#64;d",
    "a&#x2b;b&#x2F;c&#x40;d",
    "a\\u002bb\\u002fc\\u0040d",
    "YStiL2NAZA==",
  ]) {
    it(`are found in: ${answer}`, () => {
      assert.equal(
        `it is ${answer}.`.replace(anyOf(spellingsOf("a+b/c@d")), "[sent]").replace("==", ""),
        "it is [sent].",
      );
    });
  }

  it("are none of nothing", () => assert.equal("any".replace(anyOf([]), "[sent]"), "any"));
});
