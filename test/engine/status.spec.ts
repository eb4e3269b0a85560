import assert from "node:assert/strict";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { StatusView } from "../../provider/commands/status/view";
import { run, type Run } from "../../tools/workbench";
import { COMMAND } from "../support/command";
import { contentsOf } from "../support/folderContents";
import { enrollment, provider, runWith, stateOf, writeBackendFile, writeStack } from "../support/handmadeStates";
import { useProject, type Project } from "../support/project";
import { DESTROY, UP } from "../support/pulumiArgs";

const ADA = `new JourneyEnrollment("ada", { journeyId, email: "ada@seeds.example.com" });`;
const COHORT = `new JourneyCohort("smoke", { journeyId, shards: 2, contacts: ["bob", "eve"].map((name) => ({ email: name + "@seeds.example.com" })) });`;

const stateFolder = ({ dir }: Project) => path.join(dir, "../state");

/** Runs the command with no key and no passphrase, and asserts that it writes nothing. */
async function status(
  project: Project,
  args: string[] = [],
  env: Record<string, string | undefined> = {},
): Promise<Run> {
  const own = { ...project.env, MAILMODO_API_KEY: undefined, PULUMI_CONFIG_PASSPHRASE: undefined, ...env };
  const before = contentsOf(project.dir, stateFolder(project));
  const result = await run(process.execPath, [COMMAND, "status", ...args], project.dir, own);
  assert.deepEqual(contentsOf(project.dir, stateFolder(project)), before);
  return result;
}

const passphraseOf = ({ env: { PULUMI_CONFIG_PASSPHRASE } }: Project) => ({ PULUMI_CONFIG_PASSPHRASE });

/** A PATH on which there is no Pulumi CLI. */
const NO_CLI = { PATH: os.tmpdir() };

