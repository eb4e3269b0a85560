import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { journeyId } from "../support/journeyId";
import { useProject } from "../support/project";
import { DESTROY } from "../support/pulumiArgs";

interface Kept {
  deployment: { resources: { urn: string; outputs?: { instanceId?: string } }[] };
}

// State as version 0.1.0 wrote it: never generate these files again. Every later version must be able to destroy them.
describe("state that 0.1.0 wrote", () => {
  const project = useProject("");

  it("is destroyed by today's version: by instance id, or by address where the start was unconfirmed", async () => {
    const kept = fs.readFileSync(path.join(__dirname, "../fixtures/state-0.1.0.json"), "utf8");
    const state = path.join(project().dir, "state.json");
    fs.writeFileSync(state, kept.replaceAll("http://127.0.0.1:8025", project().sandbox.url));
    await project().succeed("stack", "import", "--file", state);
    const { deployment } = JSON.parse(kept) as Kept;
    const instanceOf = (name: string) =>
      deployment.resources.find(({ urn }) => urn.endsWith(`::${name}`))?.outputs?.instanceId;

    await project().succeed(...DESTROY);

    const reason = "the fixture is over";
    const asked = project().requests();
    assert.ok(asked.every(([call]) => call === "abort"));
    assert.deepEqual(
      new Set(asked.map(([, body]) => JSON.stringify(body))),
      new Set([
        JSON.stringify({ instanceId: instanceOf("plain"), reason }),
        JSON.stringify({ instanceId: instanceOf("full"), reason }),
        JSON.stringify({ email: "lost@seeds.example.com", reason }),
      ]),
    );
    const journal = project().sandbox.store.requests();
    assert.ok(journal.every((entry) => entry.path === `/hooks/abort/${journeyId}`));
    assert.deepEqual((await project().succeed("stack", "--show-urns")).stdout.match(/JourneyEnrollment/), null);
  });
});
