/** A text as one word of a shell's command line: quoted if a shell may read more than text in it. */
export function shellWord(text: string): string {
  return /^[\w./:@+,-]+$/.test(text) ? text : quoted(text);
}

/** The same, always in quotes: for what mostly needs them, such as a URN, whose `$` a shell would expand. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
