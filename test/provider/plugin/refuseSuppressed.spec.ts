import assert from "node:assert/strict";
import * as fs from "node:fs";
import { SuppressedError } from "../../../provider/mailmodo/errors";
import { parseRecords } from "../../../provider/model/contacts";
import type { EnrollmentState } from "../../../provider/model/inputs";
import type { ShardInputs, ShardState } from "../../../provider/model/shard";
import { SHARD_LOADER } from "../../../provider/model/stateFormat";
import cohortLifecycle from "../../../provider/plugin/cohortLifecycle";
import enrollmentLifecycle from "../../../provider/plugin/enrollmentLifecycle";
import { beginSession } from "../../../provider/plugin/session";
import { printed } from "../../support/capturedOutput";
import { configure, settings } from "../../support/configure";
import { inputs } from "../../support/enrollmentInputs";
import { journalOf } from "../../support/journalOf";
import { journeyId } from "../../support/journeyId";
import { useKilledPlugin } from "../../support/killedPlugin";
import { useSandbox, type RunningSandbox } from "../../support/sandbox";
import { json, serve } from "../../support/server";

const { email } = inputs;
const on = { "mailmodo:refuseSuppressed": "true" };
const unsubscribed = { email, unsubscribed: true, unsubscribeReason: "Clicked the link" };

/** The calls that the sandbox got, in order. */
const calls = (sandbox: RunningSandbox) =>
  sandbox.store.requests().map(({ path }) => /getContactDetails/.exec(path)?.[0] ?? path.split("/")[2]);

describe("mailmodo:refuseSuppressed, of one enrollment", () => {
  const sandbox = useSandbox();
  const leaveAsKilled = useKilledPlugin();
  const asked = () => calls(sandbox());
  const begin = (others: Record<string, string> = on) => configure(settings(sandbox().url, others));
  const create = () => enrollmentLifecycle.create(inputs);
  // A time at which no start can take effect any more.
  const lost: EnrollmentState = { ...inputs, status: "unconfirmed", startedAt: "2026-11-23T08:30:00.000Z" };
  const update = () => enrollmentLifecycle.update(`unconfirmed:${journeyId}`, lost, inputs);

  it("looks nothing up unless it is set", async () => {
    sandbox().setContacts([unsubscribed]);
    await begin({});
    await create();
    assert.deepEqual(asked(), ["start"]);
  });

  it("is checked in a preview, without a request", async () => {
    await begin({ "mailmodo:refuseSuppressed": "often" });
    const { failures } = await enrollmentLifecycle.check(inputs, inputs);
    assert.match(failures?.[0]?.reason ?? "", /^mailmodo:refuseSuppressed must be true or false\./);
    assert.deepEqual(asked(), []);
  });

  it("lets a contact that gets mail start, and one that Mailmodo does not know", async () => {
    sandbox().setContacts([{ email }]);
    await begin();
    await create();
    await enrollmentLifecycle.create({ ...inputs, email: "new+tag@seeds.example.com" });
    assert.deepEqual(asked(), ["getContactDetails", "start", "getContactDetails", "start"]);
  });

  it("refuses an unsubscribed contact: with the reason and the command, nothing started, nothing recorded", async () => {
    sandbox().setContacts([unsubscribed]);
    await begin();
    await assert.rejects(create(), (error: Error & { id?: string }) => {
      assert.ok(error.cause instanceof SuppressedError);
      assert.equal(
        error.message,
        `Could not start journey ${journeyId} for q***@seeds.example.com: Mailmodo sends the contact nothing, because it is ` +
          'unsubscribed ("Clicked the link"). Nothing was started. Resubscribe it: curl -X POST ' +
          `${sandbox().url}/api/v1/contacts/resubscribe -H "mmApiKey: $MAILMODO_API_KEY" -H 'Content-Type: ` +
          `application/json' -d '{"email":"<address>"}'.`,
      );
      assert.ok(!("id" in error));
      return true;
    });
    assert.deepEqual(asked(), ["getContactDetails"]);
    assert.deepEqual(sandbox().running(), []);
  });

  it("writes no note of a start that it refuses", async () => {
    await leaveAsKilled(async () => undefined);
    sandbox().setContacts([{ email, blocked: true, blockedReason: "Bounced" }]);
    await begin();
    await assert.rejects(
      create(),
      /because it is blocked \("Bounced"\)\. Nothing was started\. Unblock it in Mailmodo/,
    );
    assert.equal(fs.existsSync(journalOf(process.env)), false);
  });

  it("starts it once the command that it names was run", async () => {
    sandbox().setContacts([unsubscribed]);
    await begin();
    await assert.rejects(create());
    await sandbox().post("/api/v1/contacts/resubscribe", { email });
    await create();
    assert.deepEqual(sandbox().running(), [email]);
  });

  it("aborts an unconfirmed start before it refuses to start it again, and leaves it in the state", async () => {
    await begin({});
    await create();
    sandbox().setContacts([unsubscribed]);
    await begin();
    await assert.rejects(update(), (error: Error) => error.cause instanceof SuppressedError && !("id" in error));
    assert.deepEqual(asked(), ["start", "abort", "getContactDetails"]);
    assert.deepEqual(sandbox().running(), []);
  });

  it("settles what a killed run left before it refuses", async () => {
    await leaveAsKilled((journal) => journal.addNote("start", { ...inputs, startSentAt: 0 }));
    sandbox().setContacts([unsubscribed]);
    await begin({ ...on, "mailmodo:lateStartSeconds": "0" });
    await printed(() => assert.rejects(create(), /because it is unsubscribed/));
    assert.deepEqual(asked().slice(-2), ["abort", "getContactDetails"]);
  });

  it("starts contacts that cannot be looked up, and says so once in a run", async () => {
    beginSession();
    const ref = "11111111-2222-4333-8444-555555555555";
    const server = await serve((response, _nth, { method }) =>
      method === "GET"
        ? json(response, 402, { success: false, message: `The plan of ${email} has no such call` })
        : json(response, 200, { success: true, message: "ok", ref }),
    );
    try {
      await configure(settings(server.url, on));
      const lines = await printed(async () => {
        await create();
        await enrollmentLifecycle.create({ ...inputs, email: "ada@seeds.example.com" });
      });
      assert.deepEqual(lines, [
        "mailmodo:refuseSuppressed: contacts that cannot be looked up are started all the same. Could not look up the " +
          'contact q***@seeds.example.com: Mailmodo refused it (402): "The plan of q***@seeds.example.com has no such call".',
      ]);
      assert.deepEqual(
        server.seen.map(({ method }) => method),
        ["GET", "POST", "GET", "POST"],
      );
    } finally {
      await server.close();
    }
  });
});

