import assert from "node:assert/strict";
import * as os from "node:os";
import { SANDBOX_KEY } from "mailmodo-sandbox";
import { Interruption } from "../../../../provider/commands/probe/interruption";
import { openGateway, type Spoiled } from "../../../support/gateway";
import { useMovableClock } from "../../../support/movableClock";
import {
  startMovableProbe,
  startProbe,
  startProbeOnOneStream,
  startProbeAsNpx,
  type ProbeProcess,
} from "../../../support/probeProcess";
import { startSandbox } from "../../../support/sandbox";

const OTHERS = "SIGTERM SIGABRT SIGALRM SIGIO SIGPWR SIGSTKFLT SIGUSR2 SIGVTALRM SIGXCPU".split(" ");
const STEPS = 11;
/** A real process sends one request a second, so several probe at a time. */
const AT_ONCE = 6;

interface Interrupted {
  readonly code: number | null;
  readonly stderr: string;
  readonly running: readonly string[];
  readonly starts: number;
}

describe("a signal to the probe's process", () => {
  let interrupted: Map<number, Interrupted>;
  before(async () => {
    interrupted = new Map();
    const steps = Array.from({ length: STEPS }, (_, index) => STEPS - index);
    const workers = Array.from({ length: AT_ONCE }, async () => {
      for (let step = steps.shift(); step !== undefined; step = steps.shift())
        interrupted.set(step, await interruptAt(step, "SIGINT"));
    });
    await Promise.all(workers);
  });

  for (let step = 1; step <= STEPS; step++) {
    it(`ends what runs, and exits with 130, if it comes while the answer to request ${step} is on its way`, () => {
      const { code, stderr, running, starts } = interrupted.get(step)!;
      assert.equal(code, 130, stderr);
      assert.deepEqual(running, []);
      assert.ok(starts <= 3);
      assert.ok(!stderr.includes(SANDBOX_KEY) && !stderr.includes("secret"), stderr);
    });
  }

  // macOS has other numbers, and lacks two of them.
  const numbers = Object.entries(os.constants.signals).filter(([name]) => OTHERS.includes(name));
  for (const [signal, expected] of numbers.map(([name, number]) => [name as NodeJS.Signals, 128 + number] as const))
    it(`ends what runs, and exits with ${expected}, if it is ${signal}`, async () => {
      const { code, running, stderr } = await interruptAt(2, signal, ({ said, ended }) =>
        Promise.race([said(`Received ${signal}`), ended.then(() => undefined)]),
      );
      assert.deepEqual([code, running], [expected, []], stderr);
    });

  for (const [signal, expected] of [
    ["SIGINT", 130],
    ["SIGHUP", 129],
    ["SIGQUIT", 131],
  ] as const) {
    it(`ends what runs, and exits with ${expected}, if it is ${signal} and nobody reads its output any more`, async () => {
      const { code, running } = await interruptAt(3, signal, async ({ child }) => {
        child.stdout!.destroy();
        child.stderr!.destroy();
      });
      assert.deepEqual([code, running], [expected, []]);
    });
  }

  it("lets an abort at the end wait as long as Mailmodo asks, so that nothing runs", async () => {
    const { code, stderr, running } = await probeBehind({
      spoil: (nth) =>
        nth === 4
          ? { kind: "reset", isPassedOn: false }
          : nth === 5
            ? { kind: "429", isPassedOn: false, retryAfter: "4" }
            : undefined,
      meanwhile: async ({ send, said }) => {
        await said("slow down: waiting");
        send("SIGINT");
      },
    });
    assert.equal(code, 130, stderr);
    assert.deepEqual(running, []);
  });

  it("ends what runs, and exits with 130, if a second one follows at once", async () => {
    const { code, stderr, running } = await interruptAt(3, "SIGINT", async ({ send, said }) => {
      await said("Received SIGINT");
      send("SIGINT");
    });
    assert.deepEqual([code, running], [130, []], stderr);
  });

  it("ends what runs, and exits with 130, if it is a terminal's and a parent sends it a second time, as npx does", async () => {
    const { code, stderr, running } = await interruptAt(3, "SIGINT", undefined, startProbeAsNpx);
    assert.deepEqual([code, running], [130, []], stderr);
    assert.match(stderr, /^Received SIGINT; ending what the probe started\. Press Ctrl-C again to exit at once\.$/m);
    assert.match(stderr, /\nEnding what the probe started\.\n$/);
  });

  it("exits with 3 if what it started cannot be ended, and says so last, below the table", async () => {
    const { code, stderr, running } = await probeBehind({
      start: startProbeOnOneStream,
      spoil: (nth) => (nth > 3 ? { kind: "locked", isPassedOn: false } : undefined),
      hold: async (nth, { send, said }) => {
        if (nth !== 3) return;
        send("SIGINT");
        await said("Received SIGINT");
      },
    });
    assert.deepEqual([code, running.length], [3, 1], stderr);
    assert.equal(stderr.match(/It may still run/g)?.length, 1);
    assert.match(
      stderr,
      /┘\n[^┘]+\n.*It may still run, and send mail: .* \(instance [\w-]+\)\. End it in Mailmodo\.\n$/,
    );
  });

  it("exits with 3 if it is the second and the answer to a start is on its way, and says that it may run", async () => {
    const { code, stderr, running } = await interruptAt(2, "SIGINT", again, startMovableProbe);
    assert.deepEqual([code, running.length], [3, 1], stderr);
    assert.match(stderr, /\nIt may still run, and send mail: journey \S+ for p\*{3}@\S+\. End it in Mailmodo\.\n$/);
  });

  it("exits at once if it is the second, and says last what may still run", async () => {
    const { code, stderr, running } = await interruptAt(3, "SIGINT", again, startMovableProbe);
    assert.deepEqual([code, running.length], [3, 1], stderr);
    // The answer to the second start is on its way.
    const [first = "", second = ""] = stderr.trimEnd().split("\n").slice(-2);
    assert.match(first, /^It may still run, and send mail: journey \S+ for p\*{3}@\S+ \(instance [\w-]+\)\. End it/);
    assert.match(second, /^It may still run, and send mail: journey \S+ for p\*{3}@\S+\. End it in Mailmodo\.$/);
  });
});

