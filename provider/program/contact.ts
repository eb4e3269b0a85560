import * as pulumi from "@pulumi/pulumi";
import type { DataValue } from "../model/inputs";
import { CONTACT_LOADER, TYPES } from "../model/stateFormat";
import { claimContact } from "./claimContact";
import type { DataInput } from "./data";
import { requireFindable } from "./findable";
import { refuseKeyInClear } from "./keyInClear";
import { checkContactOptions } from "./options";
import { requireArgs } from "./requireArgs";
import { sendable } from "./sendable";
import { fullStackName } from "./stackName";
import { TrimmedResource } from "./trimmedResource";

/** What a {@link Contact} is, and in which list. */
export interface ContactArgs {
  /**
   * The address: one plain e-mail address of at most 254 characters, allowed by `mailmodo:allowedRecipients`. Any other
   * address fails the preview, and so do two contacts of a stack with one address, and one whose email comes from an
   * enrollment: the enrollment takes it from the contact. {@link stackAddress} makes one that no other stack has. Changing it
   * replaces the contact: the new one is added before the old one is archived.
   */
  email: pulumi.Input<string>;
  /**
   * The name of the list. Mailmodo makes the list if there is none. An empty name fails the preview. Changed in place: the
   * contact joins the new list before it leaves the old one. The other lists of the contact are left alone.
   */
  list: pulumi.Input<string>;
  /**
   * Personalization values: a flat object of strings, finite numbers and booleans, at most 64 KiB as JSON. Anything else
   * fails the preview. Default: none. Changed in place. Values that are not named here are left alone, and so is one that
   * leaves the program: it stays at Mailmodo.
   */
  data?: pulumi.Input<DataInput>;
  /**
   * Whether the resource may take over a contact that exists already and does not have this stack's plus tag, which may be a real
   * person's. Anything other than true or false fails the preview. Default: false, so that `pulumi up` fails there. Changed
   * in place: it matters only while the resource is created.
   */
  adopt?: pulumi.Input<boolean>;
  /**
   * What a delete does: `archive` archives the contact, `leave` changes nothing at Mailmodo. Anything else fails the preview.
   * Default: `archive` for a contact that the stack made, `leave` for one that it adopted. Changed in place.
   */
  onDelete?: pulumi.Input<"archive" | "leave">;
}

/**
 * A contact at Mailmodo, in a list. Creating it adds the contact or changes its values, and sends no mail unless a journey
 * begins when a contact joins the list. Deleting it archives the contact. `pulumi refresh` shows what has changed at
 * Mailmodo: the values that the program names, a contact that is blocked or unsubscribed, or that is archived.
 *
 * @example
 * ```ts
 * import { Contact, JourneyEnrollment, stackAddress } from "pulumi-mailmodo";
 *
 * const ada = new Contact("ada", {
 *   email: stackAddress("ada@seeds.example.com"),
 *   list: "Seeds",
 *   data: { first_name: "Ada" },
 * });
 *
 * // Enrolled after the contact is added, aborted before it is archived.
 * new JourneyEnrollment("welcome", { journeyId: "6f1c2d3e-4a5b-4c6d-8e7f-90a1b2c3d4e5", email: ada.email });
 * ```
 */
export class Contact extends TrimmedResource {
  /** The address. Secret if the input was. */
  declare readonly email: pulumi.Output<string>;
  /** The name of the list. */
  declare readonly list: pulumi.Output<string>;
  /** The personalization values that the program names, as Mailmodo has them. Secret if the input was. */
  declare readonly data: pulumi.Output<Record<string, DataValue>>;
  /** Whether a contact may be taken over that exists already. */
  declare readonly adopt: pulumi.Output<boolean>;
  /** What a delete does. Undefined for the default. */
  declare readonly onDelete: pulumi.Output<"archive" | "leave" | undefined>;
  /** Whether the contact existed before, and is not the stack's own. */
  declare readonly adopted: pulumi.Output<boolean>;
  /** Mailmodo's id of the contact: a UUID. Empty if Mailmodo gives none. */
  declare readonly contactId: pulumi.Output<string>;
  /** Whether Mailmodo blocks mail to the contact, when it was last looked up: in the last up that changed it, or a refresh. */
  declare readonly blocked: pulumi.Output<boolean>;
  /** Why it is blocked, in Mailmodo's words. Undefined if it is not, or Mailmodo does not say. */
  declare readonly blockedReason: pulumi.Output<string | undefined>;
  /** Whether the contact is unsubscribed, when it was last looked up. */
  declare readonly unsubscribed: pulumi.Output<boolean>;
  /** Why it is unsubscribed, in Mailmodo's words. Undefined if it is not, or Mailmodo does not say. */
  declare readonly unsubscribeReason: pulumi.Output<string | undefined>;

  /**
   * @param name A name that is unique in the stack. It is part of the state and of logs: do not put an address in it.
   * @param args The address, the list and the values.
   * @param opts Pulumi's options. To take over a contact that exists, use `adopt` instead of an import.
   * @throws {pulumi.RunError} An option is refused (`import`, `deleteBeforeReplace: true`, or `replaceOnChanges`, which would have no
   *   effect), or the API key was set without `--secret`. A contact that depends on what enrolls its address fails the preview
   *   as well, unless `onDelete` is `leave`: Pulumi would delete it first.
   */
  constructor(name: string, args: ContactArgs, opts: pulumi.CustomResourceOptions = {}) {
    refuseKeyInClear();
    requireFindable();
    requireArgs(`contact "${name}"`, args);
    checkContactOptions(name, opts);
    super(
      TYPES.contact,
      name,
      () => {
        const given = sendable(`contact "${name}"`, { name, ...args });
        return {
          email: given.email,
          list: given.list,
          data: given.data ?? {},
          adopt: claimContact(name, given, opts),
          onDelete: given.onDelete ?? undefined,
          stack: fullStackName(),
          adopted: undefined,
          contactId: undefined,
          blocked: undefined,
          blockedReason: undefined,
          unsubscribed: undefined,
          unsubscribeReason: undefined,
          // dynamic.Resource would serialize the provider's logic into every contact's state.
          __provider: CONTACT_LOADER,
        };
      },
      opts,
    );
  }
}
