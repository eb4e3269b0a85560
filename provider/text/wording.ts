import { maskAddress } from "./masking";

/** A count with its noun: `1 call`, `2 calls`. */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : plural}`;
}

/** An enrollment for messages, with its address masked. */
export function describeEnrollment({ journeyId, email }: { journeyId: string; email: string }): string {
  return `journey ${journeyId} for ${maskAddress(email)}`;
}
