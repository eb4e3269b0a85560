/**
 * How many characters regular expressions are run over while something happens: a measure of its work that no machine
 * changes. An expression that backtracks takes more, so keep what it searches small.
 */
export function searchedBy(work: () => unknown): number {
  let characters = 0;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- It is called with the expression that it is of.
  const { exec } = RegExp.prototype;
  RegExp.prototype.exec = function (text: string) {
    const from = this.global || this.sticky ? this.lastIndex : 0;
    const found = exec.call(this, text);
    characters += (found ? found.index + found[0].length : String(text).length) - from;
    return found;
  };
  try {
    work();
  } finally {
    RegExp.prototype.exec = exec;
  }
  return characters;
}
