import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { doctor } from "../support/doctor";
import { useProject } from "../support/project";

// Each breaks something for real, and puts it back.
describe("pulumi-mailmodo doctor looks at the project:", () => {
  const project = useProject("", {}, "suite");
  const inProject = (name: string) => path.join(project().dir, name);

  /** The line of a check with files of the project replaced; null removes one. */
  async function lineWith(check: string, files: Record<string, string | null>): Promise<string> {
    const before = Object.keys(files).map((name) => [name, textOf(inProject(name))] as const);
    try {
      for (const [name, text] of Object.entries(files)) write(inProject(name), text);
      return (await doctor(project(), {}, "--offline")).line(check);
    } finally {
      for (const [name, text] of before) write(inProject(name), text);
    }
  }

  it("says where there is none, and does not check what needs one", async () => {
    const { code, line, lines } = await doctor(project(), {}, "--offline", "--cwd", "/");
    assert.equal(code, 1);
    assert.equal(
      line("project"),
      "failure: No Pulumi project in /: there is no Pulumi.yaml. Name its folder: --cwd <folder>.",
    );
    assert.equal(line("stack"), "skipped: Not checked. There is no project here.");
    assert.equal(lines.filter(({ level }) => level === "failure").length, 1);
  });

  it("finds it from a folder below it", async () => {
    fs.mkdirSync(inProject("below"));
    const { line } = await doctor(project(), {}, "--offline", "--cwd", "below");
    assert.match(line("project"), /^ok: seeds, by \S+\/project\/Pulumi\.yaml\.$/);
  });

  for (const [what, text, says] of [
    [
      "another runtime",
      "name: seeds\nruntime: python\n",
      /^failure: The program's runtime is python, and this package/,
    ],
    ["no runtime", "name: seeds\n", /^failure: The program's runtime is not named/],
    [
      "a main that is missing",
      "name: seeds\nruntime: nodejs\nmain: gone.ts\n",
      /^failure: .*gone\.ts, does not exist\./,
    ],
    [
      "a main that is a folder",
      "name: seeds\nruntime: nodejs\nmain: app\n",
      /^failure: There is no program in \S+\/app:/,
    ],
  ] as const) {
    it(`says what is wrong with ${what}`, async () => {
      fs.mkdirSync(inProject("app"), { recursive: true });
      assert.match(await lineWith("program", { "Pulumi.yaml": text }), says);
    });
  }

  for (const [option, value] of [
    ["typescript", '"no"'],
    ["nodeargs", "[--inspect]"],
  ] as const) {
    it(`fails with an option of the runtime of another type: ${option}`, async () => {
      const text = `name: seeds\nruntime:\n  name: nodejs\n  options:\n    ${option}: ${value}\n`;
      assert.match(
        await lineWith("program", { "Pulumi.yaml": text }),
        new RegExp(
          `^failure: The project file's runtime option ${option} is not a \\w+, so no program runs\\. Correct it`,
        ),
      );
    });
  }

  it("says where the program is, by main", async () => {
    const files = { "Pulumi.yaml": "name: seeds\nruntime:\n  name: nodejs\nmain: app\n", "app/index.js": "" };
    assert.match(await lineWith("program", files), /^ok: nodejs, in \S+\/project\/app\.$/);
  });

  it("says where to correct what the CLI finds in the project file", async () => {
    const text = "name: seeds\nruntime: nodejs\noptions:\n  refresh: sometimes\n";
    assert.match(
      await lineWith("backend", { "Pulumi.yaml": text }),
      /^failure: .*#\/options\/refresh: .*"always"\. Correct that in the project file\.$/,
    );
  });

  it("says what is wrong with a project file that cannot be read", async () => {
    assert.match(await lineWith("project", { "Pulumi.yaml": "name: [" }), /^failure: Could not read Pulumi\.yaml: /);
  });
});

function textOf(file: string): string | null {
  return fs.existsSync(file) ? fs.readFileSync(file, "utf8") : null;
}

function write(file: string, text: string | null): void {
  if (text === null) fs.rmSync(file, { force: true });
  else fs.writeFileSync(file, text);
}
