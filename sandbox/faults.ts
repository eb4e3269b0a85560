import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

export const FAULT_KINDS = [
  "delay",
  "reset-before",
  "reset-after",
  "500",
  "502-html",
  "empty",
  "cut",
  "not-json",
  "no-ref",
  "hang",
  "503-after",
  "503-after-envelope",
  "gateway",
  "late",
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** One thing that goes wrong, and when. Without count, probability and email it goes wrong each time. */
export interface Fault {
  /**
   * `503-after` acts and then answers 503 in a gateway's JSON; `503-after-envelope` does so in the vendor's. `gateway`
   * answers in a gateway's HTML, before it passes the call on or after. `late` acts only after its answer, or after the
   * client gave up.
   */
  readonly kind: FaultKind;
  /** Which call. Default: both. */
  readonly on?: "start" | "abort";
  /** How many times. */
  readonly count?: number;
  /** How likely, from 0 to 1; the same seed gives the same run. */
  readonly probability?: number;
  readonly seed?: number;
  /** For this address alone. Not with `reset-before`, which comes before the address is read. */
  readonly email?: string;
  /** How long, with `delay`. */
  readonly delayMs?: number;
  /** How long after the call it takes effect, by the sandbox's clock, with `late`. Default: 9,000. */
  readonly lateMs?: number;
  /** What a gateway answers, with `gateway` (default: 502) or `late` (default: nothing, until the client gives up). */
  readonly status?: 502 | 503 | 504;
  /** Whether the call has taken effect when its answer goes wrong. Default: true, and always where the kind says so. */
  readonly takesEffect?: boolean;
}

/** The kinds of which `takesEffect: false` would be a lie. */
export const ALWAYS_TAKE_EFFECT: readonly FaultKind[] = ["delay", "503-after", "503-after-envelope", "late"];

interface Armed {
  readonly fault: Fault;
  left: number;
  readonly random: () => number;
}

/** The faults that are set, in the order in which they were: the first that fits a call is what happens to it. */
export class Faults {
  private armed: Armed[] = [];

  add(fault: Fault): void {
    const generator = xoroshiro128plus(fault.seed ?? 1);
    this.armed.push({ fault, left: fault.count ?? Infinity, random: () => uniformFloat64(generator) });
  }

  clear(): void {
    this.armed = [];
  }

  /** The fault of a call, used up by this. */
  take(call: "start" | "abort", fits: (fault: Fault) => boolean): Fault | undefined {
    const armed = this.armed.find(
      (one) => one.left > 0 && (one.fault.on ?? call) === call && fits(one.fault) && happens(one),
    );
    if (armed !== undefined) armed.left -= 1;
    return armed?.fault;
  }
}

function happens({ fault: { probability }, random }: Armed): boolean {
  return probability === undefined || random() < probability;
}
