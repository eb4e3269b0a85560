import type * as pulumi from "@pulumi/pulumi";
import type { Recipients } from "../model/recipients";
import { valueOrProblem } from "../settings/settingsError";
import { session } from "./session";

/**
 * The failures of a check: the problems of the settings and of the inputs. They name no property, because the engine
 * would print the property's value, and so a full address.
 *
 * @param problemsOf Finds the problems of the inputs, given the allowed recipients. Undefined problems are skipped.
 */
export async function checkFailures(
  problemsOf: (recipients: Recipients | undefined) => readonly (string | undefined)[],
): Promise<pulumi.dynamic.CheckFailure[]> {
  const settings = await valueOrProblem(() => session.connect());
  const recipients = await valueOrProblem(() => session.allowedRecipients());
  const suppression = await valueOrProblem(() => session.refuseSuppressed());
  return [settings.problem, recipients.problem, suppression.problem, ...problemsOf(recipients.value)]
    .filter((problem) => problem !== undefined)
    .map((reason) => ({ property: "", reason }));
}
