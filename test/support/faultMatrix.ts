import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { SANDBOX_KEY, type VendorCall } from "mailmodo-sandbox";
import type { ArchiveInputs } from "../../provider/model/archive";
import { TYPES } from "../../provider/model/stateFormat";
import archiveLifecycle from "../../provider/plugin/archiveLifecycle";
import { beginSession, session } from "../../provider/plugin/session";
import { useCapturedOutput } from "./capturedOutput";
import { configure, settings } from "./configure";
import { journalOf } from "./journalOf";
import { livesOf, MATRIX_PROFILES, type Life } from "./lives";
import { useModelBackend } from "./modelBackend";
import { ModelStack, type CallPlugin, type Declared } from "./modelStack";
import { useMovableClock } from "./movableClock";
import { Patience, SECRET } from "./patience";
import { useSandbox } from "./sandbox";

/** What the lives of a matrix are lives of. */
export interface Subject<Inputs, State> {
  readonly lifecycle: ReturnType<ConstructorParameters<typeof ModelStack>[2]> & {
    configure(request: pulumi.dynamic.ConfigureRequest): Promise<void>;
  };
  /** What the state calls the resource. */
  readonly type: string;
  readonly inputs: Inputs & { readonly allowDuplicateEmail: boolean };
  /** What changes between two ups. */
  readonly change: Partial<Inputs>;
  /** How often each fault is in a sample: each time under another profile, with duplicates and without. */
  readonly rounds: number;
  /** The calls that go wrong. Default: those for journeys. */
  readonly calls?: readonly VendorCall[];
  /** What archives its contacts, before and after the change. Default: nothing. */
  readonly archive?: { readonly inputs: ArchiveInputs; readonly change: Partial<ArchiveInputs> };
  /** How an up or a destroy may fail. */
  readonly failure: RegExp;
  /** What a state records: the instance of each address, or null where its start is unconfirmed. */
  recordsOf(state: State): ReadonlyMap<string, string | null>;
}

/** How long a request waits for its answer. */
const timeoutMs = 17_500;
/** Later than anything can take effect. */
const LATER_MS = 120_000;
/** No run is killed here, and none meets another. */
const asItIs: CallPlugin = (call) => call();
const HOLDER = "root@here (pid 1)";
/**
 * Lives through an up, an up, a change and a destroy with each fault in it, under every profile of Mailmodo: a seeded
 * sample of all such lives, or all of them with MATRIX=full.
 */
