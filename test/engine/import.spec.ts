import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { TYPES } from "../../provider/model/stateFormat";
import { readPage } from "../support/markdown";
import { useProject } from "../support/project";

/** Pulumi's plugin fails before it loads this package: what is imported has no loader text yet. */
const SAYS = "code must be a string, not undefined";

describe("pulumi import", () => {
  const project = useProject("", {}, "suite");
  const id = "6f1c2d3e-4a5b-4c6d-8e7f-90a1b2c3d4e5";
  const expectNothing = async () => {
    const { output } = await project().succeed("stack", "export");
    assert.doesNotMatch(output, /dynamic\/mailmodo/);
    assert.deepEqual(project().requests(), []);
  };

  for (const [name, type] of Object.entries(TYPES)) {
    it(`of a resource of the type ${name} fails in words that the documents explain, and changes nothing`, async () => {
      const { output } = await project().fail("import", type, "one", id, "--yes");
      assert.match(output, new RegExp(`error: Preview failed: ${SAYS}`));
      await expectNothing();
    });
  }

  it("of a list of resources does the same", async () => {
    const file = path.join(project().dir, "import.json");
    fs.writeFileSync(file, JSON.stringify({ resources: [{ type: TYPES.enrollment, name: "one", id }] }));
    const { output } = await project().fail("import", "--file", file, "--yes");
    assert.match(output, new RegExp(`error: Preview failed: ${SAYS}`));
    await expectNothing();
  });

  it("is explained by the page of all errors", () => {
    assert.ok(readPage("docs/troubleshooting.md").text.includes(`**\`${SAYS}\`**`));
  });
});
