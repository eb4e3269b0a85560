import assert from "node:assert/strict";
import { profileOf } from "mailmodo-sandbox";
import cohortLifecycle from "../../../provider/plugin/cohortLifecycle";
import { parseRecords, recordsAsJson } from "../../../provider/model/contacts";
import { UNKNOWN } from "../../../provider/model/inputs";
import { SHARD_LOADER } from "../../../provider/model/stateFormat";
import type { ShardInputs, ShardState } from "../../../provider/model/shard";
import { printed } from "../../support/capturedOutput";
import { configure, settings } from "../../support/configure";
import { journeyId } from "../../support/journeyId";
import { useKilledPlugin } from "../../support/killedPlugin";
import { useSandbox } from "../../support/sandbox";

type Failure = Error & { id?: string; properties?: ShardState; reasons?: string[] };
type Data = Record<string, string | number | boolean>;

/** A shard's inputs, of contacts by a short name. */
function shard(contacts: Record<string, Data>, others: Partial<ShardInputs> = {}): ShardInputs {
  const byEmail = Object.entries(contacts).map(([name, data]) => [`${name}@seeds.example.com`, data]);
  return {
    cohort: "smoke",
    shard: 3,
    shards: 64,
    size: 100,
    journeyId,
    contacts: JSON.stringify(Object.fromEntries(byEmail)),
    allowDuplicateEmail: false,
    abortReason: "preview closed",
    __provider: SHARD_LOADER,
    ...others,
  };
}

