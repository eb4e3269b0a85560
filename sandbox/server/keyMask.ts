import { mapStrings } from "./mapStrings";

const MASK = "***";

/** Replaces a key wherever it stands in a text or a JSON value: as a part of a text, in a name, or encoded as in a URL. */
export function keyMask(key: string): <T>(value: T) => T {
  const encoded = encodeURIComponent(key.toWellFormed());
  const inJson = JSON.stringify(key).slice(1, -1);
  const masked = (text: string) => text.replaceAll(key, MASK).replaceAll(encoded, MASK);
  return <T>(value: T): T => {
    // Quicker than to look at each text, and seldom true.
    const json = JSON.stringify(value) ?? "";
    return json.includes(inJson) || json.includes(encoded) ? (mapStrings(value, masked, masked) as T) : value;
  };
}
