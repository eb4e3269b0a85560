import { maskAddress } from "./masking";

export function count(number: number, what: string, several = `${what}s`): string {
  return `${number} ${number === 1 ? what : several}`;
}

export function describe({ journeyId, email }: { journeyId: string; email: string }): string {
  return `journey ${journeyId} for ${maskAddress(email)}`;
}
