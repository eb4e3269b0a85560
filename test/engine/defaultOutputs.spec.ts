import assert from "node:assert/strict";
import { UP } from "../support/pulumiArgs";
import { useProject } from "../support/project";

const OTHER = "0b9e8d7c-6a5f-4e4d-9c3b-2a1908f7e6d5";
const HEAD = `
  const a = new JourneyEnrollment("a", { journeyId, email: "qa@seeds.example.com" });
  const { data, allowDuplicateEmail, abortReason, email } = a;
  const b = new JourneyEnrollment("b", { journeyId: "${OTHER}", email, data, allowDuplicateEmail, abortReason });`;

describe("an enrollment that takes its inputs from the outputs of another one, which has the defaults", () => {
  const project = useProject(HEAD);

  it("shows no change in a preview where there is none, and a mistake before the up", async () => {
    await project().succeed(...UP);
    await project().succeed("preview", "--expect-no-changes");
    project().program(
      `${HEAD} new JourneyEnrollment("c", { journeyId: "${OTHER}", email: "qa@seeds.example.com", allowDuplicateEmail });`,
    );
    const { output } = await project().fail("preview");
    assert.match(output, /both enroll q\*\*\*@seeds\.example\.com/);
  });

  it("has them as outputs, which are known in the preview of the first up too", async () => {
    // What is not known yet is not applied.
    const print = `pulumi.all([b.allowDuplicateEmail, b.abortReason]).apply((both) => console.log("both:", ...both));`;
    project().program(`${HEAD} ${print}`);
    for (const args of [["preview"], UP, ["preview"]] as const) {
      const { output } = await project().succeed(...args);
      assert.match(output, /both: false Removed by Pulumi from seeds\/test\n/);
    }
  });

  it("has them as secrets where the program says so", async () => {
    const args = `{ journeyId, email: "qa@seeds.example.com" }, { additionalSecretOutputs: ["abortReason"] }`;
    project().program(`exports.reason = new JourneyEnrollment("a", ${args}).abortReason;`);
    await project().succeed(...UP);
    assert.match((await project().succeed("stack", "output")).output, /reason +\[secret\]/);
  });
});
