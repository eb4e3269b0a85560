/**
 * Runs jobs in their order, at most so many at once.
 *
 * @param onDone Takes each result when it is there.
 * @returns The results, in the order of the jobs.
 */
export async function inParallel<T>(
  jobs: readonly (() => Promise<T>)[],
  atOnce: number,
  onDone: (result: T) => void,
): Promise<T[]> {
  const results: T[] = [];
  const waiting = [...jobs.entries()];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, job] = next;
      const result = await job();
      results[index] = result;
      onDone(result);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return results;
}