describe("pulumi-mailmodo status", () => {
  describe("of a stack that is up", () => {
    const project = useProject(`${ADA}\n${COHORT}`, {}, "suite");
    before(() => project().succeed(...UP));

    it("shows what is enrolled, without the CLI, the key or the passphrase", async () => {
      const { code, stdout, stderr } = await status(project(), [], NO_CLI);
      assert.equal(code, 0, stderr);
      const [ada] = project()
        .sandbox.store.all()
        .filter(({ email }) => email.startsWith("ada"));
      assert.match(stdout, /^Stack seeds\/test\n {2}Journey 6f1c2d3e\S+\n/);
      assert.match(
        stdout,
        new RegExp(`^ {4}a\\*\\*\\*@seeds\\.example\\.com  started  \\S+ ago  ${ada?.instanceId}  ada$`, "m"),
      );
      assert.match(stdout, /^ {4}Cohort smoke: 2 contacts \(2 started\), \S+ ago$/m);
      assert.match(stdout, /\nTotal: 3 contacts in 1 stack \(3 started\)\.\n$/);
    });

    it("asks Mailmodo nothing, not even with a key", async () => {
      project().requests();
      await status(project(), [], { MAILMODO_API_KEY: project().env["MAILMODO_API_KEY"] });
      assert.deepEqual(project().requests(), []);
    });

    it("shows addresses in full only if they are asked for", async () => {
      assert.doesNotMatch((await status(project())).stdout, /ada@/);
      assert.match((await status(project(), ["--show-addresses"])).stdout, / ada@seeds\.example\.com /);
    });

    it("prints JSON alone", async () => {
      const { stdout } = await status(project(), ["--json", "--stack", "test"]);
      const { stacks, totals } = JSON.parse(stdout) as StatusView;
      assert.deepEqual(
        stacks.map(({ name, enrollments, cohorts }) => [name, enrollments.length, cohorts.length]),
        [["organization/seeds/test", 1, 1]],
      );
      assert.equal(totals.started, 3);
    });

    it("works in any folder, for all projects or a stack's full name", async () => {
      const env = { ...project().env, ...NO_CLI };
      for (const args of [["--all-projects"], ["--stack", "organization/seeds/test"]]) {
        const { stdout, stderr } = await run(process.execPath, [COMMAND, "status", ...args], os.tmpdir(), env);
        assert.match(stdout, /Total: 3 contacts in 1 stack/, stderr);
      }
    });

    it("says in one line how it is used wrongly, and exits with 2", async () => {
      for (const [args, line] of [
        [["--stack", "prod"], /^There is no stack prod in the project seeds\. List all of them: .*\n$/],
        [["--cwd", "nowhere"], /^The folder nowhere does not exist\. .*\n$/],
        [["--cwd", os.tmpdir()], /^No Pulumi project in .*\n$/],
      ] as const) {
        const { code, stdout, stderr } = await status(project(), [...args]);
        assert.deepEqual([code, stdout], [2, ""]);
        assert.match(stderr, line);
      }
    });

    it("fails like the CLI if the backend's folder does not exist, and not if it is new", async () => {
      const folder = path.join(project().dir, "../new");
      const env = { PULUMI_BACKEND_URL: `file://${folder}` };
      const ofCli = () => project().pulumiWith(env, "stack", "ls");
      const missing = await status(project(), [], env);
      assert.deepEqual([missing.code, missing.stdout], [1, ""]);
      assert.match(missing.stderr, /^The backend's folder \S+new does not exist\. .*\n$/);
      assert.notEqual((await ofCli()).code, 0);
      fs.mkdirSync(folder);
      assert.match((await status(project(), [], env)).stdout, /^Total: 0 contacts in 0 stacks\.\n$/);
      assert.equal((await ofCli()).code, 0);
      fs.rmSync(folder, { recursive: true });
    });

    it("shows a preview with its expiry", async () => {
      await project().succeed("stack", "init", "pr-1", "--no-select");
      await project().succeed("stack", "tag", "set", "mailmodo:preview", new Date().toISOString(), "--stack", "pr-1");
      const { stdout } = await status(project());
      assert.match(stdout, /^Stack seeds\/pr-1\n {2}Preview: expires in 3d\.\n {2}Nothing is enrolled\.$/m);
      assert.match(stdout, /in 2 stacks \(3 started\), 1 preview\.\n$/);
      await project().succeed("stack", "rm", "--yes", "--stack", "pr-1");
    });

    it("shows what a preview enrolls, although its tags are no times", async () => {
      const tags = JSON.stringify({ version: 1, tags: { "mailmodo:preview": "soon" } });
      const state = stateOf([enrollment("welcome", "joe@seeds.example.com")]);
      const files = [
        writeStack(stateFolder(project()), "seeds/pr-2", state),
        writeBackendFile(stateFolder(project()), ".pulumi/stacks/seeds/pr-2.pulumi-tags", tags),
      ];
      const { code, stdout } = await status(project(), [], NO_CLI);
      for (const file of files) fs.rmSync(file);
      assert.equal(code, 0);
      assert.match(stdout, /^Stack seeds\/pr-2\n {2}Preview: expiry unknown\.\n {2}Journey \S+\n {4}j\*\*\*@/m);
      assert.match(stdout, /\nTotal: 4 contacts in 2 stacks \(4 started\), 1 preview\.\n$/);
    });

    it("shows no conflict with a stack that uses another Mailmodo", async () => {
      const other = provider({});
      const resource = runWith(other, enrollment("welcome", "ada@seeds.example.com"));
      const file = writeStack(stateFolder(project()), "seeds/prod", stateOf([other, resource]));
      const { code, stdout } = await status(project());
      fs.rmSync(file);
      assert.equal(code, 0);
      assert.match(stdout, /\nTotal: 4 contacts in 2 stacks \(4 started\)\.\n$/);
    });

    it("shows an address that two stacks enroll as a conflict, and exits with 1", async () => {
      const same = provider({ "mailmodo:baseUrl": project().sandbox.url });
      const resource = runWith(same, enrollment("welcome", "Ada@seeds.example.com"));
      const file = writeStack(stateFolder(project()), "seeds/prod", stateOf([same, resource]));
      const { code, stdout } = await status(project());
      fs.rmSync(file);
      assert.equal(code, 1);
      assert.match(
        stdout,
        /^Conflict: \S+ in journey \S+ is enrolled by seeds\/prod \(welcome\) and seeds\/test \(ada\)\. /m,
      );
      assert.match(stdout, /, 1 conflict\.\n$/);
    });

    it("shows a damaged state as one line in the CLI's words, all other stacks, and exits with 1", async () => {
      const file = writeStack(stateFolder(project()), "seeds/broken", stateOf([]));
      fs.writeFileSync(file, '{"version":3,');
      const { code, stdout } = await status(project());
      fs.rmSync(file);
      assert.equal(code, 1);
      assert.match(
        stdout,
        /^Stack seeds\/broken\n {2}Could not read the state of the stack organization\/seeds\/broken: .*\n\n/m,
      );
      assert.match(stdout, /Total: 3 contacts in 2 stacks \(3 started\), 1 stack not read, or only in part\.\n$/);
    });

    it("reads compressed states, and nothing of a stack that was destroyed", async () => {
      const gzip = { PULUMI_DIY_BACKEND_GZIP: "true" };
      const { code, output } = await project().pulumiWith(
        { ...gzip, MAILMODO_API_KEY: project().env["MAILMODO_API_KEY"]! },
        ...UP,
        "--refresh",
      );
      assert.equal(code, 0, output);
      assert.ok(fs.existsSync(path.join(stateFolder(project()), ".pulumi/stacks/seeds/test.json.gz")));
      assert.match((await status(project(), [], NO_CLI)).stdout, /Total: 3 contacts/);
      await project().succeed(...DESTROY);
      assert.match((await status(project(), [], NO_CLI)).stdout, /Total: 0 contacts in 1 stack\.\n$/);
    });
  });

  describe("of a stack whose addresses are secret", () => {
    const project = useProject(
      ADA.replace(`"ada@seeds.example.com"`, `pulumi.secret("ada@seeds.example.com")`),
      {},
      "suite",
    );
    before(() => project().succeed(...UP));

    it("shows them with the passphrase", async () => {
      const { code, stdout } = await status(project(), [], passphraseOf(project()));
      assert.equal(code, 0);
      assert.match(stdout, /^ {4}a\*\*\*@seeds\.example\.com {2}started /m);
    });

    it("says without it how many are hidden and why, in one line, and exits with 1", async () => {
      const { code, stdout } = await status(project());
      assert.equal(code, 1);
      assert.match(
        stdout,
        /^ {2}Encrypted, so not shown: 1 enrollment\. Could not read the state of .*passphrase.*\.$/m,
      );
      assert.ok(!stdout.includes("ada"));
    });
  });

  describe("of a stack whose abort reason is secret", () => {
    const project = useProject(ADA.replace("journeyId,", `journeyId, abortReason: pulumi.secret("over"),`));

    it("shows what it enrolls, without the passphrase", async () => {
      await project().succeed(...UP);
      const { code, stdout } = await status(project(), [], NO_CLI);
      assert.equal(code, 0);
      assert.match(stdout, /^ {4}a\*\*\*@seeds\.example\.com {2}started /m);
    });
  });

  describe("of a stack that is being updated, and whose run is then killed", () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const project = useProject(ADA, { sleep: () => held }, "suite");
    let running: Run;
    let killed: Run;
    before(async () => {
      project().sandbox.faults.add({ kind: "delay", delayMs: 50 });
      const asked = once(project().sandbox.app.server, "request");
      const cli = project().start({}, ...UP);
      const ended = once(cli, "exit");
      await asked;
      running = await status(project());
      cli.kill("SIGKILL");
      await ended;
      killed = await status(project());
    });
    after(() => release());

    it("shows the start that is in progress, and whose run it is", () => {
      assert.equal(running.code, 0, running.output);
      assert.match(running.stdout, /^ {2}A run is in progress: \S+@\S+ \(pid \d+\), \S+ ago\.$/m);
      assert.match(running.stdout, /^ {4}a\*\*\*@seeds\.example\.com {2}in progress {2}\S+ ago +ada$/m);
      assert.doesNotMatch(running.stdout, /recover/);
    });

    it("shows it as pending once the run is dead, the notes, and what to do", () => {
      assert.equal(killed.code, 0, killed.output);
      assert.match(killed.stdout, /^ {2}Locked by a run that has ended: \S+@\S+ \(pid \d+\), \S+ ago\.$/m);
      assert.match(killed.stdout, /^ {2}A run that has ended left notes of 1 call on this machine, \S+ ago\.$/m);
      assert.match(
        killed.stdout,
        /^ {2}A run was killed or failed\. Next: npx pulumi-mailmodo recover --stack test\.$/m,
      );
      assert.match(killed.stdout, /Total: 1 contact in 1 stack \(1 pending\)\.\n$/);
    });
  });

  describe("of states that other versions wrote", () => {
    const project = useProject("");
    const kept = path.join(__dirname, "../fixtures/state-0.1.0.json");

    it("shows what 0.1.0 enrolled", async () => {
      await project().succeed("stack", "import", "--file", kept);
      const { stdout } = await status(project(), [], passphraseOf(project()));
      assert.match(stdout, /l\*\*\*@seeds\.example\.com {2}unconfirmed {2}\S+ ago {2,}lost$/m);
      assert.match(stdout, /Total: 3 contacts in 1 stack \(2 started, 1 unconfirmed\)\.\n$/);
    });

    it("shows those in a backend of an old kind, whose stacks have no project", async () => {
      const old = path.join(project().dir, "../old");
      fs.mkdirSync(old);
      const env = {
        PULUMI_BACKEND_URL: `file://${old}`,
        PULUMI_DIY_BACKEND_LEGACY_LAYOUT: "true",
        PULUMI_DIY_BACKEND_IGNORE_DEPRECATION_ERROR: "1",
      };
      for (const args of [
        ["stack", "init", "test", "--no-select"],
        ["stack", "import", "--stack", "test", "--file", kept],
      ]) {
        const { code, output } = await project().pulumiWith(env, ...args);
        assert.equal(code, 0, output);
      }
      assert.ok(fs.existsSync(path.join(old, ".pulumi/stacks/test.json")));
      const { stdout } = await status(project(), [], { ...env, ...NO_CLI });
      assert.match(stdout, /^Stack seeds\/test$/m);

      const file = path.join(project().dir, "Pulumi.yaml");
      fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace("seeds", "shop"));
      assert.match((await status(project(), [], { ...env, ...NO_CLI })).stdout, /Total: 0 contacts in 0 stacks\.\n$/);
    });
  });

  describe("of a hundred stacks with a hundred contacts each", () => {
    const project = useProject("");

    it("shows all of them, sorted the same each time, without a run of the CLI", async () => {
      for (let nth = 0; nth < 100; nth++) {
        const contacts = Array.from({ length: 100 }, (_, i) =>
          enrollment(`qa-${i}`, `qa${i}.${nth}@seeds.example.com`),
        );
        writeStack(stateFolder(project()), `seeds/stack-${nth}`, stateOf(contacts));
      }
      const [first, second] = [
        await status(project(), ["--json"], NO_CLI),
        await status(project(), ["--json"], NO_CLI),
      ];
      assert.equal(first.code, 0, first.stderr);
      assert.equal(first.stdout, second.stdout);
      const { totals, stacks } = JSON.parse(first.stdout) as StatusView;
      assert.equal(totals.started, 10_000);
      const names = stacks.map(({ name }) => name);
      assert.deepEqual(names, [...names].sort());
    });
  });
});
