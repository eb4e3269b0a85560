import type { Recovery, RecoverOptions } from "./recovery";
import { RecoveryRun } from "./recoveryRun";

export type { Recovery, RecoverOptions };

/**
 * Recovers a stack after a run of Pulumi was killed: waits for what the run left behind, frees its lock, aborts each start
 * that may have happened and is recorded nowhere, ends each abort that was begun and takes its enrollment out of the
 * state, and clears the pending operations. A second call does nothing. What belongs to another stack is left alone.
 *
 * @throws {Error} The stack is locked by a run that may be alive, or the CLI fails. The message is one line.
 */
export async function recover(options: RecoverOptions): Promise<Recovery> {
  const run = await RecoveryRun.prepare(options);
  await run.settle();
  return run.commit();
}
