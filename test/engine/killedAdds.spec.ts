import assert from "node:assert/strict";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { TYPES } from "../../provider/model/stateFormat";
import { editState, type FileResource, type FileState } from "../support/editState";
import { journeyId } from "../support/journeyId";
import { journalOf } from "../support/journalOf";
import { pluginsOf } from "../support/pluginsOf";
import { useFolderBackend, useRunners } from "../support/previews";
import { useProject, type Project } from "../support/project";
import { DESTROY, UP } from "../support/pulumiArgs";
import { recoverByCli } from "../support/recoverByCli";
import { useSandbox, type RunningSandbox } from "../support/sandbox";

const at = (name: string) => `${name}+seeds.test@seeds.example.com`;
const [ada, bob] = [at("ada"), at("bob")];

const ENROLLMENT = `const bobs = new JourneyEnrollment("welcome", { journeyId, email: "${bob}" });`;
const COHORT = `const bobs = new JourneyCohort("welcome", { journeyId, contacts: [{ email: "${bob}" }], shards: 1 });`;

/** A contact in a component beside an enrollment that has another address as text. */
const recorded = (bobs = ENROLLMENT, options = "") => `
${bobs}
const seeds = new pulumi.ComponentResource("seeds:index:Seeds", "seeds", {}, { ${options} });
const ada = new Contact("ada", { email: "${ada}", list: "Seeds" }, { parent: seeds });
`;
/** What comes when the up is killed: the contact of that address, and an enrollment of the recorded contact. */
const MORE = `
new JourneyEnrollment("next", { journeyId, email: ada.email });
new Contact("bob", { email: "${bob}", list: "Seeds", data: { seats: 3 } }, { parent: seeds });
`;

const active = (sandbox: RunningSandbox) =>
  sandbox.contacts().flatMap(({ email, archived }) => (archived ? [] : [email]));

/** Runs an up that adds and starts, and kills it before it has the answers. Its notes are on a machine that is gone. */
async function killUp(project: Project, before: string): Promise<void> {
  const { sandbox } = project;
  project.program(before);
  await project.succeed(...UP);
  project.program(before + MORE);
  for (const on of ["start", "addToList"] as const) sandbox.addFault({ kind: "delay", on, delayMs: 1_500 });
  const cli = project.start({}, ...UP);
  const ended = once(cli, "exit");
  const isAdded = () => sandbox.contacts().some(({ email, lists }) => email === bob && lists.includes("Seeds"));
  while (sandbox.running().length < 2 || !isAdded()) await new Promise((resolve) => setImmediate(resolve));
  const plugins = pluginsOf(project);
  cli.kill("SIGKILL");
  for (const pid of plugins) process.kill(pid, "SIGKILL");
  await ended;
  sandbox.clearFaults();
  fs.rmSync(journalOf(project.env), { recursive: true, force: true });
  await project.succeed("cancel", "--yes");
}

/** The program for the preview pr-1. */
function ofPreview(program: string): string {
  const imports = `const pulumi = require("@pulumi/pulumi"); const { Contact } = require("pulumi-mailmodo");`;
  return `${imports} const journeyId = "${journeyId}"; ${program.replaceAll("seeds.test@", "seeds.pr-1@")}`;
}

/** Makes a state look as if an up with more had been killed. */
function killUpIn(latest: FileState): void {
  const [contact, enrollment] = [TYPES.contact, TYPES.enrollment].map((type) =>
    latest.resources.find((resource) => resource.type === type)!,
  );
  const creating = (resource: FileResource, name: string, email: unknown) => {
    const inputs = { ...resource.inputs, email };
    const urn = resource.urn.replace(/[^:]+$/, name);
    return { type: "creating", resource: { ...resource, urn, id: "", inputs, outputs: {} } };
  };
  latest.pending_operations = [
    creating(contact!, "bob", enrollment!.inputs!["email"]),
    creating(enrollment!, "next", contact!.inputs!["email"]),
  ];
}

