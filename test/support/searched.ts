/**
 * How many characters regular expressions are run over while something happens: a measure of its work that no machine
 * changes. An expression that backtracks takes more, so keep what it searches small.
 */
export function searchedBy(work: () => unknown): number {
  let characters = 0;
  const exec = Reflect.get(RegExp.prototype, "exec") as (this: RegExp, text: string) => RegExpExecArray | null;
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
