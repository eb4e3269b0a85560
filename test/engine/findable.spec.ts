import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { useProject } from "../support/project";

describe("a program that uses the package through a library", () => {
  const project = useProject("");

  it("is refused in one line that says what to do, where only the library has the package", async () => {
    const { dir } = project();
    const library = path.join(dir, "node_modules", "@acme", "seeds");
    fs.mkdirSync(path.join(library, "node_modules"), { recursive: true });
    fs.renameSync(
      path.join(dir, "node_modules", "pulumi-mailmodo"),
      path.join(library, "node_modules", "pulumi-mailmodo"),
    );
    fs.writeFileSync(path.join(library, "index.js"), `module.exports = require("pulumi-mailmodo");\n`);
    fs.writeFileSync(
      path.join(dir, "index.js"),
      `const { JourneyCohort } = require("@acme/seeds");
       new JourneyCohort("smoke", { journeyId: "6f1c2d3e-4a5b-4c6d-8e7f-90a1b2c3d4e5", contacts: [] });\n`,
    );
    const { output } = await project().fail("preview");
    const errors = output.split("\n").filter((line) => line.includes("error:"));
    assert.match(errors[0] ?? output, /error: Pulumi's plugin would not find pulumi-mailmodo from \S+\. Add it to/);
    assert.doesNotMatch(output, /^\s+at .*:\d+/m, "a stack trace");
    assert.doesNotMatch(output, /Cannot find module/);
  });
});
