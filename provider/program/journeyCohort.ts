import * as pulumi from "@pulumi/pulumi";
import { ABORT_FIRST, requireAbortFirst } from "./abortFirst";
import { defaultAbortReason } from "./abortReason";
import { normalizeAddress } from "../model/addresses";
import { claimAddresses } from "./claimAddresses";
import {
  areKnown,
  contactList,
  numberOfShards,
  refuseRepeated,
  contactsAsJson,
  type CohortContact,
  type JourneyCohortArgs,
} from "./cohortArgs";
import { byShard } from "../model/contacts";
import { refuseKeyInClear } from "./keyInClear";
import { PLAN_LOADER, SHARD_LOADER, TYPES } from "../model/stateFormat";
import { fullStackName } from "./stackName";
import { TrimmedResource } from "./trimmedResource";

export type { CohortContact, JourneyCohortArgs };

/**
 * Many addresses in one Mailmodo journey, from a few to a hundred thousand. Each contact is enrolled, aborted and
 * recorded separately, as by {@link JourneyEnrollment}. The engine sees only a few shards, over which a hash of the
 * addresses spreads the contacts. Creating a cohort **sends real mail** to each contact.
 *
 * @example
 * ```ts
 * import { JourneyCohort, stackAddress } from "pulumi-mailmodo";
 *
 * const smoke = new JourneyCohort("smoke", {
 *   journeyId: "6f1c2d3e-4a5b-4c6d-8e7f-90a1b2c3d4e5",
 *   contacts: ["ada", "bob"].map((name) => ({
 *     email: stackAddress(`${name}@seeds.example.com`),
 *     data: { firstName: name },
 *   })),
 * });
 *
 * export const { size, instances } = smoke;
 * ```
 */
export class JourneyCohort extends pulumi.ComponentResource {
  /** The number of contacts. */
  readonly size: pulumi.Output<number>;
  /**
   * The ids of the running instances, by address. Secret if the contacts are. A contact with an unconfirmed start is
   * not among them.
   */
  readonly instances: pulumi.Output<Record<string, string>>;

  /**
   * @param name A name that is unique in the stack. It is part of the state and of logs: do not put an address in it.
   * @param args The journey and the contacts to enroll in it.
   * @param opts Pulumi's options.
   * @throws {pulumi.RunError} An address is in it twice, `contacts` or `shards` is not valid, a program in JavaScript
   *   sets `deleteBeforeReplace` to false, or the API key was set without `--secret`.
   */
  constructor(name: string, args: JourneyCohortArgs, opts?: pulumi.ComponentResourceOptions) {
    refuseKeyInClear();
    requireAbortFirst(`cohort "${name}"`, opts);
    const shards = numberOfShards(name, args.shards);
    const contacts = contactList(name, args.contacts);
    super("mailmodo:index:JourneyCohort", name, {}, opts);

    this.size = pulumi.output(contacts.length);
    const emails = contacts.map(({ email }) => email);
    // Addresses that are outputs, such as secret ones, are known only later, and so are the shards.
    this.instances = areKnown(emails)
      ? this.createParts(name, args, shards, emails, emails)
      : pulumi
          .all(emails)
          .apply((known) => this.createParts(name, args, shards, known.map(String), pulumi.all(emails)));
    this.registerOutputs({ size: this.size });
  }

  /**
   * Creates the plan and the shards.
   *
   * @param source The addresses as the program gave them. What is derived from them is secret if they are.
   */
  private createParts(
    name: string,
    args: JourneyCohortArgs,
    shards: number,
    emails: readonly string[],
    source: pulumi.Input<readonly string[]>,
  ): pulumi.Output<Record<string, string>> {
    refuseRepeated(name, emails);
    const contactsByShard = byShard(
      emails.map((email, index) => ({ email: normalizeAddress(email), data: args.contacts[index]!.data })),
      shards,
    );
    // The plan sends nothing, so the order of its own replacement does not matter.
    const { shards: planned } = new CohortPart(TYPES.plan, name, () => ({ shards, __provider: PLAN_LOADER }), {
      parent: this,
    });
    const common = {
      cohort: name,
      shards: planned,
      size: emails.length,
      journeyId: args.journeyId,
      allowDuplicateEmail: claimAddresses(name, { ...args, emails: source }),
      abortReason: args.abortReason ?? defaultAbortReason(),
      triggers: args.triggers,
      stack: fullStackName(),
      __provider: SHARD_LOADER,
    };
    const shardResources = [...contactsByShard].map(([shard, contacts]) => {
      const inputs = () => {
        const text = contactsAsJson(contacts);
        return { ...common, shard, contacts: source === emails ? text : pulumi.output(source).apply(() => text) };
      };
      return new CohortPart(TYPES.shard, `${name}-${shard}`, inputs, { parent: this, ...ABORT_FIRST });
    });
    return pulumi
      .all(shardResources.map(({ contacts }) => contacts))
      .apply((texts) => Object.fromEntries(texts.flatMap(runningInstances)));
  }
}

/** One resource of a cohort: the plan, with cohortPlan's inputs, or a shard, with cohortLifecycle's. */
class CohortPart extends TrimmedResource {
  declare readonly shards: pulumi.Output<number>;
  declare readonly contacts: pulumi.Output<string>;
}

/**
 * The running instances of a shard. In the preview of a change the text comes from the inputs, and its values are not
 * records.
 */
function runningInstances(text: string): [email: string, instanceId: string][] {
  return Object.entries(JSON.parse(text) as Record<string, unknown>).flatMap(([email, record]) => {
    const instanceId: unknown = Array.isArray(record) ? record[0] : pulumi.unknown;
    return instanceId === null ? [] : [[email, instanceId as string] as [string, string]];
  });
}
