import assert from "node:assert/strict";
import { LOADER } from "../../provider/model/stateFormat";
import { useProject } from "../support/project";
import { DESTROY, UP } from "../support/pulumiArgs";

interface Resource {
  readonly type: string;
  readonly inputs: { readonly __provider: string };
  readonly sourcePosition: string;
  readonly stackTrace?: unknown;
}

describe("enrollments through the real engine", () => {
  const project = useProject(`
    const qa = new JourneyEnrollment("qa", { journeyId, email: stackAddress("qa@seeds.example.com"), abortReason: "one" });
    exports.id = qa.instanceId;
    exports.status = qa.status;
    exports.startedAt = qa.startedAt;
  `);
  const email = "qa+seeds.test@seeds.example.com";

  it("live as the lifecycle says: preview, up, up, in place, replace, destroy", async () => {
    const preview = await project().succeed("preview");
    assert.match(preview.stdout, /2 to create/);
    assert.deepEqual(project().requests(), []);

    await project().succeed(...UP);
    assert.deepEqual(project().requests(), [["start", { email, data: {}, allowDuplicateEmail: false }]]);
    const [instance] = project().sandbox.store.all();
    const outputs = JSON.parse((await project().succeed("stack", "output", "--json")).stdout) as Record<string, string>;
    assert.deepEqual([outputs["id"], outputs["status"]], [instance?.instanceId, "started"]);
    assert.ok(!Number.isNaN(Date.parse(outputs["startedAt"] ?? "")));

    await project().succeed(...UP, "--expect-no-changes");
    assert.deepEqual(project().requests(), []);

    project().program(`
      new JourneyEnrollment("qa", { journeyId, email: stackAddress("qa@seeds.example.com"), abortReason: "two" });
    `);
    const inPlace = await project().succeed(...UP);
    assert.match(inPlace.stdout, /~ 1 updated/);
    assert.deepEqual(project().requests(), []);

    project().program(`
      new JourneyEnrollment("qa", {
        journeyId, email: stackAddress("qa@seeds.example.com"), abortReason: "three", triggers: ["0a1b2c3"],
      });
    `);
    const replace = await project().succeed(...UP);
    assert.match(replace.stdout, /\+-1 replaced/);
    assert.deepEqual(project().requests(), [
      ["abort", { instanceId: instance?.instanceId, reason: "two" }],
      ["start", { email, data: {}, allowDuplicateEmail: false }],
    ]);

    await project().succeed(...DESTROY);
    const second = project().sandbox.store.all()[1];
    assert.deepEqual(project().requests(), [["abort", { instanceId: second?.instanceId, reason: "three" }]]);
    assert.deepEqual(
      project()
        .sandbox.store.all()
        .map(({ status, abortReason }) => [status, abortReason]),
      [
        ["aborted", "two"],
        ["aborted", "three"],
      ],
    );
  });

  it("are aborted when they leave the program", async () => {
    await project().succeed(...UP);
    project().program("");
    await project().succeed(...UP);
    assert.equal(project().sandbox.store.all()[0]?.abortReason, "one");
  });

  it("take values that are not known in preview, in every input", async () => {
    project().program(`
      const first = new JourneyEnrollment("first", { journeyId, email: stackAddress("qa@seeds.example.com") });
      const later = (value) => first.instanceId.apply(() => value);
      new JourneyEnrollment("second", {
        journeyId: later("0b9e8d7c-6a5f-4e4d-9c3b-2a1908f7e6d5"),
        email: later(stackAddress("qa@seeds.example.com")),
        data: later({ firstName: "Ada" }),
        allowDuplicateEmail: later(true),
        abortReason: later("over"),
        triggers: later([1]),
      });
      new JourneyEnrollment("third", {
        journeyId,
        email: stackAddress("qa3@seeds.example.com"),
        data: { first: first.instanceId },
        triggers: [first.startedAt],
      });
    `);
    await project().succeed("preview");
    assert.deepEqual(project().requests(), []);
    await project().succeed(...UP);
    const requests = project().requests();
    assert.equal(requests.length, 3);
    assert.ok(requests.some(([, body]) => JSON.stringify(body["data"]) === '{"firstName":"Ada"}'));
    await project().succeed(...UP, "--expect-no-changes");
    await project().succeed(...DESTROY);
    assert.ok(
      project()
        .sandbox.store.all()
        .every(({ status }) => status === "aborted"),
    );
  });

  it("are refused when a value that was not known in preview turns out bad, before anything is sent for them", async () => {
    project().program(`
      const first = new JourneyEnrollment("first", { journeyId, email: stackAddress("qa@seeds.example.com") });
      new JourneyEnrollment("second", { journeyId, email: first.instanceId.apply(() => "jane@example.org") });
    `);
    await project().succeed("preview");
    const { output } = await project().fail(...UP);
    assert.match(output, /j\*\*\*@example\.org is outside mailmodo:allowedRecipients/);
    assert.deepEqual(
      project()
        .requests()
        .map(([call]) => call),
      ["start"],
    );
  });

  it("take at most 2.6 KB each in an exported state, hold no logic, and name their place in the program", async () => {
    project().program(`
      for (let i = 0; i < 20; i++) {
        new JourneyEnrollment("qa" + i, {
          journeyId, email: stackAddress("qa" + i + "@seeds.example.com"), data: { firstName: "Ada", seats: 3, trial: true },
        });
      }
    `);
    await project().succeed(...UP);
    const { stdout } = await project().succeed("stack", "export");
    const { deployment } = JSON.parse(stdout) as { deployment: { resources: Resource[] } };
    const enrollments = deployment.resources.filter(({ type }) => type.endsWith(":JourneyEnrollment"));
    assert.equal(enrollments.length, 20);
    // As the CLI prints it, indented; without what a stack has in any case.
    deployment.resources = deployment.resources.filter((resource) => !enrollments.includes(resource));
    const bytes =
      (Buffer.byteLength(stdout) - Buffer.byteLength(JSON.stringify({ version: 3, deployment }, null, 4))) / 20;
    assert.ok(bytes <= 2600, `${bytes} bytes each`);
    for (const { inputs, sourcePosition, stackTrace } of enrollments) {
      assert.equal(inputs.__provider, LOADER);
      assert.match(sourcePosition, /^project:\/\/\/index\.js#\d+,\d+$/);
      assert.equal(stackTrace, undefined);
    }
  });

  it("are recorded as unconfirmed when the answer is lost, kept by a destroy that comes too early, and started again once by the next up", async () => {
    const { sandbox } = project();
    await project().succeed("config", "set", "mailmodo:lateStartSeconds", "3600");
    let lose = true;
    sandbox.app.server.prependListener("request", (request, response) => {
      // The start takes effect; its answer is lost.
      if (lose && request.url?.startsWith("/hooks/start/")) response.end = () => response.destroy();
    });
    const failed = await project().fail(...UP);
    assert.match(failed.output, /may have taken effect\. It is recorded as unconfirmed/);
    assert.deepEqual(
      project()
        .requests()
        .map(([call]) => call),
      ["start"],
    );
    assert.equal(sandbox.store.all()[0]?.status, "running");

    lose = false;
    const tooEarly = await project().fail(...DESTROY);
    assert.match(
      tooEarly.output,
      /may still take effect\. Run it again from \d\d:\d\d:\d\d UTC on\. It stays in the state/,
    );
    project().requests();
    await project().succeed("config", "set", "mailmodo:lateStartSeconds", "0");
    // It removes the engine's own mark of the failure.
    await project().succeed("refresh", "--yes", "--skip-preview");
    await project().succeed(...UP);
    assert.deepEqual(
      project()
        .requests()
        .map(([call, body]) => [call, Object.keys(body)]),
      [
        ["abort", ["email", "reason"]],
        ["start", ["email", "data", "allowDuplicateEmail"]],
      ],
    );
    await project().succeed(...UP, "--expect-no-changes");
    await project().succeed(...DESTROY);
    assert.ok(sandbox.store.all().every(({ status }) => status === "aborted"));
  });
});
