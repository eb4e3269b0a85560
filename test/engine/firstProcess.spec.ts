import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { run } from "../../tools/workbench";
import { inNamespaces } from "../support/namespaces";
import { useProject } from "../support/project";
import { DESTROY, UP } from "../support/pulumiArgs";
import { recoverByCli } from "../support/recoverByCli";
import { requestNumber } from "../support/requestNumber";

const PROGRAM = `
const contact = new Contact("ada", { email: stackAddress("ada@seeds.example.com"), list: "Seeds" });
new JourneyEnrollment("welcome", { journeyId, email: contact.email });
`;

// As with the official image: ENTRYPOINT ["pulumi"].
describe("Pulumi as the first process of a container, with a relative backend and the program in a folder of its own", () => {
  let answer = () => {};
  const project = useProject(PROGRAM, { sleep: () => new Promise((resolve) => (answer = resolve)) });
  afterEach(() => answer());

  beforeEach(() => {
    const { dir, env } = project();
    fs.mkdirSync(path.join(dir, "sub"));
    fs.renameSync(path.join(dir, "index.js"), path.join(dir, "sub/index.js"));
    fs.appendFileSync(path.join(dir, "Pulumi.yaml"), "main: sub\n");
    env["PULUMI_BACKEND_URL"] = "file://../state";
  });

  /** The command line, and the environment. The CLI is not on PATH; its own plugins are beside it. */
  function contained(args: readonly string[]): { command: string[]; env: NodeJS.ProcessEnv } {
    const folders = project().env["PATH"]!.split(path.delimiter);
    const others = folders.filter((folder) => !fs.existsSync(path.join(folder, "pulumi")));
    const command = inNamespaces(["pid"], [path.join(folders[0]!, "pulumi"), ...args, "--non-interactive"]);
    return { command, env: { ...project().env, PATH: others.join(path.delimiter) } };
  }

  it("archives the contact in a destroy", async () => {
    for (const args of [UP, DESTROY]) {
      const { command, env } = contained(args);
      const { code, output } = await run(command[0]!, command.slice(1), project().dir, env);
      assert.equal(code, 0, output);
    }
    const archived = project()
      .sandbox.contacts()
      .map((contact) => contact.archived);
    assert.deepEqual(archived, [true]);
  });

  it("writes notes that recover takes for the stack's", async () => {
    project().sandbox.faults.add({ kind: "delay", delayMs: 1, on: "start", count: 1 });
    const asked = requestNumber(project(), 2);
    const { command, env } = contained(UP);
    const living = spawn(command[0]!, command.slice(1), { cwd: project().dir, env, stdio: "ignore" });
    const ended = once(living, "exit");
    await asked;
    const alive = await recoverByCli(project());
    assert.match(alive.stderr, /^The stack test is locked by \S+ \(pid 1\), which is still running\./);

    living.kill("SIGKILL");
    await ended;
    answer();
    const { code, output } = await recoverByCli(project());
    assert.equal(code, 0, output);
    assert.match(output, /^Freed the lock of a run that has ended \(pid 1\)\.$/m);
    assert.deepEqual(
      project()
        .sandbox.instances()
        .map(({ status }) => status),
      ["aborted"],
    );
  });
});
