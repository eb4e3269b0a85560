import assert from "node:assert/strict";
import { inspect } from "node:util";
import { FAULT_KINDS, SANDBOX_KEY } from "mailmodo-sandbox";
import { suppressionLookUp } from "../../../provider/inbox/seedContact";
import { SeedInbox } from "../../../provider/inbox/seedInbox";
import { useMovableClock } from "../../support/movableClock";
import { useSandbox } from "../../support/sandbox";

const to = "qa+seeds.pr-42@seeds.example.com";
const timeoutMs = 5_000;

describe("the look-up of a contact whose mail did not come", () => {
  // First, so that the delay of an answer is of real time.
  const sandbox = useSandbox({ now: () => Date.now() });
  const clock = useMovableClock();
  const requests = () => sandbox().store.requests().length;
  const isHung = ({ fault }: { fault?: string }) => fault === "hang" || fault === "late";
  const hung = () => sandbox().store.requests().filter(isHung).length;
  const lookUp = (address = to) =>
    clock.settle(suppressionLookUp({ apiKey: SANDBOX_KEY, baseUrl: sandbox().url })(address), hung);

  it("says that it is unsubscribed, and what mends it", async () => {
    sandbox().setContacts([{ email: to, unsubscribed: true, unsubscribeReason: "Clicked" }]);
    assert.match(
      (await lookUp()) ?? "",
      /^Mailmodo sends the contact nothing, because it is unsubscribed \("Clicked"\)\. Resubscribe it: curl .*resubscribe .*\.$/,
    );
  });

  it("says nothing of a contact that gets mail, or is not known", async () => {
    assert.equal(await lookUp(), undefined);
    sandbox().setContacts([{ email: to }]);
    assert.equal(await lookUp(), undefined);
  });

  it("asks for an international domain in its ASCII form", async () => {
    sandbox().setContacts([{ email: "qa@xn--bcher-kva.example", blocked: true }]);
    assert.match((await lookUp("qa@bücher.example")) ?? "", /because it is blocked/);
  });

  it("says nothing if it is refused", async () => {
    sandbox().setContacts([{ email: to, blocked: true }]);
    sandbox().rotateKey("TESTKEY-0000000-0000000-0000009");
    assert.equal(await lookUp(), undefined);
  });

  for (const kind of FAULT_KINDS.filter((kind) => kind !== "no-ref")) {
    it(`asks once, and takes five seconds at most, under each fault (${kind})`, async () => {
      sandbox().setContacts([{ email: to, blocked: true }]);
      sandbox().faults.add({ kind, on: "getContactDetails", ...(kind === "delay" ? { delayMs: 1 } : {}) });
      const before = clock.now();
      const said = await lookUp();
      assert.ok(said === undefined || said.includes("is blocked"), said);
      assert.ok(requests() <= 1);
      assert.ok(clock.now() - before <= timeoutMs);
    });
  }

  it("asks nothing where it is not told how", async () => {
    assert.equal(await suppressionLookUp(undefined)(to), undefined);
    assert.equal(requests(), 0);
  });

  for (const [contact, problem] of [
    [{}, /contact\.apiKey must be Mailmodo's API key alone/],
    [null, /contact\.apiKey must be/],
    [{ apiKey: "two words" }, /contact\.apiKey must be/],
    [{ apiKey: SANDBOX_KEY, baseUrl: 8025 }, /contact\.baseUrl is not a URL\.$/],
    [{ apiKey: SANDBOX_KEY, baseUrl: "http://mailmodo.example" }, /contact\.baseUrl must begin with https:\/\//],
  ] as const) {
    it(`refuses ${JSON.stringify(contact)?.replace(SANDBOX_KEY, "…")}, without repeating the key`, () => {
      assert.throws(() => suppressionLookUp(contact), {
        name: "InboxError",
        message: new RegExp(`^Cannot open the inbox: ${problem.source}`),
      });
    });
  }

  it("keeps the key out of what an inbox shows of itself", () => {
    const inbox = new SeedInbox({ bucket: "seeds-inbox", contact: { apiKey: SANDBOX_KEY }, region: "eu-west-1" });
    assert.ok(!inspect(inbox, { depth: null, showHidden: true }).includes(SANDBOX_KEY));
  });
});