describe("an up that was killed while it added a contact in a component and started another one", () => {
  const project = useProject("");
  const file = () => path.join(project().dir, "../state/.pulumi/stacks/seeds/test.json");

  /** Recovers, and destroys then. */
  async function destroyRecovered(): Promise<void> {
    const { sandbox } = project();
    const recovered = await recoverByCli(project());
    assert.equal(recovered.code, 0, recovered.output);
    assert.match(recovered.output, /^The killed run may have added the contact b\*\*\*@\S+\. It is recorded: /m);
    assert.deepEqual([sandbox.running(), active(sandbox).sort()], [[bob], [ada, bob]]);

    await project().succeed(...DESTROY);
    assert.deepEqual([sandbox.running(), active(sandbox)], [[], []]);
    await project().succeed("stack", "rm", "--yes");
  }

  it("is destroyed after a recover, as the destroy before it says", async () => {
    const { sandbox } = project();
    await killUp(project(), recorded());
    const { output } = await project().fail(...DESTROY);
    assert.match(output, /Run npx pulumi-mailmodo recover --stack \S+, which says what to do/);
    assert.deepEqual(
      [sandbox.running().sort(), active(sandbox).sort()],
      [
        [ada, bob],
        [ada, bob],
      ],
    );
    await destroyRecovered();
  });

  for (const [what, before] of [
    ["a cohort has the contact's address", recorded(COHORT)],
    ["the component depends on what has the contact's address", recorded(ENROLLMENT, "dependsOn: bobs")],
  ] as const)
    it(`is destroyed after a recover where ${what}`, async () => {
      await killUp(project(), before);
      await destroyRecovered();
    });

  it("goes on with an up after a recover, which starts nobody twice", async () => {
    const { sandbox } = project();
    await killUp(project(), recorded());
    const recovered = await recoverByCli(project());
    assert.equal(recovered.code, 0, recovered.output);
    await project().succeed("refresh", "--yes", "--skip-preview");
    await project().succeed(...UP);
    await project().succeed(...UP, "--expect-no-changes");
    assert.deepEqual(
      [sandbox.running().sort(), active(sandbox).sort()],
      [
        [ada, bob],
        [ada, bob],
      ],
    );
    assert.deepEqual(
      sandbox.store.all().filter(({ doubled }) => doubled),
      [],
    );
  });

  it("is destroyed as recover says where other resources have pending operations, which recover must not drop", async () => {
    const { sandbox } = project();
    await killUp(project(), recorded());
    editState(file(), ({ resources, pending_operations: pending = [] }) => {
      const other = { ...resources.find(({ urn }) => urn.endsWith("::welcome"))!, urn: "", type: "other:index:Other" };
      pending.push({
        type: "creating",
        resource: { ...other, urn: "urn:pulumi:test::seeds::other:index:Other::other" },
      });
    });
    const first = await recoverByCli(project());
    assert.equal(first.code, 1);
    const [, user = ""] = /or pulumi destroy --stack test --target-dependents --target '([^']+)'; then recover/.exec(
      first.stderr,
    )!;
    assert.ok(!first.output.includes("--clear-pending-creates"), first.output);
    await project().succeed(...DESTROY, "--target-dependents", "--target", user);

    const second = await recoverByCli(project());
    assert.equal(second.code, 1);
    assert.match(second.output, /^Archived the contact b\*\*\*@/m);
    const [, clear = ""] = /clear all of them: pulumi (.+)\.$/m.exec(second.stderr)!;
    await project().succeed(...clear.split(" "), "--yes", "--skip-preview");
    await project().succeed(...DESTROY);
    assert.deepEqual([sandbox.running(), active(sandbox)], [[], []]);
  });
});