export function describeFaultMatrix<Inputs, State>(of: string, subject: Subject<Inputs, State>): void {
  const { lifecycle, type, change } = subject;
  const urn = `urn:pulumi:test::seeds::${type}::qa`;
  const { lives, title } = livesOf(process.env, subject.rounds, subject.calls);

  describe(`the fault matrix of ${of}: ${title}`, () => {
    const sandbox = useSandbox({ now: () => Date.now() });
    const clock = useMovableClock();
    const backend = useModelBackend();
    const patience = new Patience(sandbox, clock, subject.failure);

    const configured = () =>
      configure(settings(sandbox().url, { "mailmodo:requestTimeoutSeconds": String(timeoutMs / 1000) }), lifecycle);
    beforeEach(configured);
    const printed = useCapturedOutput();
    /** How many files of notes were looked into. */
    let notes = 0;

    for (const [profile, some] of lives) {
      it(`profile ${profile}, ${some.length} lives: nobody twice, nothing left, every error worded`, async () => {
        sandbox().useProfile(MATRIX_PROFILES.get(profile)!);
        for (const { fault, allowDuplicateEmail, isStartLost = false } of some) {
          await live(fault, { ...subject.inputs, allowDuplicateEmail }, isStartLost).catch((error: Error) => {
            const where = JSON.stringify({ ...fault, allowDuplicateEmail, isStartLost });
            throw new Error(`${where}: ${error.message}`, { cause: error });
          });
        }
      });
    }

    it("left no key and no address in what it printed or noted, whatever went wrong", () => {
      assert.ok(printed.length > 100);
      checkNotes();
      assert.ok(notes > 0);
      for (const text of printed) assertNothingPrivate(text);
    });

    /** One life with a fault in it: up, up, change, destroy, each until it succeeds or clearly will not. */
    async function live(fault: Life["fault"], given: Inputs, isStartLost: boolean): Promise<void> {
      sandbox().store.reset();
      patience.meet(fault);
      if (subject.archive !== undefined) {
        await beginRun();
        // Each run has a file of notes. Those of an earlier life belong to a stack that is gone, and every run reads them all.
        checkNotes();
        fs.rmSync(journalOf(process.env), { recursive: true, force: true });
      }
      const stack = new ModelStack("test", backend(), (of) => (of === TYPES.archive ? archiveLifecycle : lifecycle));
      stack.remove();
      const up = (inputs: Inputs, isChanged = false) => stack.up(programOf(inputs, isChanged), asItIs, HOLDER);

      if (isStartLost) await patience.loseStart(() => up(given), LATER_MS);
      if (await patience.tried(() => up(given))) {
        const before = sandbox().store.requests().length;
        await patience.settle(up(given));
        assert.equal(sandbox().store.requests().length, before, "an up without changes asks nothing");
        checkBooks(stack, { isUp: true });
        // The next run's program no longer wants what this one's did.
        if (subject.archive !== undefined) await beginRun();
        const isChanged = await patience.tried(() => up({ ...given, ...change }, true));
        checkBooks(stack, { isUp: isChanged });
        if (isChanged && subject.archive !== undefined) checkArchived(subject.archive.change.contacts);
      } else checkBooks(stack, { isUp: false });

      // A destroy runs no program, and so wants no contact.
      if (subject.archive !== undefined) await beginRun();
      sandbox().rotateKey("TESTKEY-0000000-0000000-0000009");
      if (recordsOf(stack).size > 0 && fault.on === "start") {
        await assert.rejects(
          patience.settle(stack.destroy(asItIs, HOLDER)),
          /Mailmodo refused the API key .*MAILMODO_API_KEY/,
        );
      }
      sandbox().rotateKey(SANDBOX_KEY);
      assert.ok(await patience.tried(() => stack.destroy(asItIs, HOLDER)), "a destroy succeeds in the end");
      clock.tick(LATER_MS);
      assert.deepEqual(running(), [], "nothing runs after destroy, now or later");
      checkNobodyTwice();
      if (subject.archive !== undefined) checkArchived("[]");
    }

    function checkNotes(): void {
      const folder = journalOf(process.env);
      for (const name of fs.existsSync(folder) ? fs.readdirSync(folder) : []) {
        assertNothingPrivate(name + fs.readFileSync(path.join(folder, name), "utf8"));
        notes += 1;
      }
    }

    /** Begins a run that knows nothing of the one before. */
    async function beginRun(): Promise<void> {
      await patience.settle(session.journals.close());
      beginSession();
      await configured();
    }

    /** The program of an up: what archives the contacts, if anything does, and what depends on it. */
    function programOf(inputs: Inputs, isChanged: boolean): Declared[] {
      const main = { urn, type, inputs: { ...inputs } as Record<string, unknown> };
      if (subject.archive === undefined) return [main];
      const archived = { ...subject.archive.inputs, ...(isChanged ? subject.archive.change : {}) };
      const archive = {
        urn: `${urn}-archive`,
        type: TYPES.archive,
        inputs: { ...archived } as Record<string, unknown>,
      };
      return [archive, { ...main, dependencies: [archive.urn] }];
    }

    /** @param stay The addresses of the contacts that are not archived, as JSON. */
    function checkArchived(stay = "[]"): void {
      const left = sandbox()
        .contacts()
        .filter(({ archived, email }) => !archived && !stay.includes(email));
      assert.deepEqual(left, [], "each contact that is gone is archived");
    }

    /** @param isUp Whether all went well: then what is recorded runs, too, and nothing that is late changes that. */
    function checkBooks(stack: ModelStack, { isUp }: { isUp: boolean }): void {
      if (isUp) clock.tick(LATER_MS);
      checkNobodyTwice();
      const records = recordsOf(stack);
      for (const { email, instanceId } of running()) {
        const recorded = records.get(email);
        assert.ok(recorded === instanceId || recorded === null, "what runs is recorded");
      }
      if (!isUp) return;
      const ids = running().map(({ instanceId }) => instanceId);
      assert.deepEqual([...records.values()].sort(), ids.sort(), "what is recorded runs");
    }

    function checkNobodyTwice(): void {
      const doubled = sandbox()
        .instances()
        .filter((instance) => instance.doubled);
      assert.deepEqual(doubled, [], "no address is started twice without an abort between");
    }

    const recordsOf = ({ state }: ModelStack): ReadonlyMap<string, string | null> =>
      new Map(
        state.resources
          .filter(({ pendingReplacement, type: of }) => pendingReplacement !== true && of === type)
          .flatMap(({ outputs }) => [...subject.recordsOf(outputs as State)]),
      );

    const running = () => sandbox().runningInstances();
  });
}

function assertNothingPrivate(text: string): void {
  assert.ok(!text.includes(SANDBOX_KEY) && !text.includes(SECRET), text);
}
