import type { InternalOptions } from "./nextCommands";
import type { Recovery } from "./recoverOptions";
import { RecoveryRun } from "./recoveryRun";

/** Recovers a stack. Users import it through `onDemand.ts`, which loads this file only when it is called. */
export async function recover(options: InternalOptions): Promise<Recovery> {
  const run = await RecoveryRun.prepare(options);
  await run.settle();
  return run.commit();
}
