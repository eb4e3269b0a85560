import type { Measured, Row, Step } from "./rows";

/** One way at one size: what each round measured. */
export interface Result {
  readonly row: Row;
  readonly contacts: number;
  readonly limit?: number;
  readonly rounds: Record<Step, (Measured & { readonly requests: number })[]>;
  readonly stateBytes: number[];
}
