// A stand-in for a process that can be killed, in this one, because a real one takes too long for the thousands that
// random sequences need. test/engine kills real ones.
import { AsyncLocalStorage } from "node:async_hooks";
import disk from "node:fs";
import * as http from "node:http";
import * as net from "node:net";
import { Killed } from "./modelStack";
import { useMovableClock, type MovableClock } from "./movableClock";
import type { RunningSandbox } from "./sandbox";

/** When a process is killed: in its request of this number, counted from 1. */
export interface Kill {
  readonly request: number;
  /** Before the request has an effect; with a late effect; after the effect; or before the operation's result is reported. */
  readonly moment: "before" | "late" | "after" | "answered";
  /** How much later, in milliseconds, with `late`. */
  readonly lateMs: number;
  /** Whether its engine dies with it. */
  readonly engineToo: boolean;
}

/** Runs something as a process of its own. @throws {Killed} It was killed. */
export type RunAsProcess = <T>(
  kill: Kill | null,
  work: (call: <R>(step: () => Promise<R>) => Promise<R>, url: string) => Promise<T>,
) => Promise<T>;

interface Life {
  isDead: boolean;
  readonly waits: NodeJS.Timeout[];
}

const alive = new AsyncLocalStorage<Life>();
const NEVER = { ref: () => NEVER, unref: () => NEVER, hasRef: () => false };
const isOfTheDead = () => alive.getStore()?.isDead === true;

/**
 * Lets this process act as plugins and commands, one at a time, on a movable clock. One that is killed does nothing
 * more: its requests get no answer, its waits never end, and it writes no note.
 */
export function useModelProcesses(sandbox: () => RunningSandbox): { clock: MovableClock; run: RunAsProcess } {
  // Before the clock's own, which removes its fake timers.
  let restore = () => {};
  afterEach(() => restore());
  const clock = useMovableClock();
  const engine = net.createServer((socket) => socket.destroy());
  before((done) => void engine.listen(0, "127.0.0.1", done));
  after(() => void engine.close());
  // After the clock's, on top of which they are.
  beforeEach(() => {
    const { setTimeout: wait } = globalThis;
    const waitWhileAlive = (...args: Parameters<typeof setTimeout>) => {
      if (isOfTheDead()) return NEVER;
      const timer = wait(...args);
      alive.getStore()?.waits.push(timer);
      return timer;
    };
    globalThis.setTimeout = waitWhileAlive as typeof setTimeout;
    const { fdatasync } = disk;
    const sync = (descriptor: number, callback: disk.NoParamCallback) =>
      isOfTheDead() ? undefined : fdatasync(descriptor, callback);
    Object.assign(disk, { fdatasync: sync });
    restore = () => {
      globalThis.setTimeout = wait;
      Object.assign(disk, { fdatasync });
    };
  });

  const run: RunAsProcess = async (kill, work) => {
    const { argv } = process;
    const one: Life = { isDead: false, waits: [] };
    const door = new Door(sandbox(), kill, () => (one.isDead = true));
    const url = await door.open();
    // As the plugin's: its last word is where the engine listens.
    process.argv = [argv[0]!, "/model/cmd/dynamic-provider", `127.0.0.1:${(engine.address() as net.AddressInfo).port}`];
    try {
      return await alive.run(one, () =>
        work(async (step) => {
          const result = await clock.settle(Promise.race([step(), door.death]));
          if (door.isResultLost) door.die();
          return Promise.race([door.death, Promise.resolve(result)]);
        }, url),
      );
    } finally {
      process.argv = argv;
      one.waits.forEach((timer) => clearTimeout(timer));
      await door.close();
    }
  };
  return { clock, run };
}

/** Where the requests of one process come in, and where it meets its end. */
class Door {
  private readonly server = http.createServer((request, response) => this.pass(request, response));
  readonly death: Promise<never>;
  die!: () => void;
  private requests = 0;

  constructor(
    private readonly sandbox: RunningSandbox,
    private readonly kill: Kill | null,
    markDead: () => void,
  ) {
    this.death = new Promise((_, reject) => {
      this.die = () => {
        markDead();
        reject(new Killed(kill?.engineToo === true));
      };
    });
    this.death.catch(() => undefined);
  }

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.server.address() as net.AddressInfo).port}`;
  }

  /** Those who still wait for an answer learn at once that there will be none. */
  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  get isResultLost(): boolean {
    return this.kill?.moment === "answered" && this.requests >= this.kill.request;
  }

  private pass(request: http.IncomingMessage, response: http.ServerResponse): void {
    this.requests += 1;
    const { kill } = this;
    // What comes after the last request never leaves.
    if (kill !== null && kill.moment !== "answered" && this.requests >= kill.request) {
      if (this.requests > kill.request) return;
      if (kill.moment === "before") return this.die();
      if (kill.moment === "late") {
        this.sandbox.faults.clear();
        this.sandbox.faults.add({ kind: "late", lateMs: kill.lateMs, status: 503, count: 1 });
      }
      // The answer is the first sign that it took effect, and goes nowhere.
      const unheard = new http.ServerResponse(request);
      for (const name of ["end", "write", "destroy"] as const) {
        const act = unheard[name].bind(unheard) as (...args: unknown[]) => unknown;
        Object.assign(unheard, {
          [name]: (...args: unknown[]) => {
            this.die();
            return act(...args);
          },
        });
      }
      request.socket.once("close", () => this.die());
      return this.sandbox.app.routing(request, unheard);
    }
    this.sandbox.app.routing(request, response);
  }
}
