import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { journeyId } from "../support/journeyId";
import { useFolderBackend, useRunners, type Runner } from "../support/previews";
import { useSandbox } from "../support/sandbox";

describe("the contacts of a preview, through the real engine", () => {
  const sandbox = useSandbox({}, "suite");
  const backend = useFolderBackend("suite");
  const newRunner = useRunners(sandbox, backend, "suite");
  let runner: Runner;
  let summary: string;
  const lookUpsOf = (name: string) =>
    sandbox()
      .requests()
      .filter(({ path }) => path.includes(`getContactDetails?email=${name}%2Bseeds.pr-7%40`)).length;
  before(async () => {
    runner = await newRunner({
      program: `const { Contact, JourneyCohort } = require("pulumi-mailmodo");
        const email = (name) => stackAddress(name + "@seeds.example.com");
        new JourneyEnrollment("qa", { journeyId: "${journeyId}", email: email("qa") });
        new JourneyCohort("smoke", { journeyId: "${journeyId}", shards: 1, contacts: [{ email: email("a") }, { email: email("b") }] });
        new Contact("ada", { email: email("ada"), list: "Seeds" });`,
    });
    summary = path.join(runner.dir, "../summary.md");
  });

  it("are each looked up once by an up, which ends without a warning if they get mail", async () => {
    const { stdout } = await runner.succeed("up", "--name", "pr-7");
    assert.doesNotMatch(stdout, /Warning/);
    assert.deepEqual(["qa", "a", "b"].map(lookUpsOf), [1, 1, 1]);
  });

  it("have a warning each if Mailmodo sends them nothing: printed, in JSON and in the summary", async () => {
    sandbox().setContacts([
      { email: "qa+seeds.pr-7@seeds.example.com", unsubscribed: true, unsubscribeReason: "Clicked the link" },
      { email: "b+seeds.pr-7@seeds.example.com", blocked: true },
      { email: "ada+seeds.pr-7@seeds.example.com", blocked: true },
    ]);
    const { stdout } = await runner.succeed("up", "--name", "pr-7", "--summary", summary);
    const warnings = stdout.split("\n").filter((line) => line.startsWith("Warning: "));
    assert.equal(warnings.length, 3, stdout);
    assert.match(
      stdout,
      /Warning: Mailmodo sends nothing to q\*\*\*@seeds\.example\.com \(qa\), because it is unsubscribed \("Clicked the link"\)\. Resubscribe it: curl .*\n/,
    );
    assert.match(
      stdout,
      /Warning: Mailmodo sends nothing to b\*\*\*@seeds\.example\.com \(smoke-0\), because it is blocked\./,
    );
    assert.match(
      stdout,
      /Warning: Mailmodo sends nothing to a\*\*\*@seeds\.example\.com \(ada\), because it is blocked\./,
    );
    assert.ok(stdout.trimEnd().endsWith(warnings.at(-1)!), "they come last");
    assert.match(fs.readFileSync(summary, "utf8"), /\n- Warning: `Mailmodo sends nothing to q\*\*\*@/);

    const json = await runner.succeed("up", "--name", "pr-7", "--json");
    const { warnings: listed } = JSON.parse(json.stdout) as { warnings: string[] };
    assert.deepEqual(
      listed.map((line) => `Warning: ${line}`),
      warnings,
    );
  });

  it("do not fail an up if they cannot be looked up: one line says so", async () => {
    sandbox().faults.add({ kind: "not-json", on: "getContactDetails" });
    const { stdout } = await runner.succeed("up", "--name", "pr-7");
    const warnings = stdout.split("\n").filter((line) => line.startsWith("Warning: "));
    assert.equal(warnings.length, 1, stdout);
    assert.match(
      warnings[0]!,
      /^Warning: Whether Mailmodo sends mail to 4 of its 4 contacts is not known\. Could not look up/,
    );
    sandbox().faults.clear();
    await runner.succeed("down", "--name", "pr-7");
    assert.deepEqual(sandbox().running(), []);
  });
});
