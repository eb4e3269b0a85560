import assert from "node:assert/strict";
import { profileGroups } from "../../../sandbox/page/model/profileGroups";
import { groupTitle, profileText } from "../../../sandbox/page/model/profileTexts";
import { profiles } from "../../../sandbox/state/profiles";

describe("The profiles on the sandbox's page", () => {
  const groups = profileGroups(Object.keys(profiles));

  it("are in groups whose headings are in words", () => {
    assert.deepEqual(
      [...groups.keys()].filter((word) => groupTitle(word) === word),
      [],
    );
  });

  it("are each explained", () => {
    assert.deepEqual(
      [...groups.values()].flat().filter((name) => profileText(name) === ""),
      [],
    );
    assert.equal(
      profileText("limit-5-429-date"),
      "429 to more than 5 requests in any one second, with Retry-After as a date.",
    );
  });
});
