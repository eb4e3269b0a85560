import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { SANDBOX_KEY, type SandboxOptions } from "mailmodo-sandbox";
import { createWorkbench, type Run, type Workbench } from "../../tools/workbench";
import { journeyId } from "./journeyId";
import { startSandbox, type Each, type RunningSandbox } from "./sandbox";

/** A project of one JavaScript program with the stack "test", the real engine, and a sandbox of its own. */
export interface Project extends Workbench {
  readonly sandbox: RunningSandbox;
  /** Runs the CLI and demands that it succeeds. */
  succeed(...args: string[]): Promise<Run>;
  /** Runs the CLI and demands that it fails. */
  fail(...args: string[]): Promise<Run>;
  /** Replaces the program. `ENROLL` stands for the line that imports the package. */
  program(text: string): void;
  /** What the sandbox was asked since the last call: the call's name and its body. */
  requests(): [call: string, body: Record<string, unknown>][];
}

const PROJECT = `name: seeds
runtime:
  name: nodejs
  options:
    typescript: false
`;

const STACK = (url: string) => `config:
  mailmodo:baseUrl: ${url}
  mailmodo:requestTimeoutSeconds: "2"
  mailmodo:requestsPerSecond: "1000"
  # The sandbox starts at once or, if a test says so, late.
  mailmodo:lateStartSeconds: "0"
  mailmodo:allowedRecipients:
    - "*@seeds.example.com"
`;

/** Makes a project with the key in the environment, and removes it afterwards. */
export function useProject(text: string, options: SandboxOptions = {}, each: Each = "test"): () => Project {
  let made: { project: Project; close: () => Promise<void> } | undefined;
  (each === "test" ? beforeEach : before)(async () => {
    made = await createProject(text, options);
  });
  (each === "test" ? afterEach : after)(async () => {
    await made?.close();
    made = undefined;
  });
  return () => made!.project;
}

/** Makes a project with the key in the environment; the caller closes it. */
export async function createProject(
  text: string,
  options: SandboxOptions = {},
): Promise<{ project: Project; close: () => Promise<void> }> {
  const sandbox = await startSandbox(options);
  const bench = await createWorkbench({
    "Pulumi.yaml": PROJECT,
    "Pulumi.test.yaml": STACK(sandbox.url),
    "package.json": "{}",
    "index.js": programText(text),
  });
  bench.env["MAILMODO_API_KEY"] = SANDBOX_KEY;
  let seen = 0;
  const expectCode = async (wanted: (code: number | null) => boolean, args: string[]) => {
    const result = await bench.pulumi(...args);
    assert.ok(wanted(result.code), `pulumi ${args.join(" ")} ended with ${result.code}:\n${result.output}`);
    return result;
  };
  const project: Project = {
    ...bench,
    sandbox,
    succeed: (...args) => expectCode((code) => code === 0, args),
    fail: (...args) => expectCode((code) => code !== 0, args),
    program: (next) => fs.writeFileSync(path.join(bench.dir, "index.js"), programText(next)),
    requests() {
      const news = sandbox.store.requests().slice(seen);
      seen += news.length;
      return news.map(({ path, body }) => [path.split("/")[2] ?? "", body as Record<string, unknown>]);
    },
  };
  const close = async () => {
    project.dispose();
    await sandbox.app.close();
  };
  // As if it had been selected, for one that is copied was not.
  bench.env["PULUMI_STACK"] = "test";
  try {
    await initStack(project);
  } catch (error) {
    await close();
    throw error;
  }
  return { project, close };
}

/** A new stack is the same each time, but for its address: the CLI makes it once in a process, and copies are made of it. */
async function initStack(project: Project): Promise<void> {
  const state = path.join(project.dir, "../state");
  const file = path.join(project.dir, "Pulumi.test.yaml");
  if (stackTemplate === undefined) {
    await project.succeed("stack", "init", "test", "--no-select");
    const made = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-mailmodo-stack-"));
    process.once("exit", () => fs.rmSync(made, { recursive: true, force: true }));
    fs.cpSync(state, made, { recursive: true });
    const [salt = ""] = /^encryptionsalt: .*$/m.exec(fs.readFileSync(file, "utf8")) ?? [];
    stackTemplate = { state: made, salt };
    return;
  }
  fs.cpSync(stackTemplate.state, state, { recursive: true });
  fs.appendFileSync(file, `${stackTemplate.salt}\n`);
}

let stackTemplate: { readonly state: string; readonly salt: string } | undefined;

function programText(text: string): string {
  return `const pulumi = require("@pulumi/pulumi");
const { Contact, JourneyCohort, JourneyEnrollment, stackAddress } = require("pulumi-mailmodo");
const journeyId = "${journeyId}";
${text}
`;
}

/** Every file below a folder but the program, where a test names what is secret. Pulumi's pipes are no files. */
export function writtenFiles(folder: string): string[] {
  return fs
    .readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.name !== "index.js")
    .flatMap((entry) => {
      const full = path.join(folder, entry.name);
      if (entry.isDirectory()) return writtenFiles(full);
      return entry.isFile() ? [full] : [];
    });
}
