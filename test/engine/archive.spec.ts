import assert from "node:assert/strict";
import { once } from "node:events";
import { profileOf } from "mailmodo-sandbox";
import { pluginsOf } from "../support/pluginsOf";
import { DESTROY, UP } from "../support/pulumiArgs";
import { recoverByCli } from "../support/recoverByCli";
import { requestNumber } from "../support/requestNumber";
import { useProject } from "../support/project";

const OTHER_JOURNEY = "0b9e8d7c-6a5f-4e4d-9c3b-2a1908f7e6d5";

/** A program that a plan in the environment describes. */
const PROGRAM = `
const { singles = {}, cohorts = {}, contacts = {} } = JSON.parse(process.env.PLAN);
for (const [name, of] of Object.entries(contacts)) new (require("pulumi-mailmodo").Contact)(name, { email: stackAddress(of + "@seeds.example.com"), list: "Seeds" });
const address = (name) => stackAddress(name + "@seeds.example.com");
for (const [name, { of, isSecret, opts, ...args }] of Object.entries(singles))
  new JourneyEnrollment(name, { journeyId, email: isSecret ? pulumi.secret(address(of)) : address(of), archiveContact: true, ...args }, opts);
for (const [name, { of, opts, seats = 1, ...args }] of Object.entries(cohorts))
  new JourneyCohort(name, {
    journeyId,
    contacts: of.map((one) => ({ email: address(one), data: { seats } })),
    archiveContact: true,
    shards: 2,
    ...args,
  }, opts);
`;

interface Plan {
  readonly singles?: Readonly<Record<string, { of: string; journeyId?: string; [arg: string]: unknown }>>;
  readonly contacts?: Readonly<Record<string, string>>;
  readonly cohorts?: Readonly<Record<string, { of: readonly string[]; [arg: string]: unknown }>>;
}

