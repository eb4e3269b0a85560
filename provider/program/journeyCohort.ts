import * as pulumi from "@pulumi/pulumi";
import { defaultAbortReason } from "../model/defaults";
import { addressesAsJson } from "../model/archive";
import { claimAddresses } from "./claimAddresses";
import { ContactArchive, isArchiving } from "./contactArchive";
import {
  areKnown,
  contactList,
  isLater,
  laterContacts,
  numberOfShards,
  contactsAsJson,
  type CohortContact,
  type KnownContact,
  type JourneyCohortArgs,
} from "./cohortArgs";
import { rememberEnrolled } from "./enrolledFirst";
import { requireFindable } from "./findable";
import { byShard, numbersAsJson } from "../model/contacts";
import { refuseKeyInClear } from "./keyInClear";
import { PLAN_LOADER, SHARD_LOADER, TYPES } from "../model/stateFormat";
import { checkArchiveOptions, cohortOptions } from "./options";
import { requireArgs } from "./requireArgs";
import { sendable } from "./sendable";
import { fullStackName } from "./stackName";
import { TrimmedResource } from "./trimmedResource";
import { validContacts } from "./validContacts";

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
   * The ids of the running instances, by address, with its domain in lower case and in its ASCII form. Secret if the
   * contacts are. A contact with an unconfirmed start is not among them.
   */
  readonly instances: pulumi.Output<Record<string, string>>;

  /**
   * @param name A name that is unique in the stack. It is part of the state and of logs: do not put an address in it.
   * @param args The journey and the contacts to enroll in it.
   * @param opts Pulumi's options.
   * @throws {pulumi.RunError} An address is in it twice, `contacts` or `shards` is not valid, an option is refused because it
   *   would not reach the contacts (`ignoreChanges`, `replaceOnChanges`, `import`, `deleteBeforeReplace: false`), or the API
   *   key was set without `--secret`.
   */
  constructor(name: string, args: JourneyCohortArgs, opts?: pulumi.ComponentResourceOptions) {
    refuseKeyInClear();
    requireFindable();
    requireArgs(`cohort "${name}"`, args);
    sendable(`cohort "${name}"`, { name });
    const shardOptions = cohortOptions(name, opts);
    if (isArchiving(args)) checkArchiveOptions(`cohort "${name}"`, opts);
    const shards = numberOfShards(name, args.shards);
    const { contacts } = args;
    const given = isLater(contacts) ? undefined : contactList(name, contacts);
    super("mailmodo:index:JourneyCohort", name, {}, opts);

    const parts = { name, args, shards, shardOptions };
    if (given === undefined) {
      const later = laterContacts(name, contacts);
      const emails = later.apply((list) => list.map(({ email }) => email));
      this.size = emails.apply(({ length }) => length);
      this.instances = later.apply((list) => this.createParts(parts, list, emails));
    } else {
      this.size = pulumi.output(given.length);
      const emails = given.map(({ email }) => email);
      const withKnown = (known: readonly string[]) => given.map(({ data }, index) => ({ email: known[index]!, data }));
      // Addresses that are outputs, such as secret ones, are known only later, and so are the shards.
      this.instances = areKnown(emails)
        ? this.createParts(parts, withKnown(emails))
        : pulumi
            .all(emails)
            .apply((known) => this.createParts(parts, withKnown(known.map(String)), pulumi.all(emails)));
    }
    this.registerOutputs({ size: this.size });
  }

  /**
   * Creates the plan and the shards.
   *
   * @param source The addresses, if the program gave an output. What is derived from them is secret if it is. Default: they
   *   are plain.
   */
  private createParts(
    { name, args, shards, shardOptions }: Parts,
    all: readonly KnownContact[],
    source?: pulumi.Output<readonly string[]>,
  ): pulumi.Output<Record<string, string>> {
    const emails = all.map(({ email }) => email);
    const contactsByShard = byShard(validContacts(name, all), shards);
    const given = sendable(`cohort "${name}"`, { ...args, contacts: undefined });
    // The plan sends nothing, so the order of its own replacement does not matter.
    const { shards: planned } = new CohortPart(TYPES.plan, name, () => ({ shards, __provider: PLAN_LOADER }), {
      parent: this,
    });
    const { allowDuplicateEmail, archives } = claimAddresses(name, {
      ...args,
      kind: "cohort",
      emails: source ?? emails,
    });
    const common = {
      cohort: name,
      shards: planned,
      size: emails.length,
      journeyId: given.journeyId,
      allowDuplicateEmail,
      abortReason: given.abortReason ?? defaultAbortReason(fullStackName()),
      triggers: given.triggers,
      stack: fullStackName(),
      __provider: SHARD_LOADER,
    };
    const secretIfGiven = (text: pulumi.Input<string>) => (source === undefined ? text : source.apply(() => text));
    const shardResources = [...contactsByShard].map(([shard, contacts]) => {
      const addresses = contacts.map(({ email }) => email);
      const inputs = () => ({
        ...common,
        shard,
        numbers: numbersAsJson(contacts),
        contacts: secretIfGiven(contactsAsJson(name, contacts)),
      });
      const archive = () => {
        const archived = { cohort: name, shard, size: emails.length };
        const listed = () => ({ ...archived, contacts: secretIfGiven(addressesAsJson(addresses)) });
        return new ContactArchive(`${name}-${shard}`, listed, { parent: this });
      };
      const dependsOn = isArchiving(args) ? archives.apply((isOn) => (isOn ? [archive()] : [])) : [];
      const opts = { ...shardOptions, dependsOn, parent: this };
      return new CohortPart(TYPES.shard, `${name}-${shard}`, inputs, opts).enrolling(name, addresses);
    });
    return pulumi
      .all(shardResources.map(({ contacts }) => contacts))
      .apply((texts) => Object.fromEntries(texts.flatMap(runningInstances)));
  }
}

/** What the parts of a cohort have in common. */
interface Parts {
  readonly name: string;
  readonly args: JourneyCohortArgs;
  readonly shards: number;
  readonly shardOptions: pulumi.CustomResourceOptions;
}

/** One resource of a cohort: the plan, with cohortPlan's inputs, or a shard, with cohortLifecycle's. */
class CohortPart extends TrimmedResource {
  declare readonly shards: pulumi.Output<number>;
  declare readonly contacts: pulumi.Output<string>;

  /** Remembers what it enrolls, as a shard of a cohort. */
  enrolling(cohort: string, emails: string[]): this {
    return rememberEnrolled(this, { by: `cohort "${cohort}"`, emails: () => emails });
  }
}

/**
 * The running instances of a shard. In the preview of a change the text comes from the inputs, and its values are not
 * records.
 */
function runningInstances(text: string): [email: string, instanceId: string][] {
  return Object.entries(JSON.parse(text) as Record<string, unknown>).flatMap(([email, record]) => {
    const instanceId: unknown = Array.isArray(record) ? record[0] : notStarted();
    return instanceId === null ? [] : [[email, instanceId as string] as [string, string]];
  });
}

/** In place of the id of an instance that this run has not started. With Pulumi's mocks there is never one. */
function notStarted(): unknown {
  return pulumi.runtime.isDryRun() ? pulumi.unknown : "";
}
