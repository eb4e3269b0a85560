import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { createRunner, useFolderBackend } from "../support/previews";
import { useProject } from "../support/project";
import { UP } from "../support/pulumiArgs";
import { useSandbox } from "../support/sandbox";

describe("compiled code that Node keeps", () => {
  const project = useProject(
    `new JourneyEnrollment("qa", { journeyId, email: stackAddress("qa@seeds.example.com") });`,
  );

  it("serves the next run's program and plugin", async () => {
    const env = { NODE_COMPILE_CACHE: path.join(project().dir, "../compiled") };
    assert.equal((await project().pulumiWith(env, ...UP)).code, 0);

    const { output } = await project().pulumiWith({ ...env, NODE_DEBUG_NATIVE: "COMPILE_CACHE" }, ...UP);
    const used = [...output.matchAll(/([^/]+\.js) was accepted/g)].map(([, file]) => file);
    for (const file of ["index.js", "journeyEnrollment.js", "enrollmentLifecycle.js"]) {
      assert.ok(used.includes(file), file);
    }
  });
});

describe("pulumi-mailmodo previews", () => {
  const sandbox = useSandbox();
  const backend = useFolderBackend();

  it("has Node keep compiled code in Pulumi's home, and leaves the project as it is", async () => {
    const runner = await createRunner(sandbox(), { env: backend().env });
    try {
      runner.env["NODE_COMPILE_CACHE"] = undefined;
      const before = fs.readdirSync(runner.dir);
      await runner.succeed("up", "--name", "pr-42");
      const compiled = path.join(runner.env["PULUMI_HOME"] ?? "", "mailmodo-compile-cache");
      const files = fs.readdirSync(compiled, { recursive: true, encoding: "utf8" });
      // The Automation API alone, which the command itself loads, has fewer than the program and the plugin add.
      assert.ok(files.length > 400, `${files.length}`);
      assert.deepEqual(fs.readdirSync(runner.dir), before);
    } finally {
      runner.dispose();
    }
  });
});