describe("the lifecycle of a cohort's shard, against the sandbox", () => {
  const sandbox = useSandbox();
  const leaveAsKilled = useKilledPlugin();
  beforeEach(() => configure(settings(sandbox().url), cohortLifecycle));

  const create = (inputs: ShardInputs) => cohortLifecycle.create(inputs);
  const failureOf = async (work: Promise<unknown>): Promise<Failure> => {
    const failure = await work.then(
      () => undefined,
      (error: Failure) => error,
    );
    assert.ok(failure, "it fails");
    assert.doesNotMatch(failure.message, /\n|(?<!\*\*\*)@seeds|TESTKEY/);
    return failure;
  };
  /** The contacts that the sandbox has running, by name, and what the state says of each. */
  const running = () =>
    sandbox()
      .runningInstances()
      .map(({ email, instanceId }) => [email.split("@")[0], instanceId])
      .sort();
  const recorded = (state: ShardState | undefined) =>
    [...parseRecords(state?.contacts ?? "{}")]
      .map(([email, { instanceId = null }]) => [email.split("@")[0], instanceId])
      .sort();
  const asked = () =>
    sandbox()
      .store.requests()
      .map(({ path, body }) => `${path.split("/")[2]} ${nameOf(body)}`);
  const nameOf = (body: unknown) => {
    const { email, instanceId } = body as { email?: string; instanceId?: string };
    const of =
      email ??
      sandbox()
        .store.all()
        .find((one) => one.instanceId === instanceId)?.email ??
      "?";
    return of.split("@")[0];
  };

  /** The state, with its starts so long ago that they can take effect no more. */
  const aMinuteLater = (state: ShardState) => {
    const records = [...parseRecords(state.contacts)].map(([email, { startSentAt, ...others }]) => {
      const sentAt = startSentAt === undefined ? undefined : startSentAt - 60_000;
      return [email, { ...others, startSentAt: sentAt }] as const;
    });
    return { ...state, contacts: recordsAsJson(records) };
  };

  it("starts each contact with its own values, and records each instance", async () => {
    const { id, outs } = await create(shard({ ada: { seats: 1 }, bob: {} }));
    assert.equal(id, "smoke/3");
    assert.deepEqual(recorded(outs), running());
    assert.deepEqual(
      sandbox()
        .store.requests()
        .map(({ body }) => (body as { data: Data }).data),
      [{ seats: 1 }, {}],
    );
  });

  it("says nothing changed where nothing did, or only the size of the whole cohort", async () => {
    const { id, outs } = await create(shard({ ada: { a: 1, b: 2 }, bob: {} }));
    const same = shard({ bob: {}, ada: { b: 2, a: 1 } }, { size: 101 });
    assert.deepEqual(await cohortLifecycle.diff(id, outs, same), {
      changes: false,
      replaces: [],
      deleteBeforeReplace: true,
    });
  });

  it("grows and shrinks: aborts the gone, aborts and starts the changed, starts the new, leaves the rest alone", async () => {
    const { id, outs } = await create(shard({ stays: {}, gone: {}, changed: { seats: 1 } }));
    const before = new Map(recorded(outs) as [string, string][]);
    const news = shard({ stays: {}, changed: { seats: 2 }, added: {} });
    assert.equal((await cohortLifecycle.diff(id, outs, news)).changes, true);
    const calls = asked().length;
    const updated = await cohortLifecycle.update(id, outs, news);
    assert.deepEqual(asked().slice(calls).sort(), ["abort changed", "abort gone", "start added", "start changed"]);
    assert.deepEqual(recorded(updated.outs), running());
    const after = new Map(recorded(updated.outs) as [string, string][]);
    assert.deepEqual([...after.keys()], ["added", "changed", "stays"]);
    assert.equal(after.get("stays"), before.get("stays"));
    assert.equal((await cohortLifecycle.diff(id, updated.outs, news)).changes, false);
  });

  it("changes the abort reason in place, without a request", async () => {
    const { id, outs } = await create(shard({ ada: {} }));
    const news = shard({ ada: {} }, { abortReason: "other" });
    const { changes, replaces } = await cohortLifecycle.diff(id, outs, news);
    assert.deepEqual([changes, replaces], [true, []]);
    const updated = await cohortLifecycle.update(id, outs, news);
    assert.equal(asked().length, 1);
    await cohortLifecycle.delete(id, updated.outs);
    assert.equal(sandbox().store.all()[0]?.abortReason, "other");
  });

  for (const [name, change] of [
    ["journeyId", { journeyId: "0b9e8d7c-6a5f-4e4d-9c3b-2a1908f7e6d5" }],
    ["triggers", { triggers: ["1"] }],
    ["allowDuplicateEmail", { allowDuplicateEmail: true }],
  ] as const) {
    it(`is replaced, aborts first, when ${name} changes`, async () => {
      const { id, outs } = await create(shard({ ada: {} }));
      const diff = await cohortLifecycle.diff(id, outs, shard({ ada: {} }, change));
      assert.deepEqual(diff, { changes: true, replaces: [name], deleteBeforeReplace: true });
    });
  }

  it("records what is true when some are refused, says how many and the first reasons, and mends only that", async () => {
    const bad = (nth: number) => `bad${nth}`;
    const names = Object.fromEntries([...[1, 2, 3, 4, 5].map(bad), "ada", "bob"].map((name) => [name, {}]));
    // Refused one by one, by the sandbox's duplicate rule: those run already.
    for (const nth of [1, 2, 3, 4, 5]) {
      await sandbox().post(`/hooks/start/${journeyId}`, { email: `${bad(nth)}@seeds.example.com` });
    }
    const others = running().length;
    const failure = await failureOf(create(shard(names)));
    assert.equal(failure.id, "smoke/3");
    assert.deepEqual(failure.reasons, [failure.message]);
    assert.match(
      failure.message,
      /^Cohort smoke, shard 3: 5 of 7 contacts failed\. (Could not start journey \S+ for b\*\*\*@seeds\.example\.com: Mailmodo refused it \(400\): "[^"]+"\. ){3}2 more failed\. Nothing was started\. If the address is in the journey already, .* Destroy it there, or abort it in Mailmodo, then run this again\. Each running contact is recorded: the next pulumi up handles only the rest\.$/,
    );
    assert.deepEqual(
      recorded(failure.properties).map(([name]) => name),
      ["ada", "bob"],
    );
    assert.equal(running().length, others + 2);

    for (const one of sandbox()
      .store.all()
      .filter(({ email }) => email.startsWith("bad"))) {
      await sandbox().post(`/hooks/abort/${journeyId}`, { instanceId: one.instanceId });
    }
    const calls = asked().length;
    assert.equal((await cohortLifecycle.diff("smoke/3", failure.properties!, shard(names))).changes, true);
    const { outs } = await cohortLifecycle.update("smoke/3", failure.properties!, shard(names));
    assert.deepEqual(
      asked().slice(calls).sort(),
      [1, 2, 3, 4, 5].map((nth) => `start ${bad(nth)}`),
    );
    assert.deepEqual(recorded(outs), running());
  });

  it("gives the number in the program's list of each contact that fails, where it is known", async () => {
    const { id, outs } = await create(shard({ gone: {}, ada: {}, eve: {} }));
    sandbox().useProfile(profileOf(["suppressed-400"]));
    sandbox().faults.add({ kind: "500", on: "abort", email: "gone@seeds.example.com", takesEffect: false });
    // In the order of the addresses, as the program writes them.
    const news = shard({ ada: { seats: 2 }, bob: {}, eve: {} }, { numbers: "[37,5,1]" });
    const { message, properties } = await failureOf(cohortLifecycle.update(id, outs, news));
    assert.match(message, /(^|\. |\.)Number 37: Could not start journey \S+ for a\*\*\*@seeds\.example\.com: /);
    assert.match(message, /Number 5: Could not start journey \S+ for b\*\*\*@/);
    assert.match(message, /failed\. Could not abort journey/);
    assert.equal(properties?.numbers, "[37,5,1]");
  }).timeout(60_000);

  it("takes other numbers alone for no change", async () => {
    const { id, outs } = await create(shard({ ada: {}, bob: {} }, { numbers: "[1,2]" }));
    const news = shard({ ada: {}, bob: {} }, { numbers: "[2,3]" });
    assert.equal((await cohortLifecycle.diff(id, outs, news)).changes, false);
  });

  it("gives no number in a destroy, whose list is an old one", async () => {
    const { id, outs } = await create(shard({ ada: {} }, { numbers: "[7]" }));
    sandbox().rotateKey("TESTKEY-0000000-0000000-0000009");
    assert.doesNotMatch((await failureOf(cohortLifecycle.delete(id, outs))).message, /Number/);
  });

  it("goes on with the others when one answer is lost", async () => {
    sandbox().faults.add({ kind: "reset-after", on: "start", email: "qa3@seeds.example.com", count: 1 });
    const names = Object.fromEntries(Array.from({ length: 120 }, (_, nth) => [`qa${nth}`, {}]));
    const failure = await failureOf(create(shard(names)));
    assert.match(failure.message, /: 1 of 120 contacts failed\. /);
    assert.equal(running().length, 120);
  });

  it("records that nothing runs any more when the only contact was aborted and its start is refused", async () => {
    const { id, outs } = await create(shard({ ada: { seats: 1 } }));
    sandbox().useProfile(profileOf(["suppressed-400"]));
    const failure = await failureOf(cohortLifecycle.update(id, outs, shard({ ada: { seats: 2 } })));
    assert.deepEqual([failure.id, recorded(failure.properties), running()], [id, [], []]);
    sandbox().useProfile(profileOf(["default"]));
    const back = shard({ ada: { seats: 1 } });
    assert.equal((await cohortLifecycle.diff(id, failure.properties!, back)).changes, true);
  });

  it("does not start another spelling of an address whose abort was refused", async () => {
    const { id, outs } = await create(shard({ Jane: {} }));
    sandbox().faults.add({ kind: "500", on: "abort", takesEffect: false });
    const failure = await failureOf(cohortLifecycle.update(id, outs, shard({ jane: {} })));
    assert.match(failure.message, /another spelling of the address could not be aborted/);
    assert.deepEqual(recorded(failure.properties), running());
    assert.equal(asked().filter((call) => call.startsWith("start")).length, 1);
  }).timeout(60_000);

  it("does not start the ASCII form of a domain whose other form could not be aborted", async () => {
    const config = { "mailmodo:allowedRecipients": '["*@bücher.example"]' };
    await configure(settings(sandbox().url, config), cohortLifecycle);
    const news = shard({}, { contacts: '{"qa@xn--bcher-kva.example":{}}', allowDuplicateEmail: true });
    const { id, outs } = await create(news);
    const olds = { ...outs, contacts: outs.contacts.replace("xn--bcher-kva", "bücher") };
    sandbox().faults.add({ kind: "500", on: "abort", takesEffect: false });
    const failure = await failureOf(cohortLifecycle.update(id, olds, news));
    assert.match(failure.message, /another spelling of the address could not be aborted/);
    assert.deepEqual([recorded(failure.properties), running().length], [running(), 1]);
    assert.equal(asked().filter((call) => call.startsWith("start")).length, 1);
  }).timeout(60_000);

  it("records nothing where nothing was started", async () => {
    sandbox().useProfile(profileOf(["suppressed-400"]));
    const failure = await failureOf(create(shard({ ada: {}, bob: {} })));
    assert.deepEqual([failure.id, failure.stack], [undefined, ""]);
    assert.match(failure.message, /2 of 2 contacts failed.* Nothing is running for this shard\.$/);
  });

  /** A shard of three, of which the answer to the start of the second is lost. */
  const withLostAnswer = async () => {
    sandbox().faults.add({ kind: "reset-after", on: "start", email: "bob@seeds.example.com", count: 1 });
    const news = shard({ ada: {}, bob: {}, cid: {} });
    return { news, failure: await failureOf(create(news)) };
  };

  it("records a start whose answer is lost as unconfirmed", async () => {
    const { failure } = await withLostAnswer();
    assert.match(failure.message, /1 of 3 contacts failed.*recorded as unconfirmed \(1\) are not resent/);
    assert.deepEqual(
      recorded(failure.properties).find(([name]) => name === "bob"),
      ["bob", null],
    );
  });

  it("aborts an unconfirmed start by address in the next update, and starts it once", async () => {
    const { news, failure } = await withLostAnswer();
    const calls = asked().length;
    const { outs } = await cohortLifecycle.update("smoke/3", aMinuteLater(failure.properties!), news);
    assert.deepEqual(asked().slice(calls), ["abort bob", "start bob"]);
    assert.deepEqual(recorded(outs), running());
    assert.ok(
      sandbox()
        .store.all()
        .every(({ doubled }) => !doubled),
    );
  });

  /** A shard of one contact whose start is unconfirmed, and for whose address others may run. */
  const unconfirmedAmongOthers = async () => {
    sandbox().faults.add({ kind: "reset-after", on: "start", count: 1 });
    const news = shard({ ada: {} }, { allowDuplicateEmail: true });
    const { properties: state } = await failureOf(create(news));
    return { news, state, calls: asked().length };
  };

  it("leaves an unconfirmed contact alone in an update where others may run for the address", async () => {
    const { news, state, calls } = await unconfirmedAmongOthers();
    const failure = await failureOf(cohortLifecycle.update("smoke/3", state!, news));
    assert.match(failure.message, /whether it was started is not known.*are left alone\.$/);
    assert.equal(asked().length, calls);
  });

  it("refuses to be replaced while a contact is unconfirmed and others may run for its address", async () => {
    const { news, state, calls } = await unconfirmedAmongOthers();
    const triggered = { ...news, triggers: ["1"] };
    assert.deepEqual((await cohortLifecycle.diff("smoke/3", state!, triggered)).replaces, []);
    const refused = await failureOf(cohortLifecycle.update("smoke/3", state!, triggered));
    assert.match(refused.message, /^Could not replace shard 3 of the cohort smoke: /);
    assert.deepEqual([refused.properties, asked().length], [state, calls]);
  });

  it("stops at once where the key is refused, and says how many were not tried", async () => {
    sandbox().rotateKey("TESTKEY-0000000-0000000-0000009");
    const names = Object.fromEntries(Array.from({ length: 200 }, (_, nth) => [`qa${nth}`, {}]));
    const failure = await failureOf(create(shard(names)));
    assert.match(
      failure.message,
      /: \d+ of 200 contacts failed and \d+ not tried\. .*MAILMODO_API_KEY\. Nothing is running for this shard\.$/,
    );
    assert.ok(asked().length <= 16, `${asked().length}`);
  });

  it("stops where one answer after the other is lost: each start more would be one that nobody knows of", async () => {
    sandbox().faults.add({ kind: "500", on: "start" });
    const names = Object.fromEntries(Array.from({ length: 200 }, (_, nth) => [`qa${nth}`, {}]));
    const failure = await failureOf(create(shard(names)));
    assert.ok(asked().length <= 5 + 16, `${asked().length}`);
    assert.ok(recorded(failure.properties).every(([, instanceId]) => instanceId === null));
    assert.equal(recorded(failure.properties).length, asked().length);
  });

  it("deletes by an abort of each, and can be repeated after some failed", async () => {
    const { id, outs } = await create(shard({ ada: {}, bob: {}, cid: {} }));
    sandbox().rotateKey("TESTKEY-0000000-0000000-0000009");
    const failure = await failureOf(cohortLifecycle.delete(id, outs));
    assert.equal(failure.id, undefined);
    assert.match(
      failure.message,
      /^Cohort smoke, shard 3: .*pulumi destroy --run-program\. The shard stays in the state: run it again\.$/,
    );
    sandbox().rotateKey("TESTKEY-0000000-0000000-0000000");
    await cohortLifecycle.delete(id, outs);
    assert.deepEqual(running(), []);
    const lines = await printed(() => cohortLifecycle.delete(id, outs));
    assert.deepEqual(lines, [
      'smoke: nothing left to abort for 3 of 3 contacts: "The journey instance has already ended"',
    ]);
  });

  it("aborts what killed plugins left of its contacts before it starts them, and starts again one whose abort was begun", async () => {
    const inputs = shard({ ada: {}, bob: {} });
    const { id, outs } = await create(inputs);
    const [ada, bob] = recorded(outs).map(([name, instanceId]) => ({
      journeyId,
      email: `${name}@seeds.example.com`,
      instanceId: instanceId!,
      abortReason: "preview closed",
      allowDuplicateEmail: false,
    }));
    await leaveAsKilled((journal) => journal.addNote("abort", ada!));
    assert.equal((await cohortLifecycle.diff(id, outs, inputs)).changes, true);
    const calls = asked().length;
    const updated = await cohortLifecycle.update(id, outs, inputs);
    assert.deepEqual(asked().slice(calls), ["abort ada", "start ada"]);
    assert.equal((await cohortLifecycle.diff(id, updated.outs, inputs)).changes, false);

    await leaveAsKilled(async (journal) => (await journal.addNote("start", bob!)).confirm(bob!.instanceId));
    await create(shard({ bob: {} }));
    assert.deepEqual(asked().slice(-2), ["abort bob", "start bob"]);
  });

  it("records a contact whose abort may have taken effect as one to abort and start again", async () => {
    const { id, outs } = await create(shard({ ada: { seats: 1 }, bob: {}, cid: {} }));
    sandbox().faults.add({ kind: "reset-after", on: "abort", email: "ada@seeds.example.com" });
    sandbox().faults.add({ kind: "reset-after", on: "abort", email: "bob@seeds.example.com" });
    const changed = shard({ ada: { seats: 2 }, cid: {} });
    const { properties: state } = await failureOf(cohortLifecycle.update(id, outs, changed));
    sandbox().faults.clear();

    const back = shard({ ada: { seats: 1 }, bob: {}, cid: {} });
    assert.equal((await cohortLifecycle.diff(id, state!, back)).changes, true);
    const calls = asked().length;
    const { outs: mended } = await cohortLifecycle.update(id, state!, back);
    assert.deepEqual(asked().slice(calls).sort(), ["abort ada", "abort bob", "start ada", "start bob"]);
    assert.deepEqual(recorded(mended), running());
    assert.equal((await cohortLifecycle.diff(id, mended, back)).changes, false);
  }).timeout(60_000);

  it("records nothing of a contact whose lost start could not be aborted: no other start was sent", async () => {
    const { outs } = await create(shard({ ada: {} }));
    const [ada] = recorded(outs);
    const enrollment = { journeyId, email: "ada@seeds.example.com", instanceId: ada![1]!, allowDuplicateEmail: false };
    await leaveAsKilled(async (journal) =>
      (await journal.addNote("start", { ...enrollment, abortReason: "over" })).confirm(ada![1]!),
    );
    sandbox().faults.add({ kind: "reset-after", on: "abort" });
    const failure = await failureOf(create(shard({ ada: {} })));
    assert.match(
      failure.message,
      /so it may have taken effect\. Nothing was started\. Nothing is running for this shard\.$/,
    );
    assert.equal(failure.id, undefined);
    assert.equal(asked().filter((call) => call.startsWith("start")).length, 1);
  }).timeout(60_000);

  it("does not ask again for an abort that was confirmed to an earlier run", async () => {
    const { id, outs } = await create(shard({ ada: {}, bob: {} }));
    const [ada] = recorded(outs);
    const enrollment = { journeyId, email: "ada@seeds.example.com", instanceId: ada![1]!, allowDuplicateEmail: false };
    await leaveAsKilled(async (journal) =>
      (await journal.addNote("abort", { ...enrollment, abortReason: "over" })).confirm(),
    );
    const calls = asked().length;
    await cohortLifecycle.delete(id, outs);
    assert.deepEqual(asked().slice(calls), ["abort bob"]);
  });

  it("refuses in check what is wrong with its contacts: the first, and how many more", async () => {
    const news = shard({ ada: { list: [1] as never }, bob: {}, cid: { nested: {} as never } }, { journeyId: "x" });
    const { failures } = await cohortLifecycle.check({}, news);
    assert.deepEqual(
      failures?.map(({ property }) => property),
      ["", ""],
    );
    assert.match(failures[0]!.reason, /^journeyId must be a UUID/);
    assert.equal(
      failures[1]!.reason,
      "The contact a***@seeds.example.com: data.list must be a string, a finite number or a boolean; it is a list. 1 more of this shard has problems.",
    );
    const outside = await cohortLifecycle.check({}, { ...shard({}), contacts: '{"jane@example.org":{}}' });
    assert.match(
      outside.failures![0]!.reason,
      /^The contact j\*\*\*@example\.org: .*outside mailmodo:allowedRecipients/,
    );
    assert.deepEqual((await cohortLifecycle.check({}, shard({}, { contacts: UNKNOWN }))).failures, []);
    assert.deepEqual(asked(), []);
  });
});
