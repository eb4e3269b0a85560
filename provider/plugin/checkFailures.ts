import type * as pulumi from "@pulumi/pulumi";
import type { Recipients } from "../model/recipients";
import { attempt } from "../settings/settingsError";
import { session } from "./session";

/**
 * The failures of a check: what is wrong with the settings, and with the inputs. With a property's name the engine would
 * print the property's value, and so a full address.
 *
 * @param problemsOf What is wrong with the inputs, where these recipients are allowed.
 */
export async function checkFailures(
  problemsOf: (recipients: Recipients | undefined) => readonly (string | undefined)[],
): Promise<pulumi.dynamic.CheckFailure[]> {
  const settings = await attempt(() => session.connect());
  const recipients = await attempt(() => session.allowedRecipients());
  return [settings.problem, recipients.problem, ...problemsOf(recipients.value)]
    .filter((problem) => problem !== undefined)
    .map((reason) => ({ property: "", reason }));
}
