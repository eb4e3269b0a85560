import assert from "node:assert/strict";
import { type Fault, FAULT_KINDS, SANDBOX_KEY } from "mailmodo-sandbox";
import enrollmentLifecycle from "../../../provider/plugin/enrollmentLifecycle";
import { beginSession } from "../../../provider/plugin/session";
import { useCapturedOutput } from "../../support/capturedOutput";
import { configure, settings } from "../../support/configure";
import { inputs } from "../../support/enrollmentInputs";
import { useMovableClock } from "../../support/movableClock";
import { useSandbox } from "../../support/sandbox";

const { email } = inputs;

describe("the look-up before a start, under each fault", () => {
  const timeoutMs = 17_500;
  // First, so that the delay of an answer is of real time.
  const sandbox = useSandbox({ now: () => Date.now() });
  const clock = useMovableClock();
  const lines = useCapturedOutput();
  let isAnswered = true;
  const isHung = ({ fault }: { fault?: string }) => fault === "hang" || fault === "late";
  const hung = () => (isAnswered ? 0 : sandbox().store.requests().filter(isHung).length);
  const create = () => clock.settle(enrollmentLifecycle.create(inputs), hung);
  const faults = FAULT_KINDS.filter((kind) => kind !== "no-ref").map((kind): Fault => ({
    kind,
    on: "getContactDetails",
    ...(kind === "delay" ? { delayMs: 1 } : {}),
  }));
  beforeEach(async () => {
    beginSession();
    const others = { "mailmodo:refuseSuppressed": "true", "mailmodo:requestTimeoutSeconds": String(timeoutMs / 1000) };
    await configure(settings(sandbox().url, others));
  });

  // An empty answer says that there is no such contact.
  for (const fault of faults.filter(({ kind }) => kind !== "empty")) {
    it(`refuses a suppressed contact once an answer comes through (${fault.kind})`, async () => {
      isAnswered = fault.kind !== "hang" && fault.kind !== "late";
      sandbox().setContacts([{ email, unsubscribed: true }]);
      sandbox().faults.add({ ...fault, count: 1 });
      await assert.rejects(create(), /because it is unsubscribed/);
      assert.deepEqual(sandbox().running(), []);
    });
  }

  for (const fault of faults) {
    it(`starts a contact once where none does, and says so in one line (${fault.kind})`, async () => {
      isAnswered = fault.kind !== "hang" && fault.kind !== "late";
      const before = lines.length;
      sandbox().faults.add(fault);
      await create();
      const starts = sandbox()
        .store.requests()
        .filter(({ path }) => path.startsWith("/hooks/start/"));
      assert.equal(starts.length, 1);
      assert.deepEqual(sandbox().running(), [email]);
      const said = lines.slice(before);
      assert.ok(said.length <= 1, said.join("\n"));
      for (const line of said) {
        assert.match(
          line,
          /^mailmodo:refuseSuppressed: contacts that cannot be looked up are started all the same\. C/,
        );
        assert.ok(!line.includes(SANDBOX_KEY) && !line.includes(email), line);
      }
    });
  }
});
