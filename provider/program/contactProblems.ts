import * as pulumi from "@pulumi/pulumi";
import { parseRecipients, type Recipients } from "../model/recipients";
import { contactProblem } from "../model/shard";
import { maskAddress } from "../text/masking";
import { programError } from "./programError";

/** A contact with its place in the program's list. */
export interface NumberedContact {
  /** From 1. */
  readonly number: number;
  readonly email: string;
  /** Undefined while it is not known. */
  readonly data?: unknown;
}

/**
 * Refuses the contacts that the plugin's check would refuse, all of them at once. The plugin's check sees one shard at a time.
 *
 * @throws {pulumi.RunError} A contact is not valid.
 */
export function refuseInvalidContacts(name: string, contacts: readonly NumberedContact[]): void {
  const recipients = knownRecipients();
  const problems = contacts.flatMap(({ number, ...contact }) => {
    const problem = contactProblem(contact, recipients);
    return problem === undefined ? [] : [`Number ${number} (${maskAddress(contact.email)}): ${problem}`];
  });
  if (problems.length === 0) return;
  const more = problems.length > MAX_NAMED ? ` ${problems.length - MAX_NAMED} more have problems.` : "";
  throw programError(
    `Of the contacts of the cohort "${name}" these are not valid. ${problems.slice(0, MAX_NAMED).join(" ")}${more}`,
  );
}

const MAX_NAMED = 3;

/** Undefined if the setting is missing or invalid. The plugin's check says so. */
function knownRecipients(): Recipients | undefined {
  try {
    return parseRecipients(pulumi.runtime.getConfig("mailmodo:allowedRecipients") ?? "");
  } catch {
    return undefined;
  }
}