describe("archiveContact through the real engine", () => {
  const project = useProject(PROGRAM);
  const nameOf = (email: string) => email.replace(/\+.*/, "");
  const up = async (plan: Plan, ...more: string[]) => {
    const run = await project().pulumiWith({ PLAN: JSON.stringify(plan) }, ...UP, ...more);
    assert.equal(run.code, 0, run.output);
    return run;
  };
  const failingUp = async (plan: Plan, ...more: string[]) => {
    const run = await project().pulumiWith({ PLAN: JSON.stringify(plan) }, ...UP, ...more);
    assert.notEqual(run.code, 0, run.output);
    return run.output;
  };
  /** The requests since the last call: the call and the contact's name. */
  const asked = () => {
    const emails = new Map(
      project()
        .sandbox.instances()
        .map(({ instanceId, email }) => [instanceId, email]),
    );
    const all = project().sandbox.requests().slice(seen);
    seen += all.length;
    return all.map(({ path, body }) => {
      const { email, instanceId = "" } = body as { email?: string; instanceId?: string };
      const call = path.startsWith("/api/v1/contacts") ? "archive" : path.split("/")[2];
      return `${call} ${nameOf(email ?? emails.get(instanceId) ?? "?")}`;
    });
  };
  let seen = 0;
  beforeEach(() => (seen = 0));
  const contacts = (isArchived: boolean) =>
    project()
      .sandbox.contacts()
      .filter(({ archived, email }) => archived === isArchived && email.includes("+"))
      .map(({ email }) => nameOf(email))
      .sort();
  const unarchived = () => contacts(false);
  const archived = () => contacts(true);

  it("archives a contact after the last of its enrollments, never before", async () => {
    const welcome = { of: "ada" };
    const trial = { of: "ada", journeyId: OTHER_JOURNEY };
    await up({ singles: { welcome, trial } });
    assert.deepEqual(asked(), ["start ada", "start ada"]);
    await up({ singles: { welcome, trial } }, "--expect-no-changes");
    await project().succeed("refresh", "--yes", "--expect-no-changes");
    await up({ singles: { trial } });
    assert.deepEqual(asked(), ["abort ada"]);
    await up({ singles: { trial: { ...trial, triggers: ["again"] } } });
    assert.deepEqual([asked(), archived()], [["abort ada", "start ada"], []]);
    await up({});
    assert.deepEqual(asked(), ["abort ada", "archive ada"]);
    assert.deepEqual([unarchived(), archived()], [[], ["ada"]]);

    await up({ singles: { welcome, trial } });
    await project().succeed(...DESTROY);
    assert.deepEqual(asked().slice(2), ["abort ada", "abort ada", "archive ada"]);
  });

  it("archives what leaves a cohort, not what changes, and all at the end", async () => {
    project().sandbox.setContacts([
      { email: "person@seeds.example.com" },
      { email: "qa+seeds.other@seeds.example.com" },
    ]);
    const of = ["ada", "bob", "eve", "joe", "kim"];
    await up({ cohorts: { smoke: { of } } });
    asked();
    await up({ cohorts: { smoke: { of, seats: 2 } } });
    assert.equal(asked().length, 10);
    assert.deepEqual(archived(), []);
    await up({ cohorts: { smoke: { of: ["bob", "joe", "kim", "zoe"], seats: 2 } } });
    const calls = asked();
    assert.deepEqual(calls.toSorted(), ["abort ada", "abort eve", "archive ada", "archive eve", "start zoe"]);
    assert.ok(
      calls.slice(-2).every((call) => call.startsWith("archive")),
      "last of all",
    );
    await up({ cohorts: { smoke: { of: ["zoe", "bob", "joe", "kim"], seats: 2 } } }, "--expect-no-changes");
    await project().succeed(...DESTROY);
    assert.deepEqual(asked().length, 8);
    assert.deepEqual(archived(), ["ada", "bob", "eve", "joe", "kim", "zoe"]);
    assert.deepEqual(unarchived(), ["qa"]);
  });

  it("is turned on and off in place, without a request", async () => {
    const plan = (archiveContact: boolean) => ({
      singles: { welcome: { of: "ada", archiveContact } },
      cohorts: { smoke: { of: ["bob", "eve"], archiveContact } },
    });
    await up(plan(false));
    await up(plan(true));
    await up(plan(false));
    assert.deepEqual(asked().toSorted(), ["start ada", "start bob", "start eve"]);
    await up(plan(true));
    await project().succeed(...DESTROY);
    assert.deepEqual([unarchived(), archived()], [[], ["ada", "bob", "eve"]]);
  });

  it("archives what could not be archived in the next up or destroy", async () => {
    const of = ["ada", "bob", "eve"];
    const fault = { kind: "500", on: "archiveContact", takesEffect: false } as const;
    await up({ cohorts: { smoke: { of, shards: 1 } } });
    asked();
    project().sandbox.addFault({ ...fault, email: "ada+seeds.test@seeds.example.com" });
    const output = await failingUp({ cohorts: { smoke: { of: ["eve"], shards: 1 } } });
    assert.match(
      output,
      /Cohort smoke, shard 0: 1 of 2 contacts failed\. .*a\*\*\*@.* stays in the state: run it again\./,
    );
    assert.deepEqual(archived(), ["bob"]);
    project().sandbox.clearFaults();
    asked();
    await up({ cohorts: { smoke: { of: ["eve"], shards: 1 } } });
    assert.deepEqual(asked().toSorted(), ["archive ada", "archive bob"]);
    assert.deepEqual(unarchived(), ["eve"]);

    project().sandbox.addFault({ ...fault });
    assert.match((await project().fail(...DESTROY)).output, /Cohort smoke, shard 0: 1 of 1 contacts failed\./);
    project().sandbox.clearFaults();
    asked();
    await project().succeed(...DESTROY);
    assert.deepEqual([asked(), unarchived()], [["archive eve"], []]);
  });

  it("does not archive a contact that is moved in one up, between cohorts, from singles and back", async () => {
    const journeyId = OTHER_JOURNEY;
    await up({ singles: { welcome: { of: "ada" } }, cohorts: { one: { of: ["bob", "eve"] } } });
    await up({ cohorts: { one: { of: ["eve"] }, two: { of: ["ada", "bob"], journeyId } } });
    assert.deepEqual([archived(), unarchived()], [[], ["ada", "bob", "eve"]]);
    await up({ singles: { welcome: { of: "ada" }, back: { of: "bob" } }, cohorts: { one: { of: ["eve"] } } });
    assert.deepEqual([archived(), unarchived()], [[], ["ada", "bob", "eve"]]);
    asked();
    await project().succeed(...DESTROY);
    assert.equal(asked().length, 6);
    assert.deepEqual([archived(), unarchived()], [["ada", "bob", "eve"], []]);
  });

  it("does not archive a contact that a Contact takes over in one up, and gives back", async () => {
    await up({ singles: { welcome: { of: "ada" } } });
    await up({ contacts: { ada: "ada" } });
    assert.deepEqual(unarchived(), ["ada"]);
    await up({ singles: { welcome: { of: "ada" } } });
    assert.deepEqual(unarchived(), ["ada"]);
    await project().succeed(...DESTROY);
    assert.deepEqual(archived(), ["ada"]);
  });

  it("archives nothing when a cohort is renamed, with an alias and without", async () => {
    const of = ["ada", "bob"];
    await up({ cohorts: { one: { of } } });
    asked();
    await up({ cohorts: { two: { of, opts: { aliases: [{ name: "one" }] } } } });
    assert.deepEqual(asked(), []);
    await up({ cohorts: { three: { of, journeyId: OTHER_JOURNEY } } });
    assert.deepEqual(asked().toSorted(), ["abort ada", "abort bob", "start ada", "start bob"]);
    await project().succeed(...DESTROY);
    assert.deepEqual([archived(), unarchived()], [of, []]);
  });

  it("archives nothing in mid-journey where the stack was renamed and archiveContact is turned off", async () => {
    await up({ singles: { welcome: { of: "ada" } } });
    await project().succeed("stack", "rename", "prod");
    project().env["PULUMI_STACK"] = "prod";
    const former = "ada+seeds.test@seeds.example.com";
    project().program(`new JourneyEnrollment("welcome", { journeyId, email: "${former}" });`);
    await project().succeed(...UP);
    assert.deepEqual([unarchived(), project().sandbox.running().length], [["ada"], 1]);
  });

  it("archives in a destroy after the stack was renamed", async () => {
    await up({ singles: { welcome: { of: "ada" } } });
    await project().succeed("stack", "rename", "prod");
    project().env["PULUMI_STACK"] = "prod";
    await project().succeed(...DESTROY);
    assert.deepEqual([archived(), project().sandbox.running()], [["ada"], []]);
  });

  it("keeps the resource that archives until the Contact in its place is there", async () => {
    await up({ singles: { welcome: { of: "ada" } } });
    project().sandbox.addFault({ kind: "500", on: "getContactDetails" });
    const plan = { contacts: { ada: "ada" } };
    assert.match(await failingUp(plan, "--continue-on-error"), /the program has a Contact for it, which was not added/);
    project().sandbox.clearFaults();
    await project().succeed(...DESTROY);
    assert.deepEqual(unarchived(), []);
  });

  it("archives nothing of a protected cohort: it may grow, and lose contacts once it is no longer protected", async () => {
    const smoke = (of: string[], opts: object) => ({ cohorts: { smoke: { of, shards: 1, opts } } });
    await up(smoke(["ada"], { protect: true }));
    await up(smoke(["ada", "bob"], { protect: true }));
    asked();
    assert.match(await failingUp(smoke(["ada"], { protect: true })), /currently marked for protection/);
    await project().fail(...DESTROY);
    assert.deepEqual(asked(), []);
    await up(smoke(["ada"], {}));
    assert.deepEqual(asked(), ["abort bob", "archive bob"]);
  });

  it("archives in a destroy that runs the program too", async () => {
    const plan = { singles: { welcome: { of: "ada" } }, cohorts: { smoke: { of: ["bob", "eve"] } } };
    await up(plan);
    const run = await project().pulumiWith({ PLAN: JSON.stringify(plan) }, ...DESTROY, "--run-program");
    assert.equal(run.code, 0, run.output);
    assert.deepEqual([archived(), unarchived()], [["ada", "bob", "eve"], []]);
  });

  it("keeps a secret address out of the state's plain text", async () => {
    await up({ singles: { welcome: { of: "ada.secret", isSecret: true } } });
    assert.ok(!(await project().succeed("stack", "export")).stdout.includes("ada.secret"));
    await project().succeed(...DESTROY);
    assert.deepEqual(archived(), ["ada.secret"]);
  });

  it("refuses in the preview an address without the stack's tag, and a contact of two resources", async () => {
    const preview = (plan: Plan) => project().pulumiWith({ PLAN: JSON.stringify(plan) }, "preview");
    const untagged = await preview({ cohorts: { smoke: { of: [], contacts: [{ email: "ada@seeds.example.com" }] } } });
    assert.notEqual(untagged.code, 0);
    assert.match(
      untagged.output,
      /The cohort "smoke" cannot archive number 1, a\*\*\*@seeds\.example\.com: archiveContact/,
    );
    const shared = await preview({
      singles: { welcome: { of: "ada", journeyId: OTHER_JOURNEY } },
      cohorts: { smoke: { of: ["ada"] } },
    });
    assert.notEqual(shared.code, 0);
    assert.match(
      shared.output,
      /"(welcome|smoke)" and "(welcome|smoke)" both use the contact a\*\*\*@seeds\.example\.com/,
    );
    assert.doesNotMatch(shared.output, /^\s+at .*:\d+/m);
    assert.deepEqual(asked(), []);
  });

  for (const victim of ["cli", "plugin"] as const) {
    it(`archives what a killed up has started, once it is recovered (${victim})`, async () => {
      const plan = { singles: { welcome: { of: "ada" } }, cohorts: { smoke: { of: names(12) } } };
      await killed(victim, 6, { PLAN: JSON.stringify(plan) }, ...UP);
      const recovered = await recoverByCli(project());
      assert.equal(recovered.code, 0, recovered.output);
      await project().succeed(...DESTROY);
      assert.deepEqual([unarchived(), project().sandbox.running()], [[], []]);
      assert.ok(archived().length >= 5);
    });

    it(`archives the rest after a killed destroy, once it is recovered (${victim})`, async () => {
      await up({ singles: { welcome: { of: "ada" } }, cohorts: { smoke: { of: names(12) } } });
      await killed(victim, 18, {}, ...DESTROY);
      const before = archived().length;
      const recovered = await recoverByCli(project());
      assert.equal(recovered.code, 0, recovered.output);
      assert.equal((await recoverByCli(project())).output, "Nothing to recover in the stack test.\n");
      await project().succeed(...DESTROY);
      assert.ok(before < 13, `${before} were archived before`);
      assert.deepEqual([unarchived(), archived().length, project().sandbox.running()], [[], 13, []]);
    });
  }

  it("archives what left a cohort in an up that was killed before its end", async () => {
    const smoke = (of: readonly string[]) => ({ cohorts: { smoke: { of, shards: 1 } } });
    await up(smoke(names(8)));
    const next = smoke([...names(12).slice(6)]);
    await killed("cli", 3, { PLAN: JSON.stringify(next) }, ...UP);
    await recoverByCli(project());
    await project().succeed(...DESTROY);
    assert.deepEqual([unarchived(), project().sandbox.running()], [[], []]);
  });

  const names = (count: number) => Array.from({ length: count }, (_, nth) => `qa${nth}`);

  /** Starts a run, and kills its victim while so many requests are made. */
  async function killed(victim: "cli" | "plugin", request: number, env: Record<string, string>, ...args: string[]) {
    project().sandbox.addFault({ kind: "delay", delayMs: 30 });
    const reached = requestNumber(project(), request);
    const cli = project().start(env, ...args);
    const ended = once(cli, "exit");
    await reached;
    if (victim === "cli") cli.kill("SIGKILL");
    else for (const pid of pluginsOf(project())) process.kill(pid, "SIGKILL");
    await ended;
    project().sandbox.clearFaults();
  }

  it("counts a contact as done that somebody else has archived", async () => {
    project().sandbox.useProfile(profileOf(["contact-200"]));
    await up({ singles: { welcome: { of: "ada" } } });
    project().sandbox.setContacts([{ email: "ada+seeds.test@seeds.example.com", archived: true }]);
    const { output } = await project().succeed(...DESTROY);
    assert.match(output, /Nothing left to archive for a\*\*\*@seeds\.example\.com: "/);
  });
});
