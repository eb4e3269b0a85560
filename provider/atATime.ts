/** Does something for each, some at a time, in their order. After a deed that fails, no other is begun. */
export async function atATime<T>(items: Iterable<T>, deed: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items].values();
  let failed = false;
  const worker = async () => {
    for (const item of rest) {
      if (failed) return;
      await deed(item).catch((error: unknown) => {
        failed = true;
        throw error;
      });
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: AT_A_TIME }, worker));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}

/** As many requests of one resource can be on their way. The limit is the plan's; this only bounds open connections. */
const AT_A_TIME = 16;
