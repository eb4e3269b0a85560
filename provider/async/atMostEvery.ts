/**
 * Looks at something at most once in `maxAgeMs` milliseconds, counted from the end of a look. In between, gives the last
 * result again.
 */
export function atMostEvery<T>(maxAgeMs: number, look: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  let endedAt = Infinity;
  return () => {
    if (result !== undefined && performance.now() - endedAt <= maxAgeMs) return result;
    endedAt = Infinity;
    result = look().finally(() => (endedAt = performance.now()));
    return result;
  };
}
