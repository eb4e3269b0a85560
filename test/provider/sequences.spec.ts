import * as fc from "fast-check";
import { ALWAYS_TAKE_EFFECT, type Fault } from "mailmodo-sandbox";
import { useCapturedOutput } from "../support/capturedOutput";
import { useEnvironment } from "../support/environment";
import { useModelCli } from "../support/modelCli";
import { useModelProcesses } from "../support/modelProcess";
import { CONTACTS, HOMES, SINGLES, STACKS, type Step } from "../support/modelSteps";
import { ModelWorld } from "../support/modelWorld";
import { useSandbox } from "../support/sandbox";

// 200 with `npm test`; `npm run test:unit` asks for 50, `npm run test:soak` for 2,000. A seed of one's own: SEQUENCES_SEED.
const count = Number(process.env["SEQUENCES"] ?? 200);
const seed = Number(process.env["SEQUENCES_SEED"] ?? 20261126);

describe(`${count} random sequences of runs, kills and recoveries (SEQUENCES_SEED=${seed})`, function () {
  this.timeout(count * 3_000);
  const sandbox = useSandbox({ now: () => Date.now() }, "suite");
  const { clock, run } = useModelProcesses(sandbox);
  useEnvironment(() => ({}));
  useModelCli();
  useCapturedOutput();

  it("nothing runs unknown to all states and notes, no address is doubled, nobody else's enrollment is touched", () =>
    fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 10 }), async (steps) => {
        const world = new ModelWorld(sandbox(), clock, run);
        try {
          await world.live(steps);
        } finally {
          world.remove();
        }
      }),
      { numRuns: count, seed },
    ));
});

const oneOf = <const T>(...values: readonly T[]) => fc.constantFrom(...values);

const faults: fc.Arbitrary<Fault> = fc
  .record({
    kind: oneOf("reset-after", "500", "502-html", "empty", "cut", "not-json", "503-after", "gateway", "late"),
    on: oneOf("start", "abort"),
    takesEffect: fc.boolean(),
    count: oneOf(1, 3),
    status: oneOf(502, 503, 504),
    lateMs: oneOf(9_000, 42_000),
  })
  .map(({ takesEffect, ...fault }) => (ALWAYS_TAKE_EFFECT.includes(fault.kind) ? fault : { ...fault, takesEffect }));

const run = {
  stack: oneOf(...STACKS),
  home: oneOf(...HOMES),
  kill: fc.option(
    fc.record({
      request: fc.integer({ min: 1, max: 5 }),
      moment: oneOf("before", "late", "after", "answered"),
      lateMs: oneOf(9_000, 42_000),
      engineToo: fc.boolean(),
    }),
    { freq: 2 },
  ),
  where: oneOf("here", "elsewhere"),
  isMachineLost: fc.boolean(),
} as const;

const fault = fc.option(faults, { freq: 2 });

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      ...run,
      do: fc.constant("up"),
      singles: fc.subarray([...SINGLES]),
      contacts: fc.subarray([...CONTACTS]),
      isCapital: fc.boolean(),
      suffix: oneOf("", "-2"),
      version: fc.nat({ max: 2 }),
      abortReason: oneOf("preview closed", "tests are over"),
      fault,
    }),
  },
  { weight: 2, arbitrary: fc.record({ ...run, do: fc.constant("destroy"), fault, isRemoved: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ ...run, do: fc.constant("recover"), runIsOver: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("finish"), stack: oneOf(...STACKS), index: fc.nat({ max: 3 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("state delete"), stack: oneOf(...STACKS), index: fc.nat({ max: 3 }) }),
  },
);
