import assert from "node:assert/strict";
import { adviceOnUser } from "../../../provider/plugin/adviceOnUser";
import { beginSession } from "../../../provider/plugin/session";
import { previewEnvironment } from "../../../provider/text/configCommand";
import { withEnvironment } from "../../support/environment";

const email = "qa@seeds.example.com";
const URN = "urn:pulumi:test::seeds::pulumi-nodejs:dynamic/mailmodo:JourneyEnrollment::welcome";
const SHARD =
  "urn:pulumi:test::seeds::mailmodo:index:JourneyCohort$pulumi-nodejs:dynamic/mailmodo:CohortShard::smoke-0";

describe("the advice where something still enrolls a contact", () => {
  beforeEach(() => void beginSession());

  it("is to end that one first, in a destroy", async () => {
    const advice = `If the next run says so again, end that one first: pulumi destroy --target-dependents --target '${URN}'.`;
    assert.equal(await adviceOnUser(URN, email), advice);
  });

  it("names the stack of that one, if it is another one", async () => {
    const advice = async (stack: string) => (await adviceOnUser(URN, email, `organization/seeds/${stack}`))!;
    assert.match(await advice("dev"), /pulumi destroy --stack test --target-dependents --target 'urn:/);
    assert.match(await advice("test"), /pulumi destroy --target-dependents --target 'urn:/);
  });

  it("warns that a shard has others", async () => {
    assert.match(
      (await adviceOnUser(SHARD, email))!,
      /end that one first, with the journeys of all its contacts: pulumi /,
    );
  });

  it("is a whole up, and then an up of that one, in an up", async () => {
    beginSession().thisRun.want("enrollment", ["bob@seeds.example.com"]);
    assert.equal(
      await adviceOnUser(SHARD, email),
      `If a whole pulumi up, without --target, says so again, run this first: pulumi up --target-dependents --target '${SHARD}'.`,
    );
  });

  it("is an order in the program, in a preview: a command of the CLI's would change the settings of all previews", async () => {
    const preview = previewEnvironment("pr-1", "Pulumi.preview.yaml");
    await withEnvironment(preview, async () => {
      const advice =
        "If the next run says so again, let it depend on the contact in the program, and run npx pulumi-mailmodo previews up --name pr-1 first.";
      assert.equal(await adviceOnUser(URN, email), advice);
    });
  });

  it("is none where this run starts it", async () => {
    assert.equal(await adviceOnUser("one that this run starts", email), undefined);
  });
});
