import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";

/** Which packages are loaded by what a test or a program imports, as built, in a process of its own. */
function loadedBy(entry: string): string[] {
  const script = `
    require(${JSON.stringify(entry)});
    console.log(JSON.stringify(Object.keys(require.cache)));
  `;
  const files = JSON.parse(execFileSync(process.execPath, ["-e", script], { encoding: "utf8" })) as string[];
  return files.map((file) => file.split("/node_modules/").at(-1) ?? "");
}

describe("the entries of the package", () => {
  it("load no Pulumi with the inbox", () => {
    const loaded = loadedBy("pulumi-mailmodo/inbox");
    assert.ok(loaded.some((file) => file.startsWith("@aws-sdk/client-s3/")));
    assert.deepEqual(
      loaded.filter((file) => file.startsWith("@pulumi/")),
      [],
    );
  });

  it("load nothing of S3, and no parsers, with the resources", () => {
    const loaded = loadedBy("pulumi-mailmodo");
    assert.ok(loaded.some((file) => file.startsWith("@pulumi/pulumi/")));
    assert.deepEqual(
      loaded.filter((file) => /^(@aws-sdk\/client-s3|postal-mime|htmlparser2)\//.test(file)),
      [],
    );
  });
});
