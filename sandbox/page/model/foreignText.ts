/**
 * A text from outside with the characters named that would show nothing, or would make other text show elsewhere: control
 * characters, bidirectional controls, characters without width. Joiners are left, because names and emoji need them.
 */
export function visibleText(text: string): string {
  return text.replace(HIDDEN, (character) => `[U+${hex(character.codePointAt(0) ?? 0)}]`);
}

/** {@link visibleText} for a text of several lines, whose tabs and line ends stay. */
export function visibleLines(text: string): string {
  return text
    .replaceAll("\r\n", "\n")
    .split(/([\n\t])/)
    .map((part) => (/^[\n\t]$/.test(part) ? part : visibleText(part)))
    .join("");
}

/** A text from outside within a title: isolated, so that its direction does not turn the rest around. */
export function isolated(text: string): string {
  return `\u2068${visibleText(text)}\u2069`;
}

const HIDDEN =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e007f}]|\p{Surrogate}/gu;

function hex(codePoint: number): string {
  return codePoint.toString(16).toUpperCase().padStart(4, "0");
}

/** A value from outside as JSON, for people to read. */
export function readableJson(value: unknown): string {
  return value === undefined ? "" : (JSON.stringify(value, undefined, 2) ?? "");
}
