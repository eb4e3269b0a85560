import type { Recovery, RecoverOptions } from "./recovery";
import { RecoveryRun } from "./recoveryRun";

export type { Recovery, RecoverOptions };

/**
 * Recovers a stack after a Pulumi run was killed. It waits for what the run left behind, frees its lock, aborts each
 * start that may have happened and is recorded nowhere, completes each abort that was begun and removes its enrollment
 * from the state, and clears the pending operations. A second call does nothing. It leaves alone what belongs to
 * another stack.
 *
 * @throws {Error} A run that may be alive has locked the stack, or the CLI failed. The message is one line.
 */
export async function recover(options: RecoverOptions): Promise<Recovery> {
  const run = await RecoveryRun.prepare(options);
  await run.settle();
  return run.commit();
}
