import assert from "node:assert/strict";
import { SANDBOX_KEY } from "mailmodo-sandbox";
import { openGateway, type Spoiled } from "../../../support/gateway";
import { startProbe, type ProbeProcess } from "../../../support/probeProcess";
import { startSandbox } from "../../../support/sandbox";

const STEPS = 11;
/** A real process sends one request a second, so several probe at a time. */
const AT_ONCE = 6;

interface Interrupted {
  readonly code: number | null;
  readonly stderr: string;
  readonly running: readonly string[];
  readonly starts: number;
}

describe("a signal to the probe's process", function () {
  this.timeout(120_000);

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

  it("exits with 143 if it is SIGTERM", async () => {
    const { code, running } = await interruptAt(2, "SIGTERM");
    assert.deepEqual([code, running], [143, []]);
  });

  for (const [signal, expected] of [
    ["SIGINT", 130],
    ["SIGHUP", 129],
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
      meanwhile: async ({ child, said }) => {
        await said("waiting 4 s");
        child.kill("SIGINT");
      },
    });
    assert.equal(code, 130, stderr);
    assert.deepEqual(running, []);
  });

  it("exits with 3 if it is the second and the answer to a start is on its way, and says that it may run", async () => {
    const { code, stderr, running } = await interruptAt(2, "SIGINT", async ({ child, said, ended }) => {
      await said("Received SIGINT");
      child.kill("SIGINT");
      await ended;
    });
    assert.deepEqual([code, running.length], [3, 1], stderr);
    assert.match(stderr, /It may still run, and send mail: journey \S+ for p\*{3}@\S+\. End it/);
  });

  it("leaves at once if it is the second, and says what may still run", async () => {
    const { code, stderr, running } = await interruptAt(3, "SIGINT", async ({ child, said, ended }) => {
      await said("Received SIGINT");
      child.kill("SIGINT");
      await ended;
    });
    assert.equal(code, 3);
    assert.equal(running.length, 1);
    assert.match(stderr, /It may still run, and send mail: journey \S+ for p\*{3}@\S+ \(instance [\w-]+\)\. End it/);
  });
});

/** @param meanwhile What happens before the answer arrives. Default: the signal arrives. */
function interruptAt(
  step: number,
  signal: NodeJS.Signals,
  meanwhile: (process: ProbeProcess) => Promise<void> = ({ said }) => said(`Received ${signal}`),
): Promise<Interrupted> {
  return probeBehind({
    hold: async (nth, probe) => {
      if (nth !== step) return;
      probe.child.kill(signal);
      await meanwhile(probe);
    },
  });
}

interface Behind {
  readonly spoil?: (nth: number) => Spoiled | undefined;
  /** Keeps an answer back. */
  readonly hold?: (nth: number, probe: ProbeProcess) => Promise<void>;
  /** What happens while it runs. */
  readonly meanwhile?: (probe: ProbeProcess) => Promise<void>;
}

/** Runs a probe of a sandbox behind a gateway. */
async function probeBehind({ spoil, hold, meanwhile }: Behind): Promise<Interrupted> {
  const sandbox = await startSandbox();
  const gateway = await openGateway(sandbox.url, spoil, async (nth) => hold?.(nth, probe));
  const probe = startProbe(["--yes", "--base-url", gateway.url]);
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
