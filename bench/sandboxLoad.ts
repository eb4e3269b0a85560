// Sends starts and aborts over 16 connections, in a process of its own, so that what is measured is the server.
import { randomUUID } from "node:crypto";

/** What is to be sent. */
export interface Load {
  readonly url: string;
  /** `both` starts and aborts in turn. Aborts are of the instances that earlier starts of the same URL answered. */
  readonly call: "start" | "abort" | "both";
  /** So many requests, or for so many seconds. */
  readonly until: { readonly requests: number } | { readonly seconds: number };
  /** Requests a second, evenly, whether answers come or not. Default: 16 at a time, each as soon as another is answered. */
  readonly perSecond?: number;
}

/** What was measured. Times are in milliseconds; with a pace they count from when the request was to be sent. */
export interface Measured {
  readonly requests: number;
  readonly failed: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

interface Pool {
  request(options: object): Promise<{ statusCode: number; body: { json(): Promise<unknown> } }>;
  close(): Promise<void>;
}

const CONNECTIONS = 16;
const KEY = "TESTKEY-0000000-0000000-0000000";
const JOURNEY = "6f1c2d3e-4a5b-4c6d-8e7f-90a1b2c3d4e5";
/** The instances that starts answered and nobody aborted yet, by URL. */
const started = new Map<string, string[]>();

class Sending {
  private readonly times: number[] = [];
  private failed = 0;
  private sent = 0;
  private readonly began = performance.now();
  private readonly instances: string[];

  constructor(
    private readonly load: Load,
    private readonly pool: Pool,
  ) {
    this.instances = started.get(load.url) ?? [];
    started.set(load.url, this.instances);
  }

  async toItsEnd(): Promise<Measured> {
    await (this.load.perSecond === undefined ? this.unthrottled() : this.paced(this.load.perSecond));
    const seconds = (performance.now() - this.began) / 1000;
    const times = this.times.sort((a, b) => a - b);
    const percentile = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? NaN;
    const { length: requests } = times;
    const perSecond = requests / seconds;
    return {
      requests,
      failed: this.failed,
      perSecond,
      p50: percentile(0.5),
      p99: percentile(0.99),
      max: percentile(1),
    };
  }

  private async unthrottled(): Promise<void> {
    const worker = async () => {
      while (!this.isOver()) await this.send(performance.now());
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  }

  private async paced(perSecond: number): Promise<void> {
    const open: Promise<void>[] = [];
    while (!this.isOver()) {
      const due = () => this.began + (this.sent * 1000) / perSecond;
      while (due() <= performance.now() && !this.isOver()) open.push(this.send(due()));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await Promise.all(open);
  }

  private isOver(): boolean {
    const { until } = this.load;
    if ("requests" in until) return this.sent >= until.requests;
    return performance.now() - this.began >= until.seconds * 1000;
  }

  /** Not while the starts that would be next are still under way. */
  private isTurnToAbort(): boolean {
    return this.sent % 2 === 1 && this.instances.length > 0;
  }

  private async send(from: number): Promise<void> {
    const aborts = this.load.call === "abort" || (this.load.call === "both" && this.isTurnToAbort());
    const instanceId = aborts ? this.instances.shift() : undefined;
    const email = `${randomUUID()}+seeds.pr-${this.sent % 20}@seeds.example.com`;
    this.sent += 1;
    const { statusCode, body } = await this.pool.request({
      method: "POST",
      path: `/hooks/${aborts ? "abort" : "start"}/${JOURNEY}`,
      headers: { "content-type": "application/json", mmapikey: KEY },
      body: JSON.stringify(aborts ? { instanceId, reason: "The bench is over" } : { email, data: { seats: "3" } }),
    });
    const { ref } = (await body.json()) as { ref?: string };
    this.times.push(performance.now() - from);
    if (statusCode !== 200) this.failed += 1;
    else if (!aborts && ref !== undefined) this.instances.push(ref);
  }
}

process.on("message", (load: Load) => void answer(load));

async function answer(load: Load): Promise<void> {
  // From the cache: see sandboxTargets.ts.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { Pool } = require(process.argv[2]!) as { Pool: new (url: string, options: object) => Pool };
  const pool = new Pool(load.url, { connections: CONNECTIONS, pipelining: 1 });
  const measured = await new Sending(load, pool).toItsEnd();
  await pool.close();
  process.send?.(measured);
}

process.once("disconnect", () => process.exit());
