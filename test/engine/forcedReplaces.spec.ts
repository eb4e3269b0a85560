import assert from "node:assert/strict";
import { useProject } from "../support/project";
import { UP } from "../support/pulumiArgs";

/** An enrollment and a cohort of one shard, with and without allowDuplicateEmail. */
const PROGRAM = `
const replacementTrigger = process.env.TRIGGER;
for (const allowDuplicateEmail of [false, true]) {
  const common = { journeyId, allowDuplicateEmail };
  const email = (kind) => kind + allowDuplicateEmail + "@seeds.example.com";
  new JourneyEnrollment("one" + allowDuplicateEmail, { ...common, email: email("one") }, { replacementTrigger });
  new JourneyCohort(
    "many" + allowDuplicateEmail,
    { ...common, contacts: [{ email: email("many") }], shards: 1 },
    { replacementTrigger },
  );
}
`;

/** Whom the program enrolls. */
const EMAILS = ["manyfalse", "manytrue", "onefalse", "onetrue"].map((name) => `${name}@seeds.example.com`);

describe("a replacement that the engine forces", () => {
  const project = useProject(PROGRAM, {}, "suite");
  let urns: string[];

  before(async () => {
    project().env["TRIGGER"] = "one";
    await project().succeed(...UP);
    const { deployment } = JSON.parse((await project().succeed("stack", "export")).stdout) as {
      deployment: { resources: { urn: string }[] };
    };
    urns = deployment.resources.map(({ urn }) => urn).filter((urn) => /Shard|Enrollment/.test(urn));
    assert.equal(urns.length, 4);
  });
  beforeEach(() => void project().requests());

  it("aborts each enrollment before it is started again (up --replace)", async () => {
    await project().succeed(...UP, ...urns.flatMap((urn) => ["--replace", urn]));
    assertReplaced();
  });

  it("aborts each enrollment before it is started again (state taint)", async () => {
    await project().succeed("state", "taint", ...urns, "--yes");
    await project().succeed(...UP);
    assertReplaced();
  });

  it("aborts each enrollment before it is started again (replacementTrigger)", async () => {
    project().env["TRIGGER"] = "two";
    await project().succeed(...UP);
    assertReplaced();
  });

  it("leaves nothing to do for the next up", async () => {
    await project().succeed(...UP, "--expect-no-changes");
    assert.deepEqual(project().requests(), []);
  });

  it("starts nothing again for a cohort's plan, which sends nothing itself", async () => {
    const plan = (urns.find((urn) => urn.includes("Shard")) ?? "").replace(/Shard::(\w+)-\d+$/, "Plan::$1");
    const { stdout } = await project().succeed(...UP, "--replace", plan);
    assert.match(stdout, /\+-1 replaced/);
    assert.deepEqual(project().requests(), []);
  });

  /** That each address was aborted once, then started once, and nobody else. */
  function assertReplaced(): void {
    const { sandbox } = project();
    const emailOf = new Map<unknown, string>(sandbox.store.all().map(({ instanceId, email }) => [instanceId, email]));
    const calls = new Map<string, string[]>();
    for (const [call, { email, instanceId }] of project().requests()) {
      const whose = emailOf.get(instanceId) ?? EMAILS.find((one) => one === email) ?? "somebody else";
      calls.set(whose, [...(calls.get(whose) ?? []), call]);
    }
    assert.deepEqual(Object.fromEntries(calls), Object.fromEntries(EMAILS.map((one) => [one, ["abort", "start"]])));
    assert.deepEqual(sandbox.running().sort(), EMAILS);
  }
});
