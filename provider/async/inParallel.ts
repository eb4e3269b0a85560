/**
 * Runs an action for each item, several at a time, and begins them in the items' order. After an action fails, it
 * begins no other, waits for those in progress, and throws the first error.
 *
 * @param atATime How many actions run at a time. Default: 16.
 */
export async function inParallel<T>(
  items: Iterable<T>,
  action: (item: T) => Promise<void>,
  atATime = AT_A_TIME,
): Promise<void> {
  const rest = [...items].values();
  let failed = false;
  const worker = async () => {
    for (const item of rest) {
      if (failed) return;
      await action(item).catch((error: unknown) => {
        failed = true;
        throw error;
      });
    }
  };
  const results = await Promise.allSettled(Array.from({ length: atATime }, worker));
  for (const result of results) if (result.status === "rejected") throw result.reason;
}

/**
 * How many actions run at a time. The rate limit sets the pace; this only bounds the open connections of one resource.
 */
const AT_A_TIME = 16;
