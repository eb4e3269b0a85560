/** Looks at something at most once in `maxAgeMs` milliseconds. In between, gives the last result again. */
export function atMostEvery<T>(maxAgeMs: number, look: () => Promise<T>): () => Promise<T> {
  let last: { readonly at: number; readonly result: Promise<T> } | undefined;
  return () => {
    const now = performance.now();
    if (last === undefined || now - last.at > maxAgeMs) last = { at: now, result: look() };
    return last.result;
  };
}
