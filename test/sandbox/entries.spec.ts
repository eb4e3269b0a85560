import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";

/** The packages that an entry of the package loads, as built, in a process of its own. */
function loadedBy(entry: string): Set<string> {
  const script = `
    require(${JSON.stringify(entry)});
    console.log(JSON.stringify(Object.keys(require.cache)));
  `;
  const files = JSON.parse(execFileSync(process.execPath, ["-e", script], { encoding: "utf8" })) as string[];
  return new Set(files.map((file) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? ""));
}

describe("the entries of mailmodo-sandbox", () => {
  it("load no AWS SDK with the sandbox, and no composer of messages", () => {
    const loaded = loadedBy("mailmodo-sandbox");
    assert.ok(loaded.has("fastify"));
    assert.deepEqual(
      [...loaded].filter((name) => /^(@aws-sdk\/|@pulumi\/|nodemailer$)/.test(name)),
      [],
    );
  });

  it("load the AWS SDK with the delivery to a bucket", () => {
    assert.ok(loadedBy("mailmodo-sandbox/bucket").has("@aws-sdk/client-s3"));
  });
});
