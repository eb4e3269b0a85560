import type { Stack } from "./stack";
import { isSameLock, type Lock } from "./stackLock";

/**
 * The locks that runs hold on a stack. A command that only asks for the lock, as another recover does, takes it for a
 * moment: it is gone at a second look.
 *
 * @param secretsProvider The stack's own secrets provider.
 */
export async function heldLocks(
  stack: Pick<Stack, "occupancy">,
  secretsProvider: string | undefined,
): Promise<readonly Lock[]> {
  const { locks } = await stack.occupancy(secretsProvider);
  if (locks.length === 0) return [];
  await new Promise((resolve) => setTimeout(resolve, MOMENT_MS));
  const { locks: still } = await stack.occupancy(secretsProvider);
  return still.filter((lock) => locks.some((one) => isSameLock(one, lock)));
}

const MOMENT_MS = 500;
