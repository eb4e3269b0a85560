import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { StatusView } from "../../provider/commands/status/view";
import { enrollment, provider, runWith, stateOf, writeBackendFile, writeStack } from "../support/handmadeStates";
import { run } from "../../tools/workbench";
import { COMMAND } from "../support/command";
import { useProject } from "../support/project";
import { DESTROY, UP } from "../support/pulumiArgs";
import { ADA, NO_CLI, stateFolder, status } from "../support/status";

const COHORT = `new JourneyCohort("smoke", { journeyId, shards: 2, contacts: ["bob", "eve"].map((name) => ({ email: name + "@seeds.example.com" })) });`;

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
});
