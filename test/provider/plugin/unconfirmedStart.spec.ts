import assert from "node:assert/strict";
import enrollmentLifecycle from "../../../provider/plugin/enrollmentLifecycle";
import type { EnrollmentState } from "../../../provider/model/inputs";
import { printed } from "../../support/capturedOutput";
import { configure, settings } from "../../support/configure";
import { inputs } from "../../support/enrollmentInputs";
import { json, serve, type Answer, type TestServer } from "../../support/server";

describe("an unconfirmed start", () => {
  let server: TestServer;
  afterEach(() => server.close());

  async function answering(answer: Answer): Promise<void> {
    server = await serve(answer);
    await configure(settings(server.url));
  }
  // A time at which no other spec of this process has sent a start.
  const unconfirmed: EnrollmentState = { ...inputs, status: "unconfirmed", startedAt: "2026-11-23T08:30:00.000Z" };
  const id = `unconfirmed:${inputs.journeyId}`;
  const ref = "11111111-2222-4333-8444-555555555555";
  const paths = () => server.seen.map(({ url }) => url.split("/")[2]);

  it("is recorded with all that delete needs, and says what happens next", async () => {
    await answering((response) => response.destroy());
    await assert.rejects(enrollmentLifecycle.create(inputs), (error: Error & Record<string, unknown>) => {
      const { startedAt, ...properties } = error["properties"] as EnrollmentState;
      assert.equal(error["id"], id);
      assert.deepEqual(properties, { ...inputs, status: "unconfirmed" });
      assert.match(startedAt, /Z$/);
      assert.match(
        error.message,
        /may have taken effect\. It is recorded as unconfirmed.*aborts by address, then starts once/,
      );
      return true;
    });
    assert.deepEqual(paths(), ["start"]);
  });

  it("is a change by itself, because a refresh removes the engine's mark of it", async () => {
    await answering((response) => response.end());
    assert.deepEqual(await enrollmentLifecycle.diff(id, unconfirmed, inputs), {
      changes: true,
      replaces: [],
      deleteBeforeReplace: true,
    });
  });

  it("is not replaced where allowDuplicateEmail lets others run for the address, which an abort would stop", async () => {
    await answering((response) => response.end());
    const both = { allowDuplicateEmail: true, triggers: ["1"] };
    const { replaces } = await enrollmentLifecycle.diff(
      id,
      { ...unconfirmed, ...both },
      { ...inputs, ...both, triggers: [] },
    );
    assert.deepEqual(replaces, []);
  });

  it("is mended by update: abort by address, then one start", async () => {
    await answering((response) => json(response, 200, { success: true, message: "ok", ref }));
    const { outs } = await enrollmentLifecycle.update(id, unconfirmed, { ...inputs, abortReason: "other" });
    assert.deepEqual(paths(), ["abort", "start"]);
    assert.deepEqual(JSON.parse(server.seen[0]?.body ?? ""), { email: inputs.email, reason: "preview closed" });
    assert.deepEqual([outs.instanceId, outs.status, outs.abortReason], [ref, "started", "other"]);
  });

  it("is aborted by the spelling that was sent, and started by the new one", async () => {
    server = await serve((response) => json(response, 200, { success: true, message: "ok", ref }));
    await configure(settings(server.url, { "mailmodo:allowedRecipients": '["*@bücher.example"]' }));
    const recorded = { ...unconfirmed, email: "qa@bücher.example" };
    const news = { ...inputs, email: "qa@XN--bcher-kva.example" };
    assert.deepEqual((await enrollmentLifecycle.diff(id, recorded, news)).replaces, []);
    await enrollmentLifecycle.update(id, recorded, news);
    const emails = server.seen.map(({ body }) => (JSON.parse(body) as { email: string }).email);
    assert.deepEqual(
      [paths(), emails],
      [
        ["abort", "start"],
        [recorded.email, news.email],
      ],
    );
  });

  it("is mended where nothing had been started", async () => {
    await answering((response, nth) =>
      nth === 1
        ? json(response, 400, { success: false, status: "error", message: "No such journey instance" })
        : json(response, 200, { success: true, message: "ok", ref }),
    );
    const lines = await printed(() => enrollmentLifecycle.update(id, unconfirmed, inputs));
    assert.equal(lines.length, 1);
    assert.deepEqual(paths(), ["abort", "start"]);
  });

  it("is not started while the abort is refused", async () => {
    await answering((response) => json(response, 400, { success: false, message: "Journey is paused" }));
    await assert.rejects(
      enrollmentLifecycle.update(id, unconfirmed, inputs),
      /refused it \(400\): "Journey is paused"/,
    );
    assert.deepEqual(paths(), ["abort"]);
  });

  it("stays and says so where allowDuplicateEmail lets others run for the address", async () => {
    await answering((response) => json(response, 200, { success: true, message: "ok", ref }));
    const both = { allowDuplicateEmail: true };
    await assert.rejects(
      enrollmentLifecycle.update(id, { ...unconfirmed, ...both }, { ...inputs, ...both }),
      (error: Error & Record<string, unknown>) => {
        assert.equal(error["id"], id);
        assert.match(error.message, /stays recorded as unconfirmed/);
        return true;
      },
    );
    assert.deepEqual(paths(), []);
  });

  it("is deleted by address", async () => {
    await answering((response) => json(response, 200, { success: true, message: "ok" }));
    await enrollmentLifecycle.delete(id, unconfirmed);
    assert.deepEqual(JSON.parse(server.seen[0]?.body ?? ""), { email: inputs.email, reason: "preview closed" });
  });

  it("stays in the state when its abort is refused, and the way out is named", async () => {
    await answering((response) => json(response, 400, { success: false, message: "Journey is paused" }));
    await assert.rejects(enrollmentLifecycle.delete(id, unconfirmed), /pulumi state delete '<urn>'/);
  });
});
