import * as pulumi from "@pulumi/pulumi";
import { KEY_COMMAND } from "../settings/apiKey";
import { looksLikeKey, MOVE_KEY } from "../settings/aws/reference";
import { programError } from "./programError";

/**
 * Refuses, in the program and so in preview, a key that was set without `--secret`, or as its own reference: the engine keeps the stack's
 * config in the state, and would keep this key there in clear.
 *
 * @throws {pulumi.RunError}
 */
export function refuseKeyInClear(): void {
  // Part of the SDK, but left out of its types.
  const { isConfigSecret } = pulumi.runtime as unknown as { isConfigSecret: (key: string) => boolean };
  const inClear = (name: string) => (isConfigSecret(name) ? undefined : pulumi.runtime.getConfig(name));
  const replaceKey = "Then make a new key at Mailmodo, for this one was written to disk.";
  if (inClear("mailmodo:apiKey")) {
    throw programError(
      "mailmodo:apiKey was set without --secret, so it would be kept in clear in the stack's file and state. " +
        `Set it again: ${KEY_COMMAND}. ${replaceKey}`,
    );
  }
  if (looksLikeKey(inClear("mailmodo:apiKeySecret") ?? "")) {
    throw programError(`mailmodo:apiKeySecret is an API key, and not the name of a secret. ${MOVE_KEY} ${replaceKey}`);
  }
}
