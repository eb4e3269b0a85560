import * as pulumi from "@pulumi/pulumi";
import { asciiAddress, contactName, mailboxKey } from "../model/addresses";
import { addressesAsJson } from "../model/archive";
import { ARCHIVE_LOADER, TYPES } from "../model/stateFormat";
import { fullStackName } from "./stackName";
import { TrimmedResource } from "./trimmedResource";

/**
 * Archives contacts when it is deleted, and sends nothing before. The enrollments of the contacts depend on it, so Pulumi
 * deletes it after the last of them.
 */
export class ContactArchive extends TrimmedResource {
  /** @param inputs The contacts, and the cohort that they belong to, if any. */
  constructor(name: string, inputs: () => pulumi.Inputs, opts: pulumi.CustomResourceOptions = {}) {
    const common = { stack: fullStackName(), __provider: ARCHIVE_LOADER };
    super(TYPES.archive, name, () => ({ ...inputs(), ...common }), opts);
  }
}

/** Whether contacts are archived, or may be, once that is known. */
export function isArchiving({
  archiveContact,
}: {
  readonly archiveContact?: pulumi.Input<boolean> | undefined;
}): boolean {
  return archiveContact !== undefined && archiveContact !== false;
}

/**
 * What the enrollments of an address depend on: the archive of its contact, which all of them share, or nothing.
 *
 * @param archives Whether the contact is archived.
 */
export function archiveOf(
  email: pulumi.Input<string>,
  archives: pulumi.Output<boolean>,
): pulumi.Output<pulumi.Resource[]> {
  return pulumi.unsecret(pulumi.all([email, archives])).apply(([known, isArchived]) => {
    const run = pulumi.runtime.getStackResource();
    if (!isArchived || run === undefined) return [];
    const ofRun = archivesByRun.get(run) ?? new Map<string, ContactArchive>();
    archivesByRun.set(run, ofRun);
    const mailbox = mailboxKey(known);
    // The input is made of what the program gave, so that it is secret if that is.
    const contacts = () => pulumi.output(email).apply((one) => addressesAsJson([asciiAddress(one)]));
    const archive = ofRun.get(mailbox) ?? new ContactArchive(contactName(known), () => ({ contacts: contacts() }));
    ofRun.set(mailbox, archive);
    return [archive];
  });
}

const archivesByRun = new WeakMap<object, Map<string, ContactArchive>>();
