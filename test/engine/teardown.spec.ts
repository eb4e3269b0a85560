import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { SANDBOX_KEY } from "mailmodo-sandbox";
import { DESTROY, UP } from "../support/pulumiArgs";
import { recoverByCli } from "../support/recoverByCli";
import { journeyId } from "../support/journeyId";
import { useProject } from "../support/project";
const newKey = "TESTKEY-0000000-0000000-0000002";

describe("a destroy through the real engine, months later", () => {
  const project = useProject(`
    new JourneyEnrollment("qa", { journeyId, email: stackAddress("qa@seeds.example.com"), abortReason: "over" });
  `);
  const statuses = () =>
    project()
      .sandbox.store.all()
      .map(({ status }) => status);

  /** As months pass: the program is gone, only the installed package is there. */
  const removeProgram = () => fs.rmSync(path.join(project().dir, "index.js"));

  /** The key in the stack's config, none in the environment. */
  const useConfigKey = async (key: string) => {
    delete project().env["MAILMODO_API_KEY"];
    await project().succeed("config", "set", "--secret", "mailmodo:apiKey", key);
  };

  it("needs no program", async () => {
    await project().succeed(...UP);
    removeProgram();
    await project().succeed(...DESTROY);
    assert.deepEqual(statuses(), ["aborted"]);
    assert.equal(project().sandbox.store.all()[0]?.abortReason, "over");
  });

  it("works without the program and with a rotated key from the environment", async () => {
    await useConfigKey(SANDBOX_KEY);
    await project().succeed(...UP);
    removeProgram();
    project().sandbox.rotateKey(newKey);
    project().env["MAILMODO_API_KEY"] = newKey;
    await project().succeed(...DESTROY);
    assert.deepEqual(statuses(), ["aborted"]);
  });

  it("works with a rotated key from the config and --run-program", async () => {
    await useConfigKey(SANDBOX_KEY);
    await project().succeed(...UP);
    project().sandbox.rotateKey(newKey);
    await project().succeed("config", "set", "--secret", "mailmodo:apiKey", newKey);
    await project().succeed(...DESTROY, "--run-program");
    assert.deepEqual(statuses(), ["aborted"]);
  });

  it("without either, fails, keeps the enrollment in the state, and names the ways out, of which an up is one", async () => {
    await useConfigKey(SANDBOX_KEY);
    await project().succeed(...UP);
    project().sandbox.rotateKey(newKey);
    await project().succeed("config", "set", "--secret", "mailmodo:apiKey", newKey);
    const { output } = await project().fail(...DESTROY);
    const [error] = output.match(/error: .*Could not abort.*/) ?? [];
    assert.match(
      error ?? "",
      new RegExp(
        `Could not abort journey ${journeyId} for instance \\S+: Mailmodo refused the API key \\(400\\): "Invalid mmApiKey"\\. ` +
          "A plain destroy uses the settings of the last up\\..*MAILMODO_API_KEY.*pulumi up.*pulumi destroy --run-program",
      ),
    );
    assert.doesNotMatch(output, /^\s+at .*:\d+/m, "a stack trace");
    assert.ok(!output.includes(newKey) && !output.includes(SANDBOX_KEY));
    assert.deepEqual(statuses(), ["running"]);

    await project().succeed(...UP, "--expect-no-changes");
    await project().succeed(...DESTROY);
    assert.deepEqual(statuses(), ["aborted"]);
  });

  it("says how to set a key where there is none", async () => {
    await project().succeed(...UP);
    delete project().env["MAILMODO_API_KEY"];
    const { output } = await project().fail(...DESTROY);
    assert.match(output, /error: .*Missing mailmodo:apiKey\..*MAILMODO_API_KEY/);
    assert.deepEqual(statuses(), ["running"]);
  });

  it("whose abort may have taken effect leaves nothing to rely on: an up starts it again, once", async () => {
    await project().succeed(...UP);
    project().sandbox.faults.add({ kind: "reset-after", on: "abort" });
    const { output } = await project().fail(...DESTROY);
    assert.match(output, /error: .*Could not abort .*, so it may have taken effect/);
    assert.deepEqual(statuses(), ["aborted"]);
    project().sandbox.faults.clear();
    await project().succeed(...UP);
    assert.deepEqual(statuses(), ["aborted", "running"]);
    await project().succeed(...UP, "--expect-no-changes");
    await project().succeed(...DESTROY);
    assert.deepEqual(statuses(), ["aborted", "aborted"]);
  });

  it("whose enrollment is then forgotten by hand does not hold recover up", async () => {
    await project().succeed(...UP);
    project().sandbox.faults.add({ kind: "reset-after", on: "abort" });
    await project().fail(...DESTROY);
    const { stdout } = await project().succeed("stack", "export");
    const { resources } = (JSON.parse(stdout) as { deployment: { resources: { urn: string }[] } }).deployment;
    await project().succeed("state", "delete", resources.at(-1)!.urn, "--yes");
    const { code, output } = await recoverByCli(project());
    assert.equal(code, 0, output);
    assert.match(output, /so it may have taken effect\. No stack records it, so the next recover tries again\./);
    project().sandbox.faults.clear();
    assert.match((await recoverByCli(project())).output, /Nothing was left to abort .*\n.* is recovered\./);
    assert.equal((await recoverByCli(project())).output, "Nothing to recover in the stack test.\n");
  });

  it("takes an enrollment that ended by itself as done, and says so in one line", async () => {
    await project().succeed(...UP);
    const [instance] = project().sandbox.store.all();
    project().sandbox.store.instances.abort(instance!, "by hand, in Mailmodo");
    const { output } = await project().succeed(...DESTROY);
    assert.match(
      output,
      /Nothing left to abort in journey \S+ for q\*\*\*@seeds\.example\.com: "The journey instance has/,
    );
  });
});
