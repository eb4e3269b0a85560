import type { Claim } from "./sharedPace";

/** Permission to send one request. */
export class Permit {
  /** What the request claims of a limit that other runs share. Undefined while no other run is noticed. */
  claim: Claim | undefined;
  /** Whether its request may still be sent. Until then it counts as if the request were being sent now. */
  isPending = true;

  /**
   * @param at When the request was sent or, until that is known, when the permit was granted: by `performance.now`, in
   * ms.
   */
  constructor(public at = performance.now()) {}

  /** Call it when the request is sent. */
  markSent(): void {
    this.at = performance.now();
    this.isPending = false;
  }

  /** Call it when the request was sent or never will be. */
  release(): void {
    this.isPending = false;
  }
}

/** A permit for a request that will not be sent. */
export function released(): Permit {
  const permit = new Permit();
  permit.release();
  return permit;
}
