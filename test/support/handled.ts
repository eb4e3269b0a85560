/**
 * How many characters and elements are looked at or moved while something happens, by regular expressions, by splitting,
 * and by the methods of arrays that go through one: a measure of its work that no machine changes. What an expression
 * does again by backtracking is not in it.
 */
export async function handledBy(work: () => unknown): Promise<number> {
  let handled = 0;
  const restore: (() => void)[] = [];
  const watch = (of: object, name: string, sizeOf: (call: Call) => number) => {
    const original = Reflect.get(of, name) as (...args: unknown[]) => unknown;
    restore.push(() => void Reflect.set(of, name, original));
    Reflect.set(of, name, function (this: never, ...args: unknown[]) {
      const from = (this as { lastIndex?: number }).lastIndex ?? 0;
      const result = Reflect.apply(original, this, args);
      handled += sizeOf({ self: this, args, from, result });
      return result;
    });
  };
  watch(RegExp.prototype, "exec", charactersOf);
  watch(String.prototype, "split", lengthOf);
  for (const name of ["unshift", "shift", "indexOf", "includes", "concat"]) watch(Array.prototype, name, lengthOf);
  watch(Object.getPrototypeOf([][Symbol.iterator]()) as object, "next", () => 1);
  try {
    await work();
  } finally {
    for (const put of restore) put();
  }
  return handled;
}

interface Call {
  readonly self: never;
  readonly args: unknown[];
  readonly from: number;
  readonly result: unknown;
}

const lengthOf = ({ self }: Call) => (self as { length: number }).length;

function charactersOf({ self, args, from, result }: Call): number {
  const { global, sticky } = self as RegExp;
  const found = result as RegExpExecArray | null;
  // A sticky expression looks at one place alone.
  if (found === null && sticky) return 1;
  const until = found ? found.index + found[0].length : String(args[0]).length;
  return until - (global || sticky ? from : 0);
}
