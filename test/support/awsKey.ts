import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readSettings } from "../../provider/settings/settings";

/** A name that no test had before: a reference is read once in a process. */
export const fresh = () => `prod/mailmodo-${randomUUID()}`;

/** The key that the settings give. */
export async function keyOf(apiKeySecret: string, others: Record<string, string> = {}): Promise<string> {
  const values: Record<string, string> = { "mailmodo:apiKeySecret": apiKeySecret, ...others };
  return (await readSettings({ get: (name) => values[name] }, {})).apiKey;
}

/** Demands that it fails for the user's sake: in one line, with no stack and none of the secret. */
export async function refusal(reference: string): Promise<string> {
  let said = "";
  await assert.rejects(keyOf(reference), ({ name, message, stack, cause }: Error) => {
    assert.deepEqual([name, stack, cause], ["SettingsError", "", undefined]);
    assert.ok(!message.includes("\n") && !message.includes("0000000"), message);
    said = message;
    return true;
  });
  return said;
}
