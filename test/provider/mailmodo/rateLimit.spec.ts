import assert from "node:assert/strict";
import type { Permit } from "../../../provider/mailmodo/permit";
import { RateLimit } from "../../../provider/mailmodo/rateLimit";
import { useMovableClock } from "../../support/movableClock";

describe("the rate limit", () => {
  const startsAt = Date.UTC(2026, 10, 24);
  const clock = useMovableClock(startsAt);

  /** When each of `count` permits is given, all of them requested at once. */
  async function permitTimes(limit: RateLimit, count: number): Promise<number[]> {
    const given: number[] = [];
    const all = Array.from({ length: count }, () => taken(limit).then(() => given.push(clock.now())));
    await clock.settle(Promise.all(all));
    return given;
  }

  /** Waits for a permit, and sends its request at once. */
  async function taken(limit: RateLimit): Promise<void> {
    (await limit.permit()).release();
  }

  /** The most in any one second that begins with one of them. */
  const most = (given: number[]) =>
    Math.max(...given.map((from) => given.filter((at) => at >= from && at < from + 1000).length));

  for (const perSecond of [1, 2, 5, 10, 50, 400, 2000]) {
    it(`gives ${perSecond} in any second, never more, and uses at least 95 % of it`, async () => {
      const count = perSecond * (perSecond > 100 ? 5 : 20) + 1;
      const given = await permitTimes(new RateLimit(perSecond), count);
      const first = given[0]!;
      assert.equal(most(given), perSecond);
      const share = (count - 1) / ((given.at(-1)! - first) / 1000) / perSecond;
      assert.ok(share >= 0.95 && share <= 1, `${share}`);
    });
  }

  it("gives a permit in two seconds where 0.5 are allowed in one", async () => {
    const given = await permitTimes(new RateLimit(0.5), 4);
    const gaps = given.slice(1).map((at, index) => at - given[index]!);
    assert.ok(
      gaps.every((gap) => gap >= 2000 && gap <= 2100),
      gaps.join(),
    );
  });

  it("tells how long the next permit will take, without granting one", async () => {
    const limit = new RateLimit(0.5);
    assert.equal(limit.dueInMs(), 0);
    await clock.settle(taken(limit));
    assert.ok(limit.dueInMs() > 1_500 && limit.dueInMs() <= 2_100, `${limit.dueInMs()}`);
    limit.releaseAll();
    assert.equal(limit.dueInMs(), 0);
  });

  it("lets no burst through: the turns of a second are spread over it", async () => {
    const given = await permitTimes(new RateLimit(10), 30);
    const gaps = given.slice(1).map((at, index) => at - given[index]!);
    assert.ok(Math.min(...gaps) >= 90, gaps.join());
  });

  it("does not catch up after the process was held up", async () => {
    const limit = new RateLimit(5);
    const before = await permitTimes(limit, 3);
    clock.holdUp(10_000);
    const after = await permitTimes(limit, 12);
    assert.equal(most([...before, ...after]), 5);
  });

  it("counts a request from when it left, however late that is", async () => {
    const limit = new RateLimit(5);
    const slow: Permit[] = [];
    await clock.settle(Promise.all([1, 2, 3, 4, 5].map(() => limit.permit().then((permit) => slow.push(permit)))));
    const given: number[] = [];
    const next = [1, 2, 3].map(() => taken(limit).then(() => given.push(performance.now())));
    clock.tick(3_000);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(given, [], "none, while five are on their way");
    const left = performance.now();
    for (const permit of slow) Object.assign(permit, { at: left, isPending: false });
    await clock.settle(Promise.all(next));
    assert.ok(given[0]! > left + 1000, `${given[0]! - left}`);
  });

  it("gives turns in the order in which they were asked for", async () => {
    const limit = new RateLimit(100);
    const order: number[] = [];
    await clock.settle(Promise.all([0, 1, 2, 3].map((nth) => taken(limit).then(() => order.push(nth)))));
    assert.deepEqual(order, [0, 1, 2, 3]);
  });

  it("pauses everybody when asked to, then goes on at half the pace and recovers", async () => {
    const limit = new RateLimit(10);
    await permitTimes(limit, 1);
    const asked = clock.now();
    limit.slowDown(3000);
    limit.slowDown(1000);
    const given = await permitTimes(limit, 100);
    assert.ok(given[0]! >= asked + 3000);
    const inSecond = (nth: number) => given.filter((at) => Math.floor((at - given[0]!) / 1000) === nth).length;
    assert.ok(inSecond(0) >= 5 && inSecond(0) <= 6, `${inSecond(0)}`);
    assert.ok(inSecond(6) >= 9, `${inSecond(6)}`);
    assert.ok(most(given) <= 10);
  });

  it("waits a second if the answer does not say how long", async () => {
    const limit = new RateLimit(10);
    const asked = clock.now();
    limit.slowDown();
    assert.ok((await permitTimes(limit, 1))[0]! >= asked + 1000);
  });

  it("takes a Retry-After of nothing as a second", async () => {
    const limit = new RateLimit(10);
    const asked = clock.now();
    for (let nth = 0; nth < 16; nth++) limit.slowDown(0);
    const given = await permitTimes(limit, 30);
    assert.ok(given[0]! >= asked + 1000 && given.at(-1)! < asked + 7000, `${given.at(-1)! - asked}`);
  });

  it("takes a Retry-After of a day as a minute", async () => {
    const limit = new RateLimit(10);
    const asked = clock.now();
    limit.slowDown(86_400_000);
    const [next] = await permitTimes(limit, 1);
    assert.ok(next! - asked >= 60_000 && next! - asked < 61_000);
  });

  it("lets everybody go at once where nothing more will be sent", async () => {
    const limit = new RateLimit(0.01);
    const all = Promise.all(Array.from({ length: 20 }, () => limit.permit()));
    limit.releaseAll();
    await all;
    await limit.permit();
  });

  for (const ms of [-3_600_000, 3_600_000]) {
    const what = ms < 0 ? "back" : "forwards";

    it(`goes on when the clock was set ${what}`, async () => {
      const limit = new RateLimit(5);
      await permitTimes(limit, 1);
      clock.setSystemTime(clock.now() + ms);
      const asked = clock.now();
      assert.ok((await permitTimes(limit, 1))[0]! - asked < 1000);
    });

    it(`keeps to the limit when the clock was set ${what}`, async () => {
      const limit = new RateLimit(5);
      const given: number[] = [];
      const all = Array.from({ length: 10 }, () => taken(limit).then(() => given.push(performance.now())));
      await Promise.all(all.slice(0, 1));
      clock.setSystemTime(clock.now() + ms);
      await clock.settle(Promise.all(all));
      assert.equal(most(given), 5);
    });

    it(`keeps a pause as long as it was when the clock is set ${what} in it`, async () => {
      const limit = new RateLimit(5);
      limit.slowDown(3_000);
      clock.setSystemTime(clock.now() + ms);
      const asked = performance.now();
      await clock.settle(taken(limit));
      assert.ok(performance.now() - asked >= 3_000 && performance.now() - asked < 3_100);
    });
  }

  it("ends every rest at once where nothing more will be sent, and says so", async () => {
    const limit = new RateLimit(5);
    const rests = [limit.rest(60_000), limit.rest(60_000)];
    limit.releaseAll();
    assert.deepEqual(await Promise.all([...rests, limit.rest(60_000)]), [false, false, false]);
    assert.equal(clock.now(), startsAt);
  });

  it("rests as long as it is asked to", async () => {
    assert.equal(await clock.settle(new RateLimit(5).rest(1_000)), true);
    assert.equal(clock.now() - startsAt, 1_000);
  });
});
