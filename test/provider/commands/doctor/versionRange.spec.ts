import assert from "node:assert/strict";
import { isInRange } from "../../../../provider/commands/doctor/versionRange";
import manifest from "../../../../provider/package.json";

describe("whether a version is supported", () => {
  for (const [version, range, expected] of [
    ["22.0.0", ">=22", true],
    ["21.9.9", ">=22", false],
    ["24.1.0", ">=22", true],
    ["100.0.0", ">=22", true],
    ["3.168.0", "^3.168.0", true],
    ["3.167.9", "^3.168.0", false],
    ["3.1000.0", "^3.168.0", true],
    ["3.168.1", "^3.168.0", true],
    ["4.0.0", "^3.168.0", false],
    ["2.999.0", "^3.168.0", false],
    ["3.275.0-alpha.1+abc", "^3.168.0", true],
    ["dev", "^3.168.0", undefined],
    ["", ">=22", undefined],
    ["3.168.0", "3.x || 4.x", undefined],
  ] as const) {
    it(`is ${expected} of "${version}" in ${range}`, () => assert.equal(isInRange(version, range), expected));
  }

  it("is known of the ranges that the package's manifest has", () => {
    for (const range of [manifest.engines.node, manifest.peerDependencies["@pulumi/pulumi"]])
      assert.equal(isInRange("1.0.0", range), false, range);
  });
});
