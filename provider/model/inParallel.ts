/** Does something for each item, some at a time, in their order. After an action that fails, no other is begun. */
export async function inParallel<T>(items: Iterable<T>, action: (item: T) => Promise<void>): Promise<void> {
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
  const ends = await Promise.allSettled(Array.from({ length: AT_A_TIME }, worker));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}

/** How many requests of one resource can be in flight. The limit is the plan's; this only bounds open connections. */
const AT_A_TIME = 16;
