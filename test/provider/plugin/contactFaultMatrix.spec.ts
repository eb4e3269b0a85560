import assert from "node:assert/strict";
import * as fs from "node:fs";
import { SANDBOX_KEY, type Fault } from "mailmodo-sandbox";
import type { ContactInputs, ContactState } from "../../../provider/model/contactInputs";
import { TYPES } from "../../../provider/model/stateFormat";
import contactLifecycle from "../../../provider/plugin/contactLifecycle";
import { beginSession, session } from "../../../provider/plugin/session";
import { useCapturedOutput } from "../../support/capturedOutput";
import { configure, settings } from "../../support/configure";
import { contactInputs } from "../../support/contactInputs";
import { journalOf } from "../../support/journalOf";
import { livesOf, MATRIX_PROFILES } from "../../support/lives";
import { useModelBackend } from "../../support/modelBackend";
import { ModelStack, type CallPlugin } from "../../support/modelStack";
import { useMovableClock } from "../../support/movableClock";
import { Patience, SECRET } from "../../support/patience";
import { useSandbox } from "../../support/sandbox";

/** How long a request waits for its answer. */
const timeoutMs = 17_500;
/** Later than anything can take effect. */
const LATER_MS = 120_000;
const asItIs: CallPlugin = (call) => call();
const HOLDER = "root@here (pid 1)";
const URN = `urn:pulumi:test::seeds::${TYPES.contact}::ada`;
const email = `ada.${SECRET}+seeds.test@seeds.example.com`;
const inputs: ContactInputs = { ...contactInputs, email, stack: "organization/seeds/test" };
const change = { list: "Others", data: { first_name: "Grace", seats: 3 } };
const failure =
  /^Could not (look up|add|change the lists of|archive) [^\n]*a\*\*\*@seeds\.example\.com[^\n]*: [^\n]+\.$/;

const { lives, title } = livesOf(process.env, 1, [
  "addToList",
  "getContactDetails",
  "removeFromList",
  "archiveContact",
]);

describe(`the fault matrix of a contact: ${title}`, () => {
  const sandbox = useSandbox({ now: () => Date.now() });
  const clock = useMovableClock();
  const backend = useModelBackend();
  const patience = new Patience(sandbox, clock, failure);
  const printed = useCapturedOutput();

  for (const [profile, some] of lives) {
    it(`profile ${profile}, ${some.length} lives: as the program has it, nothing left, no other touched`, async () => {
      sandbox().useProfile(MATRIX_PROFILES.get(profile)!);
      for (const { fault } of some) {
        for (const one of [live, liveBriefly])
          await one(fault).catch((error: Error) => {
            throw new Error(`${JSON.stringify(fault)}: ${error.message}`, { cause: error });
          });
      }
    });
  }

  it("left no key and no address in what it printed", () => {
    for (const text of printed) assert.ok(!text.includes(SANDBOX_KEY) && !text.includes(SECRET), text);
  });

  /** One life with a fault in it: up, up, change, destroy, each in a run of its own, until it succeeds. */
  async function live(fault: Fault): Promise<void> {
    const { stack, up, end } = begin(fault);
    assert.ok(await patience.tried(() => up(inputs)), "an up succeeds in the end");
    clock.tick(LATER_MS);
    checkContact(stack, inputs);
    const before = sandbox().store.requests().length;
    await patience.settle(up(inputs));
    assert.equal(sandbox().store.requests().length, before, "an up without changes asks nothing");

    assert.ok(await patience.tried(() => up({ ...inputs, ...change })), "a change succeeds in the end");
    clock.tick(LATER_MS);
    checkContact(stack, { ...inputs, ...change });
    await end();
  }

  /** One life whose first up comes to what it does, and is followed by the destroy at once. */
  async function liveBriefly(fault: Fault): Promise<void> {
    const { up, end } = begin(fault);
    await patience.settle(up(inputs)).catch((error: Error) => assert.match(error.message, failure));
    await end();
  }

  function begin(fault: Fault) {
    // The notes of an earlier life belong to a stack that is gone, and every run reads them all.
    fs.rmSync(journalOf(process.env), { recursive: true, force: true });
    sandbox().store.reset();
    sandbox().setContacts([{ email: "person@seeds.example.com", lists: ["Seeds", "Others"], data: { seats: 1 } }]);
    const others = structuredClone(contacts().filter((one) => one.email !== email));
    patience.meet(fault);
    const stack = new ModelStack("test", backend(), () => contactLifecycle);
    stack.remove();
    const up = async (given: ContactInputs) => {
      await beginRun();
      await stack.up([{ urn: URN, type: TYPES.contact, inputs: { ...given } }], asItIs, HOLDER);
    };
    const destroy = async () => {
      await beginRun();
      await stack.destroy(asItIs, HOLDER);
    };
    const end = async () => {
      assert.ok(await patience.tried(destroy), "a destroy succeeds in the end");
      clock.tick(LATER_MS);
      const left = contacts().filter((one) => one.email === email && !one.archived);
      assert.deepEqual(left, [], "it is archived, now and later");
      assert.deepEqual(
        contacts().filter((one) => one.email !== email),
        others,
        "no other is touched",
      );
    };
    return { stack, up, end };
  }

  async function beginRun(): Promise<void> {
    await session.journals.close();
    beginSession();
    const others = { "mailmodo:requestTimeoutSeconds": String(timeoutMs / 1000) };
    await configure(settings(sandbox().url, others), contactLifecycle);
  }

  function checkContact(stack: ModelStack, { list, data }: ContactInputs): void {
    const known = contacts().find((one) => one.email === email);
    assert.deepEqual(
      { lists: known?.lists, data: known?.data, archived: known?.archived },
      { lists: [list], data, archived: false },
      "it is as the program has it",
    );
    const [resource] = stack.state.resources;
    const { contactId, adopted } = resource?.outputs as unknown as ContactState;
    assert.deepEqual({ contactId, adopted }, { contactId: known?.contactIdentifier, adopted: false });
  }

  const contacts = () => sandbox().contacts();
});
