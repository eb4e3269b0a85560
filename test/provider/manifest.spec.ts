import assert from "node:assert/strict";
import root from "../../package.json";
import manifest from "../../provider/package.json";
import { itIsPublishable } from "../support/manifestRules";

describe("package.json of the provider", () => {
  itIsPublishable(manifest, "provider");

  it("lets the repository pin what it is tested with", () => {
    const ranges = Object.entries(root.devDependencies).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version));
    assert.deepEqual(ranges, []);
  });

  it("allows the SDK that the repository is tested with", () => {
    const range = manifest.peerDependencies["@pulumi/pulumi"];
    const [, major, minor] = /^\^(\d+)\.(\d+)\.0$/.exec(range) ?? assert.fail(range);
    const tested = root.devDependencies["@pulumi/pulumi"].split(".");
    assert.equal(tested[0], major);
    assert.ok(Number(tested[1]) >= Number(minor));
  });
});