describe("mailmodo:refuseSuppressed, of a cohort's shard", () => {
  const sandbox = useSandbox();
  const asked = () => calls(sandbox());
  beforeEach(() => configure(settings(sandbox().url, on), cohortLifecycle));
  const addressOf = (name: string) => `${name}@seeds.example.com`;
  const shard = (seats: Record<string, number>): ShardInputs => ({
    cohort: "smoke",
    shard: 3,
    shards: 64,
    size: 3,
    journeyId,
    contacts: JSON.stringify(Object.fromEntries(Object.entries(seats).map(([name, n]) => [addressOf(name), { n }]))),
    allowDuplicateEmail: false,
    abortReason: "preview closed",
    __provider: SHARD_LOADER,
  });
  const recorded = ({ contacts }: ShardState) => [...parseRecords(contacts).keys()].sort();
  const failureOf = (work: Promise<unknown>) =>
    work.then(
      () => assert.fail("it fails"),
      (error: Error & { properties: ShardState }) => error,
    );
  const suppress = (...names: string[]) =>
    sandbox().setContacts(names.map((name) => ({ email: addressOf(name), unsubscribed: true })));

  it("starts and records the others, with one more request for each", async () => {
    suppress("b");
    const { message, properties } = await failureOf(cohortLifecycle.create(shard({ a: 1, b: 1, c: 1 })));
    assert.match(
      message,
      /^Cohort smoke, shard 3: 1 of 3 contacts failed\. Could not start .* b\*\*\*@.* it is unsubscribed\. .*curl/,
    );
    assert.deepEqual(recorded(properties), ["a", "c"].map(addressOf));
    assert.deepEqual(sandbox().running().sort(), ["a", "c"].map(addressOf));
    assert.equal(asked().filter((call) => call === "getContactDetails").length, 3);
  });

  it("does not give up the others, however many are suppressed", async () => {
    const names = [..."abcdefghijklmnopqrstuvwxyz"];
    suppress(...names.slice(0, -1));
    const seats = Object.fromEntries(names.map((name) => [name, 1]));
    const { properties } = await failureOf(cohortLifecycle.create(shard(seats)));
    assert.deepEqual(recorded(properties), [addressOf("z")]);
  });

  it("has aborted a changed contact that it does not start again, and the state says so", async () => {
    const { outs } = await cohortLifecycle.create(shard({ a: 1, b: 1 }));
    suppress("b");
    const { properties } = await failureOf(cohortLifecycle.update("smoke/3", outs, shard({ a: 1, b: 2 })));
    assert.deepEqual(recorded(properties), [addressOf("a")]);
    assert.deepEqual(sandbox().running(), [addressOf("a")]);
  });
});
