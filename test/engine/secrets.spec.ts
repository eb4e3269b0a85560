import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { defaultProfile, SANDBOX_KEY } from "mailmodo-sandbox";
import { useProject, writtenFiles } from "../support/project";
import { DESTROY, UP } from "../support/pulumiArgs";
const address = "ada.secret@seeds.example.com";

describe("what is secret, through the real engine", () => {
  const project = useProject(
    `
    const qa = new JourneyEnrollment("qa", {
      journeyId,
      email: pulumi.secret("${address}"),
      data: { firstName: pulumi.secret("Countess"), seats: 3 },
      triggers: process.env.TRIGGER ? [process.env.TRIGGER] : [],
    });
    exports.email = qa.email;
    exports.data = qa.data;
  `,
    {
      // Refused by words that repeat what was sent.
      profile: {
        ...defaultProfile,
        wrongKey: { status: 400, message: `API key ${SANDBOX_KEY} may not stop ${address}` },
      },
    },
  );

  it("is nowhere in a state, an output or an error", async () => {
    delete project().env["MAILMODO_API_KEY"];
    await project().succeed("config", "set", "--secret", "mailmodo:apiKey", SANDBOX_KEY);
    const texts: string[] = [];
    const keep = (run: { output: string }) => texts.push(run.output);

    keep(await project().succeed("preview", "--diff"));
    keep(await project().succeed("up", "--yes", "--diff"));
    keep(await project().succeed("stack", "output"));
    keep(await project().succeed("stack", "export"));
    keep(await project().pulumiWith({ TRIGGER: "1" }, "preview", "--diff"));
    keep(await project().succeed(...UP, "--diff", "--expect-no-changes"));

    // A start whose answer is lost: what is recorded of it must name no secret either.
    project().sandbox.faults.add({ kind: "reset-after", on: "start", count: 1 });
    keep(await project().pulumiWith({ TRIGGER: "2" }, ...UP));
    keep(await project().pulumiWith({ TRIGGER: "2" }, ...UP));
    keep(await project().succeed("stack", "export"));

    project().sandbox.rotateKey("TESTKEY-0000000-0000000-0000002");
    const refused = await project().fail(...DESTROY);
    keep(refused);
    assert.match(refused.output, /"API key \[key\] may not stop a\*\*\*@seeds\.example\.com"/);
    keep(await project().fail("preview", "--config", "mailmodo:allowedRecipients=[]"));
    keep(await project().fail("preview", "--config", 'mailmodo:allowedRecipients=["*@other.example.com"]'));

    // The state, the stack's file, Pulumi's home with its logs, and the journal of calls.
    for (const file of writtenFiles(path.join(project().dir, ".."))) texts.push(fs.readFileSync(file, "utf8"));

    assert.ok(texts.length > 12);
    for (const text of texts) {
      for (const secret of [SANDBOX_KEY, address, "ada.secret", "Countess"]) {
        assert.ok(!text.includes(secret), `${secret} is in:\n${text}`);
      }
    }
  });
});
