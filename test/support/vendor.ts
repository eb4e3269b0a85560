import { RateLimit } from "../../provider/mailmodo/rateLimit";
import { Deadline } from "../../provider/mailmodo/deadline";
import { journeyId } from "./journeyId";
import { useMovableClock, type MovableClock } from "./movableClock";
import { serve, type Answer, type TestServer } from "./server";
import type { Connection } from "../../provider/mailmodo/transport";

export const apiKey = "TESTKEY-0000000-0000000-0000001";
export const ref = "11111111-2222-4333-8444-555555555555";
export const request = {
  journeyId,
  email: "jane.doe@example.com",
  data: { firstName: "Ada" },
  allowDuplicateEmail: false,
};
export const abortion = { journeyId, email: "jane.doe@example.com", instanceId: ref, reason: "preview closed" };
export const requestTimeoutMs = 20_000;

/** The vendor's envelopes of a yes and a no. */
export const ok = { success: true, message: "journey Executed", ref };
export const no = { success: false, message: "No such luck" };

/** A real server in Mailmodo's place, and a clock to move. */
export interface Vendor {
  readonly clock: MovableClock;
  /** The server of the current test. */
  readonly server: TestServer;
  /** Lets it answer so, and gives the connection to it. */
  answering(answer: Answer): Promise<Connection>;
  /** Moves the clock over the waits between attempts, until the call is over. */
  settle<T>(call: Promise<T>): Promise<T>;
  /** Moves the clock past the request's deadline once the server has it. */
  outwait<T>(call: Promise<T>): Promise<T>;
  /** How far the clock was moved. */
  elapsed(): number;
}

/** @param startsAt Of the clock, in milliseconds since 1970. Default: 0. */
export function useVendor(startsAt = 0): Vendor {
  const clock = useMovableClock(startsAt);
  let server: TestServer;
  let opened: TestServer | undefined;
  let began: number;
  beforeEach(() => {
    began = clock.now();
  });
  afterEach(async () => {
    await opened?.close();
    opened = undefined;
  });
  return {
    clock,
    get server() {
      return server;
    },
    async answering(answer) {
      server = opened = await serve(answer);
      return connectionTo(server.url, apiKey);
    },
    settle: (call) => clock.settle(call),
    async outwait(call) {
      while (server.seen.length === 0) await new Promise((resolve) => setImmediate(resolve));
      clock.tick(requestTimeoutMs);
      return call;
    },
    elapsed: () => clock.now() - began,
  };
}

/** A connection that nothing holds back. */
export function connectionTo(baseUrl: string, key: string): Connection {
  return {
    baseUrl,
    apiKey: key,
    requestTimeoutMs,
    deadline: new Deadline(),
    // So high that it lets everything through at once, whatever the clock does.
    pace: new RateLimit(1_000_000),
    reasonToHold: async () => undefined,
  };
}
