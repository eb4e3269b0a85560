import * as pulumi from "@pulumi/pulumi";
import { looksLikeKey, moveKey } from "../settings/aws/reference";
import { keyCommand } from "../text/configCommand";
import { programError } from "./programError";

/**
 * Refuses an API key that was set without `--secret`, or as its own reference. The engine stores the stack's config in
 * the state, and would store this key there in plain text. The program refuses it, and so a preview does too.
 *
 * @throws {pulumi.RunError} There is such a key.
 */
export function refuseKeyInClear(): void {
  // Part of the SDK, but missing from its types.
  const { isConfigSecret } = pulumi.runtime as unknown as { isConfigSecret: (key: string) => boolean };
  const inClear = (name: string) => (isConfigSecret(name) ? undefined : pulumi.runtime.getConfig(name));
  const replaceKey = "Then create a new key at Mailmodo, because this one was written to disk.";
  if (inClear("mailmodo:apiKey")) {
    throw programError(
      "mailmodo:apiKey was set without --secret, so the stack's file and state would contain it in plain text. " +
        `Set it again: ${keyCommand()}. ${replaceKey}`,
    );
  }
  if (looksLikeKey(inClear("mailmodo:apiKeySecret") ?? "")) {
    throw programError(`mailmodo:apiKeySecret is an API key, not the name of a secret. ${moveKey()} ${replaceKey}`);
  }
}
