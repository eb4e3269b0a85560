import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import enrollmentLifecycle from "../../provider/enrollmentLifecycle";
import type { EnrollmentInputs } from "../../provider/inputs";
import { LOADER } from "../../provider/loader";
import { FAULT_KINDS, type Fault, type FaultKind } from "../../sandbox/faults";
import { profileOf, profiles } from "../../sandbox/profiles";
import { SANDBOX_KEY } from "../../sandbox/server";
import { ModelEngine } from "../support/modelEngine";
import { useMovableClock } from "../support/movableClock";
import { useSandbox } from "../support/sandbox";

const timeoutMs = 20_000;
const email = "ada.secret@seeds.example.com";
const inputs: EnrollmentInputs = {
  journeyId: "6f1c2d3e-4a5b-4c6d-8e7f-90a1b2c3d4e5",
  email,
  data: { firstName: "Ada" },
  allowDuplicateEmail: false,
  abortReason: "preview closed",
  __provider: LOADER,
};

/** Every kind of fault, on either call, after it took effect or instead of it, once or for a while. */
const faults: Fault[] = FAULT_KINDS.flatMap((kind) =>
  (["start", "abort"] as const).flatMap((on) =>
    effects(kind, on).flatMap((takesEffect) =>
      [1, 3].map((count): Fault => ({ kind, on, takesEffect, count, ...(kind === "delay" ? { delayMs: 1 } : {}) })),
    ),
  ),
);
/** Whether the call can have taken effect, or not, when its answer goes wrong; no fault is a lie. */
function effects(kind: FaultKind, on: "start" | "abort"): boolean[] {
  if (kind === "no-ref" && on === "abort") return [];
  return kind === "reset-before" || kind === "delay" ? [true] : [true, false];
}

const duplicates = [false, true];
const names = Object.keys(profiles);
const size = names.length * faults.length * duplicates.length;

describe(`the fault matrix: ${names.length} profiles x ${faults.length} faults x ${duplicates.length} = ${size} lives`, () => {
  const sandbox = useSandbox({ now: () => Date.now() });
  const clock = useMovableClock(timeoutMs);
  const printed: string[] = [];
  const { log } = console;

  beforeEach(async () => {
    const values: Record<string, string> = {
      "mailmodo:apiKey": SANDBOX_KEY,
      "mailmodo:baseUrl": sandbox().url,
      "mailmodo:requestTimeoutSeconds": String(timeoutMs / 1000),
      "mailmodo:requestsPerSecond": "1000",
      "mailmodo:allowedRecipients": '["*@seeds.example.com"]',
    };
    await enrollmentLifecycle.configure({ config: { get: (name: string) => values[name] } as pulumi.dynamic.Config });
    console.log = (line: string) => printed.push(line);
  });
  afterEach(() => {
    console.log = log;
  });

  for (const name of names) {
    it(`profile ${name}: nobody twice, nothing left, every error worded`, async () => {
      sandbox().useProfile(profileOf([name]));
      for (const allowDuplicateEmail of duplicates) {
        for (const fault of faults) {
          await live(fault, { ...inputs, allowDuplicateEmail }).catch((error: Error) => {
            throw new Error(`${JSON.stringify({ ...fault, allowDuplicateEmail })}: ${error.message}`, { cause: error });
          });
        }
      }
    });
  }

  it("left no key and no address in what it printed or noted, whatever went wrong", () => {
    assert.ok(printed.length > 100);
    const folder = path.join(process.env["PULUMI_HOME"]!, "mailmodo-journal");
    const notes = fs.readdirSync(folder).map((name) => name + fs.readFileSync(path.join(folder, name), "utf8"));
    assert.ok(notes.length > 0);
    for (const text of [...printed, ...notes]) {
      assert.ok(!text.includes(SANDBOX_KEY) && !text.includes("ada.secret"), text);
    }
  });

  /** One enrollment's life with a fault in it: up, up, replace, destroy, each until it succeeds or clearly will not. */
  async function live(fault: Fault, given: EnrollmentInputs): Promise<void> {
    sandbox().store.reset();
    sandbox().faults.clear();
    sandbox().faults.add(fault);
    const engine = new ModelEngine();

    if (await tried(() => engine.up(given))) {
      const before = sandbox().store.requests().length;
      await settle(engine.up(given));
      assert.equal(sandbox().store.requests().length, before, "an up without changes asks nothing");
      await tried(() => engine.up({ ...given, data: { firstName: "Grace" } }));
    }
    checkBooks(engine);

    sandbox().rotateKey("TESTKEY-0000000-0000000-0000009");
    if (engine.recorded !== undefined && fault.on === "start") {
      await assert.rejects(settle(engine.destroy()), /Mailmodo refused the API key .*MAILMODO_API_KEY/);
    }
    sandbox().rotateKey(SANDBOX_KEY);
    assert.ok(await tried(() => engine.destroy()), "a destroy succeeds in the end");
    assert.deepEqual(running(), [], "nothing runs after destroy");
  }

  /** Tries until it succeeds, at most as often as a patient person; each failure must be worded as it should. */
  async function tried(step: () => Promise<void>): Promise<boolean> {
    for (let attempt = 0; attempt < 5; attempt++) {
      try {
        await settle(step());
        return true;
      } catch (error) {
        const { message } = error as Error;
        assert.match(
          message,
          /^Could not (start|abort|mend) journey [\da-f-]{36} for (a\*\*\*@seeds\.example\.com|instance [\da-f-]{36}): [^\n]+\.$/,
        );
        assert.ok(!message.includes(SANDBOX_KEY) && !message.includes("ada.secret"), message);
      }
    }
    return false;
  }

  function checkBooks(engine: ModelEngine): void {
    assert.deepEqual(
      sandbox()
        .store.all()
        .filter(({ doubled }) => doubled),
      [],
      "no address is started twice without an abort between",
    );
    const known = engine.recorded?.outs;
    for (const instance of running()) {
      assert.ok(known?.instanceId === instance.instanceId || known?.status === "unconfirmed", "what runs is recorded");
    }
  }

  const running = () =>
    sandbox()
      .store.all()
      .filter(({ status }) => status === "running");

  const settle = <T>(step: Promise<T>) => clock.settle(step, hung);

  const hung = () =>
    sandbox()
      .store.requests()
      .filter(({ fault }) => fault === "hang").length;
});
