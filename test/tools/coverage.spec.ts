import assert from "node:assert/strict";
import { ownPart } from "../../tools/coverage/coverage";

describe("ownPart", () => {
  it("keeps what a process's coverage says of provider and sandbox, the build and its maps with it", () => {
    const own = [
      "file:///work/provider/inputs.ts",
      "file:///work/provider/dist/inputs.js",
      "file:///work/sandbox/store.ts",
    ];
    const others = [
      "node:internal/fs",
      "file:///work/node_modules/axios/index.js",
      "file:///work/test/provider/inputs.spec.ts",
      "file:///work/providers/inputs.ts",
      "file:///elsewhere/provider/inputs.ts",
    ];
    const scripts = (urls: string[]) => urls.map((url) => ({ url, functions: [] }));
    const maps = (urls: string[]) => Object.fromEntries(urls.map((url) => [url, { data: null }]));
    assert.deepEqual(
      ownPart({ result: scripts([...others, ...own]), "source-map-cache": maps([...others, ...own]) }, "/work"),
      { result: scripts(own), "source-map-cache": maps(own) },
    );
  });

  it("takes coverage without maps", () => {
    assert.deepEqual(ownPart({ result: [] }, "/work"), { result: [], "source-map-cache": {} });
  });
});
