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
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** One thing that goes wrong, and when. Without count, probability and email it goes wrong each time. */
export interface Fault {
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
  /** Whether the call has taken effect when its answer goes wrong. Default: true, and with `delay` always. */
  readonly takesEffect?: boolean;
}

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
