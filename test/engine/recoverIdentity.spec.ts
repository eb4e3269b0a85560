import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout } from "node:timers/promises";
import { run, type Run } from "../../tools/workbench";
import { addStack, BIN, moveProgram, pluginsOf, recoverArgs, recoverByCli, requestNumber } from "../support/killedRuns";
import { inNamespaces, type Namespace } from "../support/namespaces";
import { useProject, type Project } from "../support/project";

const up = ["up", "--yes", "--skip-preview"];
const address = (name: string) => `${name}@seeds.example.com`;

// One after the other, so that an enrollment is recorded when the next one is sent.
const PROGRAM = `
  let last = [];
  for (const name of process.env.NAMES.split(",")) {
    last = [new JourneyEnrollment(name, { journeyId, email: name + "@seeds.example.com" }, { dependsOn: last })];
  }
`;

describe("a note of a killed run", () => {
  let wait: (ms: number) => Promise<void>;
  let release = () => {};
  beforeEach(() => (wait = setTimeout));
  const project = useProject(PROGRAM, { sleep: (ms) => wait(ms) });
  afterEach(() => release());

  const statuses = () =>
    Object.fromEntries(
      project()
        .sandbox.store.all()
        .map(({ email, status }) => [email.replace(/@.*/, ""), status]),
    );
  const noteFiles = () => fs.readdirSync(notesFolder()).map((name) => path.join(notesFolder(), name));
  const notesFolder = () => path.join(project().env["PULUMI_HOME"]!, "mailmodo-journal");

  /** No start of the address is answered until `release`. */
  function holdAnswers(name: string): void {
    const answers = new Promise<void>((resolve) => (release = resolve));
    wait = () => answers;
    project().sandbox.faults.add({ kind: "delay", delayMs: 1, on: "start", email: address(name) });
  }

  /** Runs an up whose last start is left without an answer, and kills then. */
  async function killedUp(
    names: string,
    victims: ("cli" | "plugin")[],
    env: Record<string, string> = {},
  ): Promise<void> {
    const all = names.split(",");
    holdAnswers(all.at(-1)!);
    const asked = requestNumber(project(), all.length);
    const cli = project().start({ NAMES: names, ...env }, ...up);
    const ended = once(cli, "exit");
    await asked;
    const plugins = pluginsOf(project());
    if (victims.includes("cli")) cli.kill("SIGKILL");
    if (victims.includes("plugin")) for (const pid of plugins) process.kill(pid, "SIGKILL");
    await ended;
    release();
    project().sandbox.faults.clear();
    project().requests();
  }

  /** The same project, as another stack of it has it. */
  const as = (env: Record<string, string>): Pick<Project, "dir" | "env"> => ({
    dir: project().dir,
    env: { ...project().env, ...env },
  });
  const inContainer = (kinds: Namespace[], ...args: string[]): Promise<Run> => {
    const [program, ...rest] = inNamespaces(kinds, [process.execPath, BIN, ...recoverArgs(project(), args)]);
    return run(program!, rest, project().dir, project().env);
  };

  it("is another stack's in the same folder, and a namesake's in another backend: neither touches what it is about", async () => {
    const other = await addStack(project(), "another stack");
    const elsewhere = await addStack(project(), "another backend");
    await killedUp("x,y", ["cli", "plugin"]);
    assert.deepEqual(statuses(), { x: "running", y: "running" });

    const upOther = await project().pulumiWith({ NAMES: "x", ...other }, ...up, "--stack", "other");
    assert.match(upOther.output, /The journey is already running for the provided email.*Nothing was started/);
    const recoverOther = await recoverByCli(as(other), "--stack", "other");
    assert.deepEqual([recoverOther.code, recoverOther.output], [0, "Nothing to recover in the stack other.\n"]);
    const recoverElsewhere = await recoverByCli(as(elsewhere));
    assert.equal(recoverElsewhere.code, 1);
    assert.match(
      recoverElsewhere.stderr,
      /^A run of the stack seeds\/test in another backend or organization than that of test left notes of 2 calls in \S+\.jsonl\. Recover it there: .*\n$/,
    );
    assert.deepEqual(
      project()
        .requests()
        .map(([call]) => call),
      ["start"],
      "nothing was aborted",
    );

    const recovered = await recoverByCli(project());
    assert.equal(recovered.code, 0, recovered.output);
    assert.deepEqual(statuses(), { x: "running", y: "aborted" });
    assert.equal((await recoverByCli(as(elsewhere))).code, 0);
  });

  it("of a start that was refused aborts nothing by address while another stack enrolls it, in recover or in an up", async () => {
    const other = await addStack(project(), "another stack");
    const started = await project().pulumiWith({ NAMES: "x", ...other }, ...up, "--stack", "other");
    assert.equal(started.code, 0, started.output);
    await killedUp("x", ["cli", "plugin"]);
    const { code, stderr } = await recoverByCli(project());
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^Whether journey \S+ for x\*\*\*@seeds\.example\.com runs is not known, and the stack other enrolls the address too/,
    );
    const again = await project().pulumiWith({ NAMES: "x" }, ...up);
    assert.match(
      again.output,
      /Could not start journey \S+ for x\*\*\*@seeds\.example\.com: a run of this stack that was killed may have started it, and the stack other enrolls the address too\. Run pulumi-mailmodo recover, which says what to do\. Nothing was sent\./,
    );
    assert.deepEqual([statuses(), project().requests()], [{ x: "running" }, []]);

    await project().succeed("destroy", "--yes", "--skip-preview", "--stack", "other");
    assert.equal((await recoverByCli(project())).code, 0);
  });

  it("is found where the program lies outside of the project, and Pulumi's home is relative and inside of it", async () => {
    moveProgram(project());
    project().env["PULUMI_HOME"] = ".home";
    await killedUp("x", ["plugin"]);
    const recovered = await recoverByCli(project());
    assert.deepEqual([recovered.code, statuses()], [0, { x: "aborted" }], recovered.output);
    assert.equal((await recoverByCli(project())).output, "Nothing to recover in the stack test.\n");
  });

  it("is found from another checkout, and under another host name", async () => {
    await killedUp("x", ["cli", "plugin"]);
    const checkout = path.join(project().dir, "../checkout");
    fs.cpSync(project().dir, checkout, { recursive: true, verbatimSymlinks: true });
    const [program, ...args] = inNamespaces(["uts"], [process.execPath, BIN, ...recoverArgs({ dir: checkout })]);
    const recovered = await run(program!, args, checkout, project().env);
    assert.deepEqual([recovered.code, statuses()], [0, { x: "aborted" }], recovered.output);
    assert.deepEqual(noteFiles(), []);
  });

  it("and a lock are left alone while the run lives, in whichever container it does", async () => {
    await project().succeed("config", "set", "mailmodo:requestTimeoutSeconds", "20");
    holdAnswers("x");
    const asked = requestNumber(project(), 1);
    const [program, ...args] = inNamespaces(["pid"], ["pulumi", ...up, "--non-interactive"]);
    const living = spawn(program!, args, {
      cwd: project().dir,
      env: { ...project().env, NAMES: "x" },
      stdio: "ignore",
    });
    const ended = once(living, "exit");
    await asked;

    const outside = await recoverByCli(project());
    assert.deepEqual([outside.code, outside.stdout], [1, ""]);
    assert.match(outside.stderr, /^The stack test is locked by \S+ \(pid \d+\), which still runs\./);
    const beside = await inContainer(["pid"]);
    assert.deepEqual([beside.code, beside.stdout], [1, ""]);
    assert.match(
      beside.stderr,
      /^The stack test is locked by \S+ \(pid \d+\), and nothing proves that this run is over.* say so: pulumi-mailmodo recover --stack test --run-is-over\.\n$/,
    );
    const renamed = await inContainer(["pid", "uts"], "--lock-dead-after", "2h");
    assert.match(renamed.stderr, /^The stack test is locked by \S+ \(pid \d+\), another machine\./);

    release();
    assert.deepEqual((await ended) as unknown[], [0, null]);
    assert.deepEqual([statuses(), project().requests().length], [{ x: "running" }, 1]);
  });

  it("of another machine is named, and settled where a person says that its run is over", async () => {
    await killedUp("x", ["plugin"]);
    const [file] = noteFiles();
    const text = fs.readFileSync(file!, "utf8");
    // As a container of another machine writes it, into a volume that both have.
    fs.writeFileSync(
      file!,
      text.replaceAll(/"boot":"[^"]*"/g, '"boot":"another"').replaceAll(/"host":"[^"]*"/g, '"host":"runner-7"'),
    );
    const { code, stderr } = await recoverByCli(project(), "--lock-dead-after", "2h");
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^A run of test \(pid \d+ on runner-7\) left notes of 1 call in \S+, and whether it is over cannot be told from here\./,
    );
    assert.deepEqual([statuses(), project().requests()], [{ x: "running" }, []]);
    assert.equal((await recoverByCli(project(), "--run-is-over")).code, 0);
    assert.deepEqual(statuses(), { x: "aborted" });
  });

  it("is settled by two recovers at once as by one", async () => {
    await killedUp("x,y", ["cli", "plugin"]);
    const both = await Promise.all([recoverByCli(project()), recoverByCli(project())]);
    for (const { code, output } of both) {
      // Asking for the lock takes it for a moment, and writing the state does as well.
      if (code !== 0) assert.match(output, /is locked by|changed meanwhile|failed for the stack test: .*lock/);
    }
    const last = await recoverByCli(project());
    assert.equal(last.code, 0, last.output);
    assert.deepEqual(statuses(), { x: "running", y: "aborted" });
    assert.equal((await recoverByCli(project())).output, "Nothing to recover in the stack test.\n");
    assert.deepEqual(noteFiles(), []);
  });

  it("that a full disk has no room for is not written, and its start is not sent", async () => {
    fs.mkdirSync(notesFolder(), { recursive: true });
    const fill = `mount -t tmpfs -o size=64k none ${notesFolder()} && ! cat /dev/zero 2>/dev/null > ${notesFolder()}/filler && exec "$@"`;
    const [program, ...args] = inNamespaces(["mount"], ["sh", "-c", fill, "sh", "pulumi", ...up, "--non-interactive"]);
    const { code, output } = await run(program!, args, project().dir, { ...project().env, NAMES: "x" });
    assert.notEqual(code, 0);
    assert.match(
      output,
      /Could not start journey \S+ for x\*\*\*@seeds\.example\.com: it could not be noted in \S+ \(ENOSPC\)\. Nothing was sent\. Make room there, or set PULUMI_HOME/,
    );
    assert.deepEqual(project().requests(), []);
  });
});
