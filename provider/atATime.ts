/** Does something for each, so many at a time, in their order. A deed that fails ends it, once those beside it are over. */
export async function atATime<T>(many: number, items: Iterable<T>, deed: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items].values();
  const worker = async () => {
    for (const item of rest) await deed(item);
  };
  const ends = await Promise.allSettled(Array.from({ length: many }, worker));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}
