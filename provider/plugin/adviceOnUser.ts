import { TYPES } from "../model/stateFormat";
import { commandLineOf } from "../processes/processes";
import { engineAbove } from "../pulumi/engineProcess";
import { isPlugin } from "../pulumi/pluginProcess";
import { otherStackOf } from "../pulumi/stackName";
import { isInPreview } from "../text/configCommand";
import { quoted } from "../text/shellWord";
import { forgetCommand, upCommand } from "../text/stackCommands";
import { session } from "./session";

/**
 * What to do where a resource that is not gone yet enrolls a contact that is to be archived.
 *
 * @param user Its URN, or a description.
 * @returns Undefined for a description: of one that this run starts.
 */
export async function adviceOnUser(user: string, email: string, stack?: string): Promise<string | undefined> {
  if (!user.startsWith("urn:")) return undefined;
  // After a rename, the states of all stacks count as the stack's own.
  const other = otherStackOf(user, stack);
  const option = other === undefined ? "" : `--stack ${other} `;
  const contact = await session.otherEnrollments.contactDependingOn(user, email, stack);
  if (contact !== undefined)
    return (
      "The contact depends on it, so Pulumi deletes the contact first, each time. In the program, let it depend on the contact " +
      `instead, and run ${upCommand()} before you destroy. Or remove the ` +
      `contact from the state (${forgetCommand(contact, option || undefined)}), and archive it in Mailmodo after the destroy.`
    );
  // Pulumi would write how secrets are encrypted into the settings of all previews.
  if (isInPreview())
    return `If the next run says so again, let it depend on the contact in the program, and run ${upCommand()} first.`;
  const target = `${option}--target-dependents --target ${quoted(user)}`;
  if (isUp()) return `If a whole pulumi up, without --target, says so again, run this first: pulumi up ${target}.`;
  const all = user.includes(TYPES.shard) ? ", with the journeys of all its contacts" : "";
  return `If the next run says so again, end that one first${all}: pulumi destroy ${target}.`;
}

/** Whether the run is an up. With `--target`, it may check no resource, and only the engine's command line shows it. */
function isUp(): boolean {
  return session.thisRun.hasProgram || /^up(date)?$/.test((engineCommand ??= commandOfEngine()));
}

/** The command that the engine runs. Empty if its command line is hidden. */
function commandOfEngine(): string {
  const pid = isPlugin() ? engineAbove()?.identity.pid : undefined;
  const words = pid === undefined ? [] : commandLineOf(pid);
  return words.find((word) => /^(up|update|destroy|down|dn)$/.test(word)) ?? "";
}

/** It stays the same, and a cohort may ask for each contact. */
let engineCommand: string | undefined;
