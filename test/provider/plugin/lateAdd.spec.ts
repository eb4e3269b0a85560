import assert from "node:assert/strict";
import type { Fault } from "mailmodo-sandbox";
import type { ContactInputs, ContactState } from "../../../provider/model/contactInputs";
import contactLifecycle from "../../../provider/plugin/contactLifecycle";
import { beginSession, session } from "../../../provider/plugin/session";
import { printed } from "../../support/capturedOutput";
import { configure, settings } from "../../support/configure";
import { contactInputs } from "../../support/contactInputs";
import { useMovableClock } from "../../support/movableClock";
import { useSandbox } from "../../support/sandbox";

interface Recorded {
  readonly id: string;
  readonly state: ContactState;
}

const timeoutMs = 1_000;
const stack = "organization/seeds/test";
const inputs: ContactInputs = { ...contactInputs, email: "ada+seeds.test@seeds.example.com", stack };

describe("an add that takes effect late", () => {
  const clock = useMovableClock(Date.UTC(2026, 10, 24, 12));
  const sandbox = useSandbox({ now: () => Date.now() });
  afterEach(() => session.journals.close());

  /** Begins a run, as a later one of another machine: it has the state alone. */
  const begin = async (others: Record<string, string> = {}) => {
    await session.journals.close();
    beginSession();
    const timeout = { "mailmodo:requestTimeoutSeconds": String(timeoutMs / 1_000) };
    await configure(settings(sandbox().url, { ...timeout, ...others }), contactLifecycle);
  };
  /** The first attempt takes effect late, and the others not at all. */
  const lose = (lateMs: number) => {
    const late: Fault = { kind: "late", on: "addToList", lateMs, status: 504, count: 1 };
    sandbox().faults.add(late);
    sandbox().faults.add({ kind: "500", on: "addToList", takesEffect: false });
  };
  const failed = async (step: Promise<unknown>): Promise<Recorded> => {
    const error = await clock.settle(step).then(
      () => assert.fail("it fails"),
      (reason: Error & { id: string; properties: ContactState }) => reason,
    );
    sandbox().faults.clear();
    clock.tick(3_000);
    return { id: error.id, state: error.properties };
  };
  const lost = async (lateMs = 50_000): Promise<Recorded> => {
    await begin();
    lose(lateMs);
    return failed(contactLifecycle.create(inputs));
  };
  const destroy = async ({ id, state }: Recorded) => printed(() => clock.settle(contactLifecycle.delete(id, state)));
  /** Those that are active once everything has taken effect. */
  const active = () => {
    clock.tick(3_600_000);
    return sandbox()
      .contacts()
      .filter(({ archived }) => !archived)
      .map(({ email }) => email);
  };
  const asked = () =>
    sandbox()
      .store.requests()
      .map(({ method, path }) => `${method} ${path.split("?")[0]!.split("/").at(-1)}`);

  it("is recorded with the time of its last attempt", async () => {
    const { state } = await lost();
    const sent = sandbox()
      .store.requests()
      .filter(({ path }) => path.endsWith("/addToList"));
    assert.deepEqual(state, { ...inputs, adopted: false, addSentAt: Date.parse(sent.at(-1)!.at) });
  });

  it("is archived by a destroy before that: it waits, and archives then", async () => {
    const recorded = await lost();
    await begin();
    const lines = await destroy(recorded);
    assert.match(lines[0]!, /^Waiting \d+ s: until then, an add whose answer was lost may still take effect\.$/);
    assert.deepEqual([lines.length, active()], [1, []]);
  });

  it("keeps the contact in the state where there is no time for the wait, and says from when on to run it again", async () => {
    const recorded = await lost();
    await begin({ "mailmodo:lateStartSeconds": "300" });
    const before = asked().length;
    await assert.rejects(clock.settle(contactLifecycle.delete(recorded.id, recorded.state)), {
      message:
        /^Could not archive the contact a\*\*\*@seeds\.example\.com: its add, sent at 12:00:\d\d UTC, may still take effect\. Run it again from 12:05:\d\d UTC on\. It stays in the state\.$/,
    });
    assert.equal(asked().length, before, "nothing was sent");
    clock.tick(300_000);
    assert.deepEqual(await destroy(recorded), []);
    assert.deepEqual(active(), []);
  });

  it("does not keep a destroy after that waiting", async () => {
    const recorded = await lost();
    clock.tick(60_000);
    await begin();
    assert.deepEqual([await destroy(recorded), active()], [[], []]);
  });

  it("stays in the state after a refresh before that, and leaves it after one when it never came", async () => {
    const { id, state } = await lost(600_000);
    await begin();
    assert.deepEqual(await clock.settle(contactLifecycle.read(id, state)), { id, props: state });
    clock.tick(60_000);
    assert.equal((await clock.settle(contactLifecycle.read(id, state))).id, "");
  });

  it("is repeated by the next up, and a destroy right after that still waits", async () => {
    const { id, state } = await lost();
    await begin();
    const { outs } = await clock.settle(contactLifecycle.update(id, state, inputs));
    assert.deepEqual([outs.addSentAt, sandbox().contacts().length], [state.addSentAt, 1]);
    await begin();
    const lines = await destroy({ id, state: outs });
    assert.match(lines.join("\n"), /^Waiting \d+ s: /);
    assert.deepEqual(active(), []);
  });

  it("is recorded again by an up whose own add is not confirmed, with the time of that", async () => {
    const { id, state } = await lost();
    clock.tick(55_000);
    await begin();
    lose(50_000);
    const again = await failed(contactLifecycle.update(id, state, inputs));
    assert.ok(again.state.addSentAt! >= state.addSentAt! + 55_000);
    await begin();
    await destroy(again);
    assert.deepEqual(active(), []);
  });

  it("is outlasted after a retry of it was confirmed", async () => {
    await begin();
    sandbox().faults.add({ kind: "late", on: "addToList", lateMs: 50_000, status: 504, count: 1 });
    const { id, outs } = await clock.settle(contactLifecycle.create(inputs));
    clock.tick(3_000);
    await begin();
    await destroy({ id, state: outs });
    assert.deepEqual(active(), []);
  });

  it("is outlasted by a destroy after an up that changed the record alone", async () => {
    await begin();
    sandbox().faults.add({ kind: "late", on: "addToList", lateMs: 50_000, status: 504, count: 1 });
    const { id, outs } = await clock.settle(contactLifecycle.create(inputs));
    await begin();
    const news: ContactInputs = { ...inputs, onDelete: "archive" };
    const { outs: changed } = await clock.settle(contactLifecycle.update(id, outs, news));
    assert.deepEqual(changed, { ...outs, onDelete: "archive" });
    clock.tick(3_000);
    await begin();
    assert.match((await destroy({ id, state: changed })).join(), /^Waiting \d+ s: /);
    assert.deepEqual(active(), []);
  });

  it("leaves the state with such a change once it can no longer take effect", async () => {
    const { id, state } = await lost();
    await begin();
    const { outs } = await clock.settle(contactLifecycle.update(id, state, inputs));
    clock.tick(60_000);
    const { outs: changed } = await clock.settle(contactLifecycle.update(id, outs, { ...inputs, onDelete: "archive" }));
    assert.equal(changed.addSentAt, undefined);
  });

  it("is recorded where the contact could not leave its former list after it", async () => {
    await begin();
    const { id, outs } = await clock.settle(contactLifecycle.create(inputs));
    await begin();
    sandbox().faults.add({ kind: "late", on: "addToList", lateMs: 50_000, status: 504, count: 1 });
    sandbox().faults.add({ kind: "500", on: "removeFromList", takesEffect: false });
    const changed = await failed(contactLifecycle.update(id, outs, { ...inputs, list: "Others" }));
    assert.deepEqual([typeof changed.state.addSentAt, changed.state.list], ["number", "Seeds"]);
  });

  for (const [what, call] of [
    ["was lost", "addToList"],
    ["was confirmed, but the contact could not leave its former list", "removeFromList"],
  ] as const)
    it(`is undone by the next up where the program no longer has the change (it ${what})`, async () => {
      await begin();
      const { id, outs } = await clock.settle(contactLifecycle.create(inputs));
      await begin();
      sandbox().faults.add({ kind: "500", on: call });
      const news = { ...inputs, list: "Others", data: { ...inputs.data, first_name: "Eve" } };
      const changed = await failed(contactLifecycle.update(id, outs, news));
      assert.equal(sandbox().contacts()[0]?.data["first_name"], "Eve");
      await begin();
      assert.equal((await contactLifecycle.diff(id, changed.state, inputs)).changes, true);
      await clock.settle(contactLifecycle.update(id, changed.state, inputs));
      assert.deepEqual(sandbox().contacts()[0]?.data, inputs.data);
    });

  for (const [what, call] of [
    ["is lost", "addToList"],
    ["is confirmed, but the look-up after it fails", "getContactDetails"],
  ] as const)
    it(`keeps the id of a contact that is adopted no more where it ${what}: without it, the next up could not tell whose it is`, async () => {
      const adopting = { ...inputs, email: "jane@seeds.example.com", adopt: true };
      sandbox().setContacts([{ email: adopting.email, data: adopting.data }]);
      await begin();
      const { id, outs } = await clock.settle(contactLifecycle.create(adopting));
      await begin();
      sandbox().faults.add({ kind: "500", on: call });
      const news = { ...adopting, adopt: false, data: { first_name: "Eve" } };
      const once = await clock.settle(contactLifecycle.update(id, outs, { ...adopting, adopt: false }));
      const { state } = await failed(contactLifecycle.update(id, once.outs, news));
      assert.deepEqual([state.adopted, state.contactId], [true, outs.contactId]);
      await begin();
      const again = await clock.settle(contactLifecycle.update(id, state, news));
      assert.equal(again.outs.adopted, true);
    });

  it("is outlasted before a destroy asks whether another stack has the contact, which may enroll it during the wait", async () => {
    const untagged = { ...inputs, email: "jane@seeds.example.com" };
    await begin();
    const { id, outs } = await clock.settle(contactLifecycle.create(untagged));
    await begin();
    lose(50_000);
    const changed = await failed(contactLifecycle.update(id, outs, { ...untagged, data: { first_name: "Eve" } }));
    await begin();
    const lines = await printed(async () => {
      const { log } = console;
      let isWaiting = false;
      console.log = (line: string) => {
        isWaiting ||= line.startsWith("Waiting");
        log(line);
      };
      // Its state has it as soon as the destroy waits.
      session.otherEnrollments.otherStackWithContact = async () =>
        isWaiting ? { stack: "two", isPending: false } : undefined;
      await clock.settle(contactLifecycle.delete(id, changed.state));
    });
    assert.equal(lines.at(-1), "Left the contact j***@seeds.example.com in Mailmodo: the stack two has it.");
    assert.deepEqual(active(), [untagged.email]);
  });
});
