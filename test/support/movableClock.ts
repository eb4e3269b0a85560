import disk from "node:fs";
import FakeTimers from "@sinonjs/fake-timers";

/** A clock for waits and dates that moves only when a test moves it; sockets keep their own, and answers come in real time. */
export interface MovableClock {
  now(): number;
  tick(ms: number): void;
  /** Sets the date forwards or back; waits, and `performance.now`, go on as if nothing had happened. */
  setSystemTime(ms: number): void;
  /** Lets so much time pass in which this process does not run: what falls due in it comes after. */
  holdUp(ms: number): void;
  /** Comes back once a wait of so many milliseconds is under way. */
  waiting(ms: number): Promise<void>;
  /** Moves the clock over a wait of so many milliseconds, once it is under way. */
  outwait(ms: number): Promise<void>;
  /**
   * Moves the clock over each wait until a step is over, and over a request's deadline only where one hangs.
   *
   * @param hung How many requests have been left without an answer.
   */
  settle<T>(step: Promise<T>, hung?: () => number): Promise<T>;
}

interface Wait {
  readonly delay?: number;
  readonly callAt: number;
  readonly func: () => void;
}

/**
 * Puts a movable clock in place for each test of the suite.
 *
 * @param startsAt In milliseconds since 1970. Default: 0.
 */
export function useMovableClock(startsAt = 0): MovableClock {
  let clock: FakeTimers.Clock;
  beforeEach(() => {
    clock = FakeTimers.install({
      now: startsAt,
      toFake: ["setTimeout", "clearTimeout", "Date", "performance"],
      // Of what began before it.
      shouldClearNativeTimers: true,
    });
  });
  afterEach(() => clock.uninstall());
  useImmediateSync();
  const waits = () => [...(clock.timers?.values() ?? [])] as Wait[];
  const waiting = async (ms: number) => {
    while (!waits().some(({ delay }) => delay === ms)) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    now: () => clock.now,
    tick: (ms) => void clock.tick(ms),
    setSystemTime: (ms) => clock.setSystemTime(ms),
    holdUp: (ms) => void clock.jump(ms),
    waiting,
    async outwait(ms) {
      await waiting(ms);
      clock.tick(ms);
    },
    async settle(step, hung = () => 0) {
      let over = false;
      const mark = () => {
        over = true;
      };
      step.then(mark, mark);
      let hangs = hung();
      while (!over) {
        await new Promise((resolve) => setImmediate(resolve));
        // No step waits for a report, and what it does wait for may take its time: the disk, another thread.
        const timers = waits().filter(({ func }) => func.name !== "endOfInterval");
        const dueIn = ({ callAt }: Wait) => Math.max(0, callAt - clock.now);
        // By name: a wait for something else can be just as long.
        const onTheirWay = timers.filter(({ func }) => func.name === "endRequest");
        // One that the server has yet to see would come to it after its time.
        if (onTheirWay.length > 0 && hung() - hangs >= onTheirWay.length) {
          hangs = hung();
          clock.tick(Math.max(...onTheirWay.map(dueIn)));
        } else if (onTheirWay.length === 0 && timers.length > 0) {
          clock.tick(Math.min(...timers.map(dueIn)));
        }
      }
      return step;
    },
  };
}

/**
 * A note is synced to the disk by a thread, in a time of its own, which the clock would take for a time in which nothing
 * happens, and move on. Here a sync is over as soon as it is asked for.
 */
function useImmediateSync(): void {
  const { fdatasync } = disk;
  const immediate = (descriptor: number, callback: (error: null) => void) => {
    disk.fdatasyncSync(descriptor);
    process.nextTick(callback, null);
  };
  beforeEach(() => void Object.assign(disk, { fdatasync: immediate }));
  afterEach(() => void Object.assign(disk, { fdatasync }));
}