describe("a second signal to the probe", () => {
  const clock = useMovableClock();

  for (const [laterMs, counts] of [
    [0, false],
    [999, false],
    [1_000, true],
  ] as const) {
    it(`${counts ? "counts" : "does not count"} ${laterMs} ms after the first`, () => {
      const taken: string[] = [];
      const interruption = new Interruption(
        (signal) => taken.push(signal),
        () => taken.push("again"),
      );
      interruption.interrupt("SIGINT");
      // The date may be set meanwhile, to any time.
      clock.setSystemTime(counts ? 0 : 3_600_000);
      clock.tick(laterMs);
      interruption.interrupt("SIGTERM");
      assert.deepEqual(taken, counts ? ["SIGINT", "again"] : ["SIGINT"]);
      assert.deepEqual([interruption.exitCode, interruption.signal.aborted], [130, true]);
    });
  }
});

/** A second Ctrl-C, a second after the first. */
async function again({ send, said, ended }: ProbeProcess): Promise<void> {
  await said("Received SIGINT");
  send("SIGCONT");
  await said("A second later.");
  send("SIGINT");
  await ended;
}

/** @param meanwhile What happens before the answer arrives. Default: the signal arrives. */
function interruptAt(
  step: number,
  signal: NodeJS.Signals,
  meanwhile: (process: ProbeProcess) => Promise<void> = ({ said }) => said(`Received ${signal}`),
  start = startProbe,
): Promise<Interrupted> {
  return probeBehind({
    start,
    hold: async (nth, probe) => {
      if (nth !== step) return;
      probe.send(signal);
      await meanwhile(probe);
    },
  });
}

interface Behind {
  readonly start?: (args: readonly string[]) => ProbeProcess;
  readonly spoil?: (nth: number) => Spoiled | undefined;
  /** Keeps an answer back. */
  readonly hold?: (nth: number, probe: ProbeProcess) => Promise<void>;
  /** What happens while it runs. */
  readonly meanwhile?: (probe: ProbeProcess) => Promise<void>;
}

/** Runs a probe of a sandbox behind a gateway. */
async function probeBehind({ start = startProbe, spoil, hold, meanwhile }: Behind): Promise<Interrupted> {
  const sandbox = await startSandbox();
  const gateway = await openGateway(sandbox.url, spoil, async (nth) => hold?.(nth, probe));
  const probe = start(["--yes", "--base-url", gateway.url]);
  try {
    await meanwhile?.(probe);
    const { code, stderr } = await probe.ended;
    const starts = gateway.paths.filter((path) => path.startsWith("/hooks/start/")).length;
    return { code, stderr, starts, running: sandbox.running() };
  } finally {
    await gateway.close();
    await sandbox.app.close();
  }
}
