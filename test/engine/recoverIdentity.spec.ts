import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { run } from "../../tools/workbench";
import { addStack } from "../support/addStack";
import { moveProgram } from "../support/moveProgram";
import { recoverByCli, recoverCommand } from "../support/recoverByCli";
import { useKilledUps } from "../support/killedUps";
import { DESTROY, UP } from "../support/pulumiArgs";
import { inNamespaces } from "../support/namespaces";

describe("a run of one stack that was killed with a start on its way, beside", () => {
  const ups = useKilledUps("suite");
  const { project } = ups;
  let other: Record<string, string>;
  let namesake: NodeJS.ProcessEnv;
  before(async () => {
    other = await addStack(project(), "another stack");
    namesake = { ...project().env, ...(await addStack(project(), "another backend")) };
    await ups.kill("x,y", ["cli", "plugin"]);
  });
  const calls = () =>
    project()
      .requests()
      .map(([call]) => call);

  it("another stack of the folder, whose up touches nothing of it", async () => {
    const { output } = await project().pulumiWith({ NAMES: "x", ...other }, ...UP, "--stack", "other");
    assert.match(output, /The journey is already running for the provided email.*Nothing was started/);
    assert.deepEqual([calls(), ups.statuses()], [["start"], { x: "running", y: "running" }]);
  });

  it("another stack of the folder, whose recover has nothing to do", async () => {
    const { code, output } = await recoverByCli(project(), "--stack", "other");
    assert.deepEqual([code, output, calls()], [0, "Nothing to recover in the stack other.\n", []]);
  });

  it("its namesake in another backend, whose recover names it and touches nothing", async () => {
    const [problem, ...more] = (await ups.recovered({ env: namesake })).problems;
    assert.deepEqual([more, calls()], [[], []]);
    assert.match(
      problem ?? "",
      /^A run of the stack seeds\/test, in another backend or organization than test, left notes of 2 calls in \S+\.jsonl\. Recover it there: /,
    );
  });

  it("two recovers at once, which settle it as one does", async () => {
    for (const { code, output } of await Promise.all([recoverByCli(project()), recoverByCli(project())])) {
      // Asking for the lock takes it for a moment, and so does writing the state.
      if (code !== 0)
        assert.match(
          output,
          /is locked by|has changed(; nothing was written| since; recover again)|of the stack test: .*lock/,
        );
    }
    assert.deepEqual((await ups.recovered()).problems, []);
    assert.deepEqual(ups.statuses(), { x: "running", y: "aborted" });
    assert.deepEqual(await ups.recovered(), {
      aborted: 0,
      archived: 0,
      contactsLeft: 0,
      cleared: 0,
      ended: 0,
      lockFreed: false,
      problems: [],
    });
    assert.deepEqual([ups.noteFiles(), (await ups.recovered({ env: namesake })).problems], [[], []]);
  });
});

describe("a start that was left without an answer", () => {
  const ups = useKilledUps();
  const { project } = ups;

  it("is aborted by address neither by recover nor by an up while another stack enrolls the address", async () => {
    const other = await addStack(project(), "another stack");
    const started = await project().pulumiWith({ NAMES: "x", ...other }, ...UP, "--stack", "other");
    assert.equal(started.code, 0, started.output);
    await ups.kill("x", ["cli", "plugin"]);
    const { problems } = await ups.recovered();
    assert.match(
      problems.join(),
      /^Could not abort journey \S+ for x\*\*\*@seeds\.example\.com: whether it runs is not known, and the stack other enrolls the address too/,
    );
    const { output } = await project().pulumiWith({ NAMES: "x" }, ...UP);
    assert.match(
      output,
      /Could not start journey \S+ for x\*\*\*@seeds\.example\.com: a killed run of this stack may have started it, and the stack other enrolls the address too, which an abort by address would stop as well\. Run npx pulumi-mailmodo recover --stack test, which says what to do\. Nothing was sent\./,
    );
    assert.deepEqual([ups.statuses(), project().requests()], [{ x: "running" }, []]);
  });

  it("is aborted by address neither by a destroy nor by an up of its own stack while another one enrolls the address", async () => {
    project().sandbox.faults.add({ kind: "reset-after", on: "start", takesEffect: false, count: 1 });
    assert.notEqual((await project().pulumiWith({ NAMES: "x" }, ...UP)).code, 0);
    const other = { NAMES: "x", ...(await addStack(project(), "another stack")) };
    const started = await project().pulumiWith(other, ...UP, "--stack", "other");
    assert.equal(started.code, 0, started.output);
    project().requests();

    const held =
      /Could not abort journey \S+ for x\*\*\*@seeds\.example\.com: whether it was started is not known, and the stack other enrolls the address too, which an abort by address would stop as well\. Remove the address from other first\. Or, [^\n]+ Nothing was sent\./;
    for (const args of [DESTROY, UP]) {
      const { code, output } = await project().pulumiWith({ NAMES: "x" }, ...args);
      assert.notEqual(code, 0);
      assert.match(output, held);
    }
    assert.deepEqual([ups.statuses(), project().requests()], [{ x: "running" }, []]);

    const gone = await project().pulumiWith(other, ...DESTROY, "--stack", "other");
    assert.equal(gone.code, 0, gone.output);
    await project().succeed(...DESTROY);
  });

  it("is not aborted by address when it was renamed, and its new name has started", async () => {
    const named = (name: string) => `new JourneyEnrollment("${name}", { journeyId, email: "x@seeds.example.com" });`;
    project().program(named("old"));
    project().sandbox.faults.add({ kind: "reset-after", on: "start", takesEffect: false, count: 1 });
    await project().fail(...UP);
    project().program(named("new"));
    for (let run = 0; run < 2; run++) {
      const { output } = await project().fail(...UP);
      assert.match(
        output,
        /and another resource of this stack \(urn:\S+::new\) enrolls the address too, [^\n]+ pulumi destroy --target 'urn:\S+::new'\./,
      );
    }
    assert.deepEqual(ups.statuses(), { x: "running" });
  });

  it("is found where the program lies outside of the project, and Pulumi's home is relative and inside of it", async () => {
    moveProgram(project());
    project().env["PULUMI_HOME"] = ".home";
    await ups.kill("x", ["plugin"]);
    assert.deepEqual((await ups.recovered()).problems, []);
    assert.deepEqual(ups.statuses(), { x: "aborted" });
  });

  it("is found from another checkout, and under another host name", async () => {
    await ups.kill("x", ["cli", "plugin"]);
    const checkout = path.join(project().dir, "../checkout");
    fs.cpSync(project().dir, checkout, { recursive: true, verbatimSymlinks: true });
    const [program, ...args] = inNamespaces(["uts"], recoverCommand({ dir: checkout }));
    const { code, output } = await run(program!, args, checkout, project().env);
    assert.deepEqual([code, ups.statuses(), ups.noteFiles()], [0, { x: "aborted" }, []], output);
  });
});
