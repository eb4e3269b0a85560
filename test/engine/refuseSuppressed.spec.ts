import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { useProject } from "../support/project";
import { DESTROY, UP } from "../support/pulumiArgs";

describe("mailmodo:refuseSuppressed, through the real engine", () => {
  const project = useProject(`
    new JourneyEnrollment("qa", { journeyId, email: stackAddress("qa@seeds.example.com") });
    new JourneyCohort("smoke", {
      journeyId, shards: 1, contacts: ["a", "b", "c"].map((name) => ({ email: stackAddress(name + "@seeds.example.com") })),
    });
  `);
  const email = (name: string) => `${name}+seeds.test@seeds.example.com`;
  const set = (value: string) => {
    const file = path.join(project().dir, "Pulumi.test.yaml");
    const text = fs.readFileSync(file, "utf8").replace(/ {2}mailmodo:refuseSuppressed.*\n/, "");
    fs.writeFileSync(file, text.replace("config:\n", `config:\n  mailmodo:refuseSuppressed: ${value}\n`));
  };
  const suppress = (...names: string[]) => {
    const reason = { unsubscribed: true, unsubscribeReason: "Clicked the link" };
    project().sandbox.setContacts(names.map((name) => ({ email: email(name), ...reason })));
  };

  it("fails the preview if it is neither true nor false", async () => {
    set("sometimes");
    const { output } = await project().fail("preview");
    assert.match(output, /mailmodo:refuseSuppressed must be true or false\. Set it: pulumi config set /);
    assert.deepEqual(project().requests(), []);
  });

  it("starts the others, and each once its contact is mended", async () => {
    set("true");
    suppress("qa", "b");
    const { output } = await project().fail(...UP);
    assert.match(
      output,
      /for q\*\*\*@seeds\.example\.com: Mailmodo sends the contact nothing, because it is unsubscribed/,
    );
    assert.match(output, /curl -X POST http:\S+\/api\/v1\/contacts\/resubscribe -H "mmApiKey: \$MAILMODO_API_KEY"/);
    assert.deepEqual(
      project()
        .sandbox.running()
        .filter((one) => one === email("qa") || one === email("b")),
      [],
    );

    for (const name of ["qa", "b"])
      await project().sandbox.post("/api/v1/contacts/resubscribe", { email: email(name) });
    await project().succeed(...UP);
    assert.deepEqual(project().sandbox.running().sort(), ["a", "b", "c", "qa"].map(email));
    await project().succeed(...UP, "--expect-no-changes");
    await project().succeed(...DESTROY);
    assert.deepEqual(project().sandbox.running(), []);
  });

  it("lets a run go on whose contacts cannot be looked up, with one line about it", async () => {
    set("true");
    project().sandbox.faults.add({ kind: "not-json", on: "getContactDetails" });
    const { output } = await project().succeed(...UP);
    assert.deepEqual(project().sandbox.running().sort(), ["a", "b", "c", "qa"].map(email));
    // The CLI shows a line as it comes, and again at the end.
    const [, diagnostics = ""] = output.split("Diagnostics:");
    assert.equal(diagnostics.match(/contacts that cannot be looked up are started all the same/g)?.length, 1, output);
  });
});
