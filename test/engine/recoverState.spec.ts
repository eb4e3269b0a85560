import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { stackIdentity } from "../../provider/journal/stackIdentity";
import { enrollmentOf } from "../../provider/model/enrollment";
import { backendOf } from "../../provider/pulumi/backend";
import { Stack } from "../../provider/pulumi/stack";
import { deadProcess } from "../support/deadProcess";
import { journalOf } from "../support/journalOf";
import { openJournal } from "../support/openJournal";
import { UP } from "../support/pulumiArgs";
import { recoverByCli } from "../support/recoverByCli";
import { useProject } from "../support/project";
import { writeAs } from "../support/writeAs";

interface Resource {
  urn: string;
  type: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  pendingReplacement?: boolean;
  dependencies?: string[];
}

interface Latest {
  resources: Resource[];
  pending_operations?: { resource: Resource; type: string }[];
}

// What another machine finds: the state, and no notes. The checkpoint is edited, for no command of the CLI writes a
// pending operation.
describe("pulumi-mailmodo recover, with the state alone", () => {
  const project = useProject(`
    for (const name of ["one", "two"]) {
      new JourneyEnrollment(name, { journeyId, email: stackAddress(name + "@seeds.example.com"), abortReason: "over" });
    }
  `);
  const file = () => path.join(project().dir, "../state/.pulumi/stacks/seeds/test.json");
  const running = () =>
    project()
      .sandbox.running()
      .map((email) => email.split("+")[0])
      .sort();

  beforeEach(async () => {
    await project().succeed(...UP);
    project().requests();
  });

  function edit(change: (latest: Latest, named: (name: string) => Resource) => void): void {
    const state = JSON.parse(fs.readFileSync(file(), "utf8")) as { checkpoint: { latest: Latest } };
    const { latest } = state.checkpoint;
    change(latest, (name) => latest.resources.find(({ urn }) => urn.endsWith(`::${name}`))!);
    fs.writeFileSync(file(), JSON.stringify(state));
  }

  function latest(): Latest {
    return (JSON.parse(fs.readFileSync(file(), "utf8")) as { checkpoint: { latest: Latest } }).checkpoint.latest;
  }

  const names = () =>
    latest()
      .resources.filter(({ type }) => type.endsWith(":JourneyEnrollment"))
      .map(({ urn }) => urn.split("::").at(-1));

  /** As after a kill in a create: the resource is pending, and not among the others. */
  function pendingCreate(latest: Latest, resource: Resource): void {
    latest.resources = latest.resources.filter((other) => other !== resource);
    const created = { ...resource };
    delete created.outputs;
    latest.pending_operations = [...(latest.pending_operations ?? []), { resource: created, type: "creating" }];
  }

  it("aborts a start that is pending and recorded nowhere, and clears it; the second time there is nothing", async () => {
    edit((state, named) => pendingCreate(state, named("one")));
    const config = fs.readFileSync(path.join(project().dir, "Pulumi.test.yaml"), "utf8");
    const { code, output } = await recoverByCli(project());
    assert.equal(code, 0, output);
    assert.deepEqual(project().requests(), [["abort", { email: "one+seeds.test@seeds.example.com", reason: "over" }]]);
    assert.deepEqual([running(), names(), latest().pending_operations ?? []], [["two"], ["two"], []]);
    assert.equal((await recoverByCli(project())).output, "Nothing to recover in the stack test.\n");
    assert.equal(fs.readFileSync(path.join(project().dir, "Pulumi.test.yaml"), "utf8"), config);
    await project().succeed(...UP);
    assert.equal(running().length, 2);
  });

  it("reads a state whose attributes the kill left empty", async () => {
    edit((state, named) => pendingCreate(state, named("one")));
    fs.writeFileSync(`${file()}.attrs`, "");
    await project().fail("stack", "export");
    const { code, output } = await recoverByCli(project());
    assert.equal(code, 0, output);
    assert.match(output, /^Removed an empty attributes file left by the killed run\.\n/);
    assert.deepEqual([running(), names()], [["two"], ["two"]]);
  });

  it("reads the stacks again where another run is writing the attributes of its state", async () => {
    const attributes = `${file()}.attrs`;
    const whole = fs.readFileSync(attributes);
    fs.writeFileSync(attributes, "");
    const failed = await project().fail("stack", "ls");
    assert.match(failed.output, /^error: EOF$/m);

    // The other run has written them by the time that the CLI has failed.
    const bin = fs.mkdtempSync(path.join(project().dir, "../bin-"));
    fs.writeFileSync(path.join(bin, "whole"), whole);
    const script = `#!/bin/sh\nPATH="$OTHERS" pulumi "$@"; code=$?; cp '${bin}/whole' '${attributes}'; exit $code\n`;
    fs.writeFileSync(path.join(bin, "pulumi"), script, { mode: 0o755 });
    const env = { ...project().env, OTHERS: project().env["PATH"], PATH: `${bin}:${project().env["PATH"]}` };
    assert.deepEqual([...(await new Stack("test", project().dir, env).siblings()).names], ["test"]);
  });

  it("keeps every pending operation while one cannot be handled", async () => {
    edit((state, named) => {
      for (const name of ["one", "two"]) pendingCreate(state, named(name));
      state.pending_operations![1]!.resource.inputs!["journeyId"] = "6f1c2d3e";
    });
    for (let time = 0; time < 2; time++) {
      const { code, stderr } = await recoverByCli(project());
      assert.equal(code, 1);
      assert.match(
        stderr,
        /^Could not abort journey 6f1c2d3e for t\*\*\*@seeds\.example\.com: Mailmodo refused it \(400\).*\n$/,
      );
      assert.equal(latest().pending_operations?.length, 2);
    }
    assert.deepEqual(running(), ["two"]);
  });

  it("ends a pending delete and takes that enrollment alone out of the state, confirmed or not", async () => {
    edit((state, named) => {
      const unconfirmed = named("one");
      delete unconfirmed.outputs!["instanceId"];
      unconfirmed.outputs!["status"] = "unconfirmed";
      state.pending_operations = [{ resource: unconfirmed, type: "deleting" }];
    });
    const before = latest().resources.map(({ urn }) => urn);
    const { code, output } = await recoverByCli(project());
    assert.equal(code, 0, output);
    assert.deepEqual(
      latest().resources.map(({ urn }) => urn),
      before.filter((urn) => !urn.endsWith("::one")),
    );
    assert.deepEqual(running(), ["two"]);
  });

  it("keeps what others depend on as the old half of a replacement, which the next up starts once", async () => {
    let first = "";
    edit((state) => {
      // A state has a resource after what it depends on.
      const [needed, other] = state.resources.filter(({ type }) => type.endsWith(":JourneyEnrollment"));
      other!.dependencies = [needed!.urn];
      state.pending_operations = [{ resource: { ...needed! }, type: "deleting" }];
      first = needed!.urn.split("::").at(-1)!;
    });
    const { code, output } = await recoverByCli(project());
    assert.equal(code, 0, output);
    const pending = latest().resources.filter(({ pendingReplacement }) => pendingReplacement);
    assert.deepEqual(
      pending.map(({ urn }) => urn.split("::").at(-1)),
      [first],
    );
    assert.equal(running().length, 1);
    project().requests();
    await project().succeed(...UP);
    assert.deepEqual(
      [
        running(),
        project()
          .requests()
          .map(([call]) => call),
      ],
      [["one", "two"], ["start"]],
    );
  });

  it("leaves an enrollment alone that was started again since and is recorded", async () => {
    edit((state, named) => {
      const stale = { ...named("one") };
      state.pending_operations = [{ resource: stale, type: "creating" }];
    });
    const { code, output } = await recoverByCli(project());
    assert.equal(code, 0, output);
    assert.match(
      output,
      /Left journey \S+ for o\*\*\*@seeds\.example\.com alone: it has been started again, and the state records that/,
    );
    assert.deepEqual([running(), project().requests(), latest().pending_operations ?? []], [["one", "two"], [], []]);
  });

  it("does not take the old half of a replacement for one that runs", async () => {
    edit((state, named) => {
      const old = named("one");
      old.pendingReplacement = true;
      state.pending_operations = [{ resource: { ...old }, type: "creating" }];
    });
    assert.equal((await recoverByCli(project())).code, 0);
    assert.deepEqual(running(), ["two"]);
  });

  it("does not stop other enrollments of an address that allows them, and says so", async () => {
    edit((state, named) => {
      for (const side of ["inputs", "outputs"] as const) named("one")[side]!["allowDuplicateEmail"] = true;
      state.pending_operations = [{ resource: { ...named("one") }, type: "creating" }];
    });
    const { code, stderr } = await recoverByCli(project());
    assert.equal(code, 1);
    assert.match(stderr, /aborting by address would stop both/);
    assert.deepEqual([running(), latest().pending_operations?.length], [["one", "two"], 1]);
  });

  it("leaves the state alone where other resources have pending operations too, and says so", async () => {
    edit((state, named) => {
      const other = { ...named("two"), type: "pulumi-nodejs:dynamic/other:Other" };
      pendingCreate(state, named("one"));
      state.pending_operations!.push({ resource: other, type: "creating" });
    });
    const { code, stderr } = await recoverByCli(project());
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^The state has 1 pending operation of other resources, .*pulumi refresh --clear-pending-creates --stack test\.\n$/,
    );
    assert.deepEqual([running(), latest().pending_operations?.length], [["two"], 2]);
  });

  it("leaves it alone, too, where the only other thing to write is an end that a note tells of", async () => {
    edit((state, named) => {
      const other = { ...named("two"), type: "pulumi-nodejs:dynamic/other:Other" };
      state.pending_operations = [{ resource: other, type: "creating" }];
    });
    const { env, dir } = project();
    const stack = stackIdentity("organization/seeds/test", backendOf({ env, folder: dir, askCli: () => undefined }));
    const journal = await openJournal({ folder: journalOf(env), stack });
    const one = latest().resources.find(({ urn }) => urn.endsWith("::one"));
    await journal.addNote("abort", enrollmentOf(one!.outputs!));
    writeAs(journalOf(env), deadProcess());

    const { code, stderr } = await recoverByCli(project());
    assert.equal(code, 1);
    assert.match(stderr, /^The state has 1 pending operation of other resources/);
    assert.deepEqual([names().sort(), latest().pending_operations?.length], [["one", "two"], 1]);
  });
});
