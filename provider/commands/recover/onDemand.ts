import type { Recovery, RecoverOptions } from "./recoverOptions";

/**
 * Recovers a stack after a Pulumi run was killed. It waits for what the run left behind, frees its lock, aborts each
 * start that may have happened and is recorded nowhere, completes each abort that was begun and removes its enrollment
 * from the state, and clears the pending operations. A second call does nothing. It leaves alone what belongs to another
 * stack. The code is loaded when this is called, so a program that only imports the package does not load it.
 *
 * @throws {Error} A run that may be alive has locked the stack, or the CLI failed. The message is one line.
 *
 * @example
 * ```ts
 * import { recover } from "pulumi-mailmodo";
 *
 * const { aborted, problems } = await recover({ stack: "dev", cwd: "infra" });
 * console.log(`${aborted} enrollments were aborted.`);
 * for (const problem of problems) console.error(problem);
 * ```
 */
export async function recover(options: RecoverOptions): Promise<Recovery> {
  const loaded = await import("./recover");
  return loaded.recover(options);
}
