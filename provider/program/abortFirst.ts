import type * as pulumi from "@pulumi/pulumi";
import { programError } from "./programError";

/**
 * Makes a replacement abort before it starts. If the engine itself decides on a replacement (for `--replace`, `pulumi
 * state taint`, `replacementTrigger` and `replaceWith`), it does not ask the provider's diff for the order, and creates
 * first. Mailmodo would then refuse the start as a duplicate, or the address would be in the journey twice.
 */
export const ABORT_FIRST = { deleteBeforeReplace: true } as const satisfies pulumi.CustomResourceOptions;

/** @throws {pulumi.RunError} The options set `deleteBeforeReplace` to false. */
export function requireAbortFirst(what: string, opts: pulumi.CustomResourceOptions | undefined): void {
  if (opts?.deleteBeforeReplace !== false) return;
  throw programError(
    `deleteBeforeReplace of the ${what} must not be false: a replacement would enroll an address again before ` +
      "the running journey is aborted. Remove the option.",
  );
}
