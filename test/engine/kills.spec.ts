import { killAndRecover } from "../support/killAndRecover";
import { describeKill, kills } from "../support/kills";

// 9 with `npm test`: each phase with each victim. `npm run test:soak` asks for 100. A seed of one's own: KILLS_SEED.
const count = Number(process.env["KILLS"] ?? 9);
const seed = Number(process.env["KILLS_SEED"] ?? 20261124);

describe(`${count} killed runs of Pulumi (KILLS_SEED=${seed})`, function () {
  this.timeout(count * 120_000);
  const all = kills(count, seed);
  const results = new Map<number, Promise<void>>();

  // Two at a time: each waits for the other processes it starts, more than it works.
  before(() => {
    const waiting = [...all];
    const settle = new Map<number, { resolve: () => void; reject: (error: unknown) => void }>();
    for (const { number } of all) {
      const result = new Promise<void>((resolve, reject) => settle.set(number, { resolve, reject }));
      result.catch(() => undefined);
      results.set(number, result);
    }
    const work = async () => {
      for (let kill = waiting.shift(); kill !== undefined; kill = waiting.shift()) {
        const { resolve, reject } = settle.get(kill.number)!;
        await killAndRecover(kill).then(resolve, reject);
      }
    };
    void work();
    void work();
  });

  for (const kill of all) {
    it(`${kill.number}: ${describeKill(kill)}`, () => results.get(kill.number));
  }
});
