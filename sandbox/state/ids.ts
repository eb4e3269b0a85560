import { hash, randomUUID } from "node:crypto";

/**
 * Makes the ids of instances, or of another kind of thing.
 *
 * @param seed The same seed gives the same ids. Undefined: they are random.
 */
export function idMaker(seed: number | undefined, kind = ""): (number: number) => string {
  if (seed === undefined) return () => randomUUID();
  // From the number alone, so that it goes on where it was after a restart.
  return (number) => uuidOf(hash("sha256", `${seed}:${kind}${number}`, "hex"));
}

/** A UUID of version 4 with these digits. */
function uuidOf(hex: string): string {
  const variant = ((parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
