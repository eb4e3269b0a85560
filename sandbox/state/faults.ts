import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import type { VendorCall } from "./vendorCall";

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

/** One fault, and when it happens. Without count, probability and email it happens each time. */
export interface Fault {
  /**
   * - `delay` answers late.
   * - `reset-before` closes the connection before the request is read, `reset-after` in place of the answer.
   * - `500` answers 500 in JSON. `502-html` and `gateway` answer with a gateway's HTML, `503-after` with a gateway's
   *   JSON, and `503-after-envelope` with the vendor's envelope.
   * - `empty`, `not-json` and `no-ref` answer 200: with nothing, with a word, without the instance id.
   * - `cut` breaks off in the middle of the answer, and `hang` never answers.
   * - `late` acts only after its answer, or after the client has given up.
   */
  readonly kind: FaultKind;
  /** The call that the fault is for. Default: all. */
  readonly on?: VendorCall;
  /** How many times it happens. Default: no limit. */
  readonly count?: number;
  /** How likely it is, from 0 to 1. Default: 1. */
  readonly probability?: number;
  /** The seed of the probability: the same seed gives the same run. Default: the sandbox's seed, or 1. */
  readonly seed?: number;
  /**
   * The only address that it is for. Not with `reset-before`, which happens before the address is read. Default: all.
   */
  readonly email?: string;
  /** How long `delay` waits, in milliseconds. Default: 1,000. */
  readonly delayMs?: number;
  /** How long after the call `late` takes effect, in milliseconds by the sandbox's clock. Default: 9,000. */
  readonly lateMs?: number;
  /** The status of `gateway` (default: 502) or `late` (default: no answer until the client gives up). */
  readonly status?: 502 | 503 | 504;
  /**
   * Whether the call takes effect although its answer goes wrong. Default: true. Not false for the kinds in {@link
   * ALWAYS_TAKE_EFFECT}.
   */
  readonly takesEffect?: boolean;
}

/** The kinds that always take effect, so that `takesEffect: false` would be wrong. */
export const ALWAYS_TAKE_EFFECT: readonly FaultKind[] = ["delay", "503-after", "503-after-envelope", "late"];

/** A fault that is on. */
export interface ArmedFault extends Fault {
  readonly id: string;
  /** How many times it still happens. Null: no limit. */
  readonly remaining: number | null;
}

interface Armed {
  readonly id: string;
  readonly fault: Fault;
  remaining: number;
  readonly random: () => number;
}

/** The faults that are set, in order. The first one that fits a call happens to it. */
export class Faults {
  private armed: Armed[] = [];
  private lastId = 0;

  /**
   * @param changed Called at each change.
   * @param seed The seed of the faults that have none of their own.
   */
  constructor(
    private readonly changed: () => void = () => undefined,
    private readonly seed = 1,
  ) {}

  add(fault: Fault): ArmedFault {
    const generator = xoroshiro128plus(fault.seed ?? this.seed);
    const armed: Armed = {
      id: String(++this.lastId),
      fault,
      remaining: fault.count ?? Infinity,
      random: () => uniformFloat64(generator),
    };
    this.armed.push(armed);
    this.changed();
    return shown(armed);
  }

  get isEmpty(): boolean {
    return this.armed.length === 0;
  }

  /** The faults that can still happen. */
  all(): ArmedFault[] {
    return this.armed.map(shown);
  }

  /** Returns whether there was such a fault. */
  remove(id: string): boolean {
    return this.keep((one) => one.id !== id);
  }

  clear(): void {
    this.keep(() => false);
  }

  /** Takes the fault for a call, and counts it as used once. */
  take(call: VendorCall, fits: (fault: Fault) => boolean): Fault | undefined {
    const armed = this.armed.find((one) => (one.fault.on ?? call) === call && fits(one.fault) && happens(one));
    if (armed === undefined) return undefined;
    armed.remaining -= 1;
    this.keep(({ remaining }) => remaining > 0);
    return armed.fault;
  }

  private keep(isKept: (one: Armed) => boolean): boolean {
    const before = this.armed.length;
    this.armed = this.armed.filter(isKept);
    this.changed();
    return this.armed.length < before;
  }
}

function shown({ id, fault, remaining }: Armed): ArmedFault {
  return { ...fault, id, remaining: Number.isFinite(remaining) ? remaining : null };
}

function happens({ fault: { probability }, random }: Armed): boolean {
  return probability === undefined || random() < probability;
}