describe("a contact that was to replace another one when its up was killed, and that an enrollment has as text", () => {
  const contact = (email: string) => `new Contact("ada", { email: "${email}", list: "Seeds" });`;
  const project = useProject(`${ENROLLMENT} ${contact(ada)}`);

  beforeEach(async () => {
    await project().succeed(...UP);
    editState(path.join(project().dir, "../state/.pulumi/stacks/seeds/test.json"), (latest) => {
      const resource = latest.resources.find(({ type }) => type === TYPES.contact)!;
      const inputs = { ...resource.inputs, email: bob };
      latest.pending_operations = [{ type: "creating", resource: { ...resource, id: "", inputs, outputs: {} } }];
    });
    const recovered = await recoverByCli(project());
    assert.equal(recovered.code, 0, recovered.output);
  });

  it("is archived by a destroy, as the other one is", async () => {
    await project().succeed(...DESTROY);
    assert.deepEqual([project().sandbox.running(), active(project().sandbox)], [[], []]);
  });

  it("takes the place of the other one in an up", async () => {
    project().program(`${ENROLLMENT} ${contact(bob)}`);
    await project().succeed(...UP);
    await project().succeed(...UP, "--expect-no-changes");
    assert.deepEqual(active(project().sandbox), [bob]);
    await project().succeed(...DESTROY);
    assert.deepEqual(active(project().sandbox), []);
  });
});

describe("a preview whose state alone tells of a contact's add in a component, and of another one's start", () => {
  const sandbox = useSandbox();
  const backend = useFolderBackend();
  const newRunner = useRunners(sandbox, backend);

  for (const options of ["", "dependsOn: bobs"])
    it(`goes down at once${options && ", though the component depends on what enrolls the contact"}`, async () => {
      const runner = await newRunner({ program: ofPreview(recorded(ENROLLMENT, options)) });
      await runner.succeed("up", "--name", "pr-1");
      editState(path.join(backend().dir, ".pulumi/stacks/seeds/pr-1.json"), killUpIn);
      await runner.succeed("down", "--name", "pr-1");
      assert.deepEqual([active(sandbox()), sandbox().running(), backend().stacks()], [[], [], []]);
    });
});

describe("a preview with pending operations of contacts, and of other resources, which recover must not drop", () => {
  const sandbox = useSandbox();
  const backend = useFolderBackend();
  const newRunner = useRunners(sandbox, backend);

  it("goes down as each down says", async () => {
    const runner = await newRunner({ program: ofPreview(recorded()) });
    await runner.succeed("up", "--name", "pr-1");
    editState(path.join(backend().dir, ".pulumi/stacks/seeds/pr-1.json"), (latest) => {
      killUpIn(latest);
      const urn = "urn:pulumi:pr-1::seeds::other:index:Other::other";
      const other = { ...latest.pending_operations![0]!.resource, type: "other:index:Other", urn };
      latest.pending_operations!.push({ type: "creating", resource: other });
    });
    /** Goes down, and runs what the error says. */
    const followDown = async (advice: RegExp) => {
      const { code, stderr } = await runner.previews("down", "--name", "pr-1");
      const args = advice
        .exec(stderr)?.[1]
        ?.split(" ")
        .map((word) => word.replaceAll("'", ""));
      assert.ok(code === 1 && args !== undefined, stderr);
      const { code: followed, output } = await runner.pulumi(...args, "--yes", "--skip-preview");
      assert.equal(followed, 0, output);
      // Pulumi has written to it how secrets are encrypted.
      const refused = await runner.previews("down", "--name", "pr-1");
      assert.match(refused.output, /Pulumi\.pr-1\.yaml\. If that file was made by mistake, .*, delete it\./);
      fs.rmSync(path.join(runner.dir, "Pulumi.pr-1.yaml"));
    };
    await followDown(
      / Run pulumi (destroy --stack pr-1 --target-dependents --target '\S+'), and delete the Pulumi\.pr-1\.yaml that it makes; then run npx pulumi-mailmodo previews down --name pr-1\. /,
    );
    await followDown(
      /clear all of them: pulumi (refresh --clear-pending-creates --stack pr-1), and delete the Pulumi\.pr-1\.yaml that it makes\./,
    );
    await runner.succeed("down", "--name", "pr-1");
    assert.deepEqual([active(sandbox()), sandbox().running(), backend().stacks()], [[], [], []]);
  });
});
