import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { FAULT_KINDS, type Fault, type FaultKind } from "../../sandbox/faults";
import { profileOf, profiles } from "../../sandbox/profiles";
import { SANDBOX_KEY } from "../../sandbox/server";
import { configure, settings } from "./lifecycle";
import { ModelEngine } from "./modelEngine";
import { useMovableClock } from "./movableClock";
import { useSandbox } from "./sandbox";

/** What the lives of a matrix are lives of. */
export interface Subject<Inputs, State> {
  readonly lifecycle: ConstructorParameters<typeof ModelEngine<Inputs, State>>[0] & {
    configure(request: pulumi.dynamic.ConfigureRequest): Promise<void>;
  };
  readonly inputs: Inputs & { readonly allowDuplicateEmail: boolean };
  /** What changes between two ups. */
  readonly change: Partial<Inputs>;
  /** How an up or a destroy may fail. */
  readonly failure: RegExp;
  /** What a state tells of: the instance of each address, or null where its start is unconfirmed. */
  recordsOf(state: State): ReadonlyMap<string, string | null>;
}

const timeoutMs = 20_000;
/** Every address of a subject has it, and no line may. */
export const SECRET = "secret";

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

/** Lives through an up, an up, a change and a destroy with each fault in it, under every profile of Mailmodo. */
export function describeFaultMatrix<Inputs, State>(of: string, subject: Subject<Inputs, State>): void {
  const { lifecycle, change } = subject;

  describe(`the fault matrix of ${of}: ${names.length} profiles x ${faults.length} faults x ${duplicates.length} = ${size} lives`, () => {
    const sandbox = useSandbox({ now: () => Date.now() });
    const clock = useMovableClock(timeoutMs);
    const printed: string[] = [];
    const { log } = console;

    beforeEach(async () => {
      const values = settings(sandbox().url, { "mailmodo:requestTimeoutSeconds": String(timeoutMs / 1000) });
      await configure(values, lifecycle);
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
            await live(fault, { ...subject.inputs, allowDuplicateEmail }).catch((error: Error) => {
              const where = JSON.stringify({ ...fault, allowDuplicateEmail });
              throw new Error(`${where}: ${error.message}`, { cause: error });
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
        assert.ok(!text.includes(SANDBOX_KEY) && !text.includes(SECRET), text);
      }
    });

    /** One life with a fault in it: up, up, change, destroy, each until it succeeds or clearly will not. */
    async function live(fault: Fault, given: Inputs): Promise<void> {
      sandbox().store.reset();
      sandbox().faults.clear();
      sandbox().faults.add(fault);
      const engine = new ModelEngine(lifecycle);

      if (await tried(() => engine.up(given))) {
        const before = sandbox().store.requests().length;
        await settle(engine.up(given));
        assert.equal(sandbox().store.requests().length, before, "an up without changes asks nothing");
        checkBooks(engine, { isUp: true });
        checkBooks(engine, { isUp: await tried(() => engine.up({ ...given, ...change })) });
      } else checkBooks(engine, { isUp: false });

      sandbox().rotateKey("TESTKEY-0000000-0000000-0000009");
      if (recordsOf(engine).size > 0 && fault.on === "start") {
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
          assert.match(message, subject.failure);
          assert.ok(!message.includes(SANDBOX_KEY) && !message.includes(SECRET), message);
        }
      }
      return false;
    }

    /** @param isUp Whether all went well: then what is recorded runs, too. */
    function checkBooks(engine: ModelEngine<Inputs, State>, { isUp }: { isUp: boolean }): void {
      const doubled = sandbox()
        .store.all()
        .filter((instance) => instance.doubled);
      assert.deepEqual(doubled, [], "no address is started twice without an abort between");
      const records = recordsOf(engine);
      for (const { email, instanceId } of running()) {
        const recorded = records.get(email);
        assert.ok(recorded === instanceId || recorded === null, "what runs is recorded");
      }
      if (!isUp) return;
      const ids = running().map(({ instanceId }) => instanceId);
      assert.deepEqual([...records.values()].sort(), ids.sort(), "what is recorded runs");
    }

    const recordsOf = ({ recorded }: ModelEngine<Inputs, State>): ReadonlyMap<string, string | null> =>
      recorded === undefined ? new Map() : subject.recordsOf(recorded.outs);

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
}
