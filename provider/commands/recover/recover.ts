import type { Recovery, RecoverOptions } from "./recoverOptions";
import { RecoveryRun } from "./recoveryRun";

/** What `recover` of `onDemand.ts` does, which is what users import. */
export async function recover(options: RecoverOptions): Promise<Recovery> {
  const run = await RecoveryRun.prepare(options);
  await run.settle();
  return run.commit();
}
