import assert from "node:assert/strict";
import * as fs from "node:fs";
import { builtinModules, createRequire } from "node:module";
import * as path from "node:path";
import { useProject } from "../support/project";

/**
 * A program with the package in it, as bundlers make one: each module of the package, and of what a program loads with it, is a
 * function in one file. Pulumi's SDK is left out, as its documents ask for.
 */
function bundle(packageFolder: string, program: string): string {
  const modules = new Map<string, string>();
  const add = (file: string): void => {
    if (modules.has(file)) return;
    modules.set(file, "");
    const find = createRequire(file);
    const text = fs.readFileSync(file, "utf8");
    if (file.endsWith(".json")) return void modules.set(file, `module.exports = ${text}`);
    const bundled = text.replace(/\brequire\(["']([^"']+)["']\)/g, (call, name: string) => {
      if (builtinModules.includes(name) || name.startsWith("node:")) return call;
      // A program loads nothing else of what the package depends on.
      if (!name.startsWith(".") && !name.startsWith("validator/")) return call;
      const target = find.resolve(name);
      add(target);
      return `load(${JSON.stringify(target)})`;
    });
    modules.set(file, bundled);
  };
  const entry = path.join(packageFolder, "dist", "index.js");
  add(entry);
  const functions = [...modules].map(
    ([file, text]) => `${JSON.stringify(file)}: (module, exports, load) => {\n${text}\n}`,
  );
  return `const bundled = {\n${functions.join(",\n")}\n};
const loaded = {};
function load(file) {
  if (loaded[file] === undefined) {
    const module = (loaded[file] = { exports: {} });
    bundled[file](module, module.exports, load);
  }
  return loaded[file].exports;
}
const { JourneyCohort, JourneyEnrollment } = load(${JSON.stringify(entry)});
${program}
`;
}

describe("a bundled program", () => {
  const project = useProject("");

  for (const [what, line] of [
    ["an enrollment", `new JourneyEnrollment("one", { journeyId, email: "qa@seeds.example.com" });`],
    ["a cohort", `new JourneyCohort("smoke", { journeyId, contacts: [] });`],
  ] as const) {
    it(`of ${what} is refused in one line that says what to do, where the package is in the bundle alone`, async () => {
      const { dir } = project();
      const installed = path.join(dir, "node_modules", "pulumi-mailmodo");
      const program = `const journeyId = "6f1c2d3e-4a5b-4c6d-8e7f-90a1b2c3d4e5";\n${line}`;
      fs.writeFileSync(path.join(dir, "index.js"), bundle(fs.realpathSync(installed), program));
      fs.rmSync(installed, { recursive: true });
      const { output } = await project().fail("preview");
      const errors = output.split("\n").filter((text) => text.includes("error:"));
      assert.match(
        errors[0] ?? output,
        /error: Pulumi's plugin would not find pulumi-mailmodo from \S+\. Add it to .*leave pulumi-mailmodo out of the bundle\./,
      );
      assert.doesNotMatch(output, /^\s+at .*:\d+/m, "a stack trace");
      assert.doesNotMatch(output, /Cannot find module/);
    });
  }
});
