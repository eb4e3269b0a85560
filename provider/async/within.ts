/** Something took longer than it may. */
export class NoAnswer extends Error {}

/**
 * Waits for something, but not for longer than a limit.
 *
 * @throws {NoAnswer} It takes longer. It goes on, and what becomes of it is lost.
 */
export async function within<T>(work: Promise<T>, limitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NoAnswer(`no answer within ${limitMs / 1000} s.`)), limitMs);
  });
  try {
    return await Promise.race([work, timeUp]);
  } finally {
    clearTimeout(timer);
  }
}
