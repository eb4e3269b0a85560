/**
 * A text for a terminal or a message, on one line: control characters, marks of writing direction and halves of
 * characters become spaces.
 */
export function inert(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, " ");
}

/**
 * A text for a title or a cell in Markdown, on one line. What Markdown, GitHub or GitLab could take for more than words,
 * such as a mention, a link or HTML, becomes code, in which nothing has a meaning.
 */
export function inertMarkdown(text: string): string {
  const line = inert(text.slice(0, MAX_LENGTH)).replace(/\s+/g, " ").trim();
  if (line === "" || (WORDS.test(line) && !LINKED.test(line))) return line;
  const longest = [...line.matchAll(/`+/g)].reduce((most, [ticks]) => Math.max(most, ticks.length), 0);
  const fence = "`".repeat(longest + 1);
  const space = /^`|`$/.test(line) ? " " : "";
  return fence + space + line + space + fence;
}

/** A text for a cell of a table in Markdown. There a bar ends the cell, in code too. */
export function inertCell(text: string): string {
  return inertMarkdown(text).replaceAll("|", "\\|");
}

/** How much of a text is shown. */
const MAX_LENGTH = 4096;
/** Letters and punctuation without a meaning. A colon may begin an emoji, an underscore and a hyphen may be marks. */
const WORDS = /^(?:[\p{L}\p{N} .,?()]|!(?!\d)|(?<=[\p{L}\p{N}])(?:[-_](?=[\p{L}\p{N}])|:(?= )))+$/u;
/** Words from which GitHub or GitLab makes a link. */
const LINKED = /www\.|\bGH-\d/i;
