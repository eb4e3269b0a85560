/**
 * What the vendor's contract leaves undefined, decided in this one place. The default keeps to the statuses that the
 * published contract has (200 and 400).
 */
export interface Profile {
  /** How a refusal of the API key is answered. */
  readonly wrongKey: Refusal;
  /** How a second start is answered while the journey runs for the address. */
  readonly duplicate: Refusal;
  /** How an abort of an instance that has ended is answered. */
  readonly abortEnded: Refusal;
  /** How an abort is answered where there is no such instance, or nothing runs for the address. */
  readonly abortUnknown: Refusal;
}

export interface Refusal {
  readonly status: number;
  readonly message: string;
}

export const defaultProfile: Profile = {
  wrongKey: { status: 400, message: "Invalid mmApiKey" },
  duplicate: { status: 400, message: "The journey is already running for the provided email" },
  abortEnded: { status: 400, message: "The journey instance has already ended" },
  abortUnknown: { status: 400, message: "No such journey instance" },
};
