import assert from "node:assert/strict";
import { once } from "node:events";
import * as path from "node:path";
import { TYPES } from "../../provider/model/stateFormat";
import { addStack } from "../support/addStack";
import { editState } from "../support/editState";
import { journeyId } from "../support/journeyId";
import { pluginsOf } from "../support/pluginsOf";
import { useFolderBackend, useRunners } from "../support/previews";
import { useProject, type Project } from "../support/project";
import { DESTROY, UP } from "../support/pulumiArgs";
import { recoverByCli } from "../support/recoverByCli";
import { requestNumber } from "../support/requestNumber";
import { useSandbox, type RunningSandbox } from "../support/sandbox";

const jane = "jane@seeds.example.com";
const PROGRAM = `
if (pulumi.getStack() === "other") new JourneyEnrollment("welcome", { journeyId, email: "${jane}" });
else new Contact("jane", { email: "${jane}", list: "Seeds" });
`;

const active = (sandbox: RunningSandbox) =>
  sandbox.contacts().flatMap(({ email, archived }) => (archived ? [] : [email]));
const HELD =
  /Could not archive the contact j\*\*\*@seeds\.example\.com: a run of the stack \S+ is starting a journey for it or adding it, or was killed in that\. Nothing was sent\./;

describe("a contact of a stack while an up of another stack starts a journey for it", () => {
  let release = () => {};
  const answer = new Promise<void>((resolve) => (release = resolve));
  const project = useProject(PROGRAM, { sleep: () => answer });
  afterEach(() => release());

  it("stays in the state, and is left in Mailmodo once that stack enrolls it", async () => {
    const { sandbox } = project();
    await project().succeed("config", "set", "mailmodo:requestTimeoutSeconds", "20");
    await project().succeed(...UP);
    const env = await addStack(project(), "another stack");
    sandbox.addFault({ kind: "delay", on: "start", delayMs: 1 });
    const reached = requestNumber(project(), 1);
    const up = project().pulumiWith(env, ...UP);
    await reached;
    const { output } = await project().fail(...DESTROY);
    assert.match(output, HELD);
    release();
    assert.equal((await up).code, 0);
    const destroyed = await project().succeed(...DESTROY);
    assert.match(
      destroyed.output,
      /Left the contact j\*\*\*@seeds\.example\.com in Mailmodo: the stack other has it\./,
    );
    assert.deepEqual([active(sandbox), sandbox.running()], [[jane], [jane]]);
  });
});

/** Kills an up of another stack in a start of the contact: its plugins, and the CLI too if it is to be. */
async function killInStart(project: Project, isCliKilled: boolean): Promise<void> {
  const { sandbox } = project;
  await project.succeed(...UP);
  const env = await addStack(project, "another stack");
  sandbox.addFault({ kind: "delay", on: "start", delayMs: 1_500 });
  const cli = project.start(env, ...UP);
  const ended = once(cli, "exit");
  while (sandbox.running().length === 0) await new Promise((resolve) => setImmediate(resolve));
  const plugins = pluginsOf(project);
  if (isCliKilled) cli.kill("SIGKILL");
  for (const pid of plugins) process.kill(pid, "SIGKILL");
  assert.notDeepEqual(await ended, [0, null]);
  sandbox.clearFaults();
}

/** Runs what the error of a destroy says, and destroys again. */
async function destroyAsAdvised(project: Project, why: RegExp, advice: RegExp): Promise<void> {
  const { output } = await project.fail(...DESTROY);
  assert.match(output, why);
  const { sandbox } = project;
  assert.deepEqual([active(sandbox), sandbox.running()], [[jane], [jane]]);
  const [, command = ""] = advice.exec(output) ?? [];
  const { code, output: recovered } = await recoverByCli(project, ...command.split(" "));
  assert.equal(code, 0, recovered);
  assert.deepEqual(sandbox.running(), []);
  await project.succeed(...DESTROY);
  assert.deepEqual([active(sandbox), sandbox.running()], [[], []]);
}

describe("a contact of a stack, when an up of another stack was killed in a start of it", () => {
  const project = useProject(PROGRAM);
  beforeEach(() => killInStart(project(), true));
  const destroy = (why: RegExp) =>
    destroyAsAdvised(project(), why, / run npx pulumi-mailmodo recover (--stack \S+) first/);

  it("stays in the state until that stack is recovered, as the destroy says", () => destroy(HELD));

  it("stays so in a stack that was renamed", async () => {
    await project().succeed("stack", "rename", "renamed");
    project().env["PULUMI_STACK"] = "renamed";
    await destroy(/: a killed run of the stack other may have started journey /);
  });
});

// Only a note tells of the start.
describe("a contact of a stack, when only the plugin of another stack's up was killed in a start of it", () => {
  const project = useProject(PROGRAM);
  beforeEach(() => killInStart(project(), false));
  const destroy = (advice: RegExp) => destroyAsAdvised(project(), HELD, advice);

  it("stays in the state until that stack is recovered, as the destroy says", () =>
    destroy(/ run npx pulumi-mailmodo recover (--stack other) first/));

  it("stays so if that stack was removed, until its own stack is recovered", async () => {
    await project().succeed("stack", "rm", "--yes", "--force", "other");
    await destroy(/There is no stack other any more\. Run npx pulumi-mailmodo recover (--stack test), /);
  });
});

describe("a contact of a preview, when another preview was killed in a start of it", () => {
  const sandbox = useSandbox();
  const backend = useFolderBackend();
  const newRunner = useRunners(sandbox, backend);

  it("keeps the preview until the other one is recovered, as the down says", async () => {
    const imports = `const pulumi = require("@pulumi/pulumi"); const { Contact } = require("pulumi-mailmodo");`;
    const program = PROGRAM.replace('"other"', '"pr-2"');
    const runner = await newRunner({ program: `${imports} const journeyId = "${journeyId}"; ${program}` });
    for (const name of ["pr-1", "pr-2"]) await runner.succeed("up", "--name", name);
    editState(path.join(backend().dir, ".pulumi/stacks/seeds/pr-2.json"), (latest) => {
      const enrollment = latest.resources.find(({ type }) => type === TYPES.enrollment)!;
      latest.resources = latest.resources.filter((one) => one !== enrollment);
      latest.pending_operations = [{ type: "creating", resource: { ...enrollment, id: "", outputs: {} } }];
    });

    const { code, output } = await runner.previews("down", "--name", "pr-1");
    assert.equal(code, 1);
    assert.match(output, HELD);
    assert.deepEqual([active(sandbox()), sandbox().running()], [[jane], [jane]]);
    const [, advised = ""] = / npx pulumi-mailmodo previews (up --name \S+), or previews down /.exec(output) ?? [];
    await runner.succeed(...advised.replace("up", "down").split(" "));
    await runner.succeed("down", "--name", "pr-1");
    assert.deepEqual([active(sandbox()), sandbox().running(), backend().stacks()], [[], [], []]);
  });
});
