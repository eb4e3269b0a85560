import assert from "node:assert/strict";
import root from "../../package.json";
import provider from "../../provider/package.json";
import manifest from "../../sandbox/package.json";
import { itIsPublishable } from "../support/manifestRules";

describe("package.json of the sandbox", () => {
  itIsPublishable(manifest, "sandbox");

  it("pins what its page is built with, which is in the package", () => {
    const ranges = Object.entries(manifest.devDependencies).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version));
    assert.deepEqual(ranges, []);
  });

  it("and the provider's depend on nothing of each other", () => {
    const of = (what: Record<string, unknown>) =>
      ["dependencies", "peerDependencies", "devDependencies"].flatMap((kind) => Object.keys(what[kind] ?? {}));
    assert.deepEqual(
      of(manifest).filter((name) => name === provider.name || name.startsWith("@pulumi/")),
      [],
    );
    assert.ok(!of(provider).includes(manifest.name));
  });

  it("has the version of the provider's, and the repository's", () => {
    assert.deepEqual([manifest.version, root.devDependencies["mailmodo-sandbox"]], [provider.version, root.version]);
  });
});
