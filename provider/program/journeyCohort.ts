import * as pulumi from "@pulumi/pulumi";
import { ABORT_FIRST, refuseStartFirst } from "./abortFirst";
import { defaultAbortReason } from "./abortReason";
import { inOneSpelling } from "../model/addresses";
import { refuseDuplicates } from "./duplicates";
import {
  areKnown,
  listOf,
  numberOfShards,
  refuseTwice,
  textOf,
  type CohortContact,
  type JourneyCohortArgs,
} from "./cohortArgs";
import { shardOf } from "../model/contacts";
import { refuseKeyInClear } from "./keyInClear";
import { PLAN_LOADER, SHARD_LOADER, TYPES } from "../model/loader";
import { fullStackName } from "./stackName";
import { keepTopFrameOnly } from "./topFrame";

export type { CohortContact, JourneyCohortArgs };

/**
 * Many addresses in one Mailmodo journey, from a few to a hundred thousand. Each contact is enrolled, aborted and recorded
 * by itself, as by {@link JourneyEnrollment}; the engine sees the few shards that they are spread over by a hash of their
 * addresses. Creating it **sends real mail** to each.
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
  /** How many contacts it has. */
  readonly size: pulumi.Output<number>;
  /**
   * The ids of the running instances, by address. Secret if the contacts are. A contact whose start is unconfirmed has
   * none.
   */
  readonly instances: pulumi.Output<Record<string, string>>;

  /**
   * @param name A name that is unique in the stack. It is part of the state and of logs: do not put an address in it.
   * @param args Whom to enroll where.
   * @param opts Pulumi's options.
   * @throws {pulumi.RunError} An address is twice in it, `contacts` or `shards` is not what it should be, or a program in
   *   JavaScript sets `deleteBeforeReplace` to false.
   */
  constructor(name: string, args: JourneyCohortArgs, opts?: pulumi.ComponentResourceOptions) {
    refuseKeyInClear();
    refuseStartFirst(`cohort "${name}"`, opts);
    const shards = numberOfShards(name, args.shards);
    const contacts = listOf(name, args.contacts);
    super("mailmodo:index:JourneyCohort", name, {}, opts);

    this.size = pulumi.output(contacts.length);
    const emails = contacts.map(({ email }) => email);
    // Addresses that come as outputs, as secret ones do, are known later, and so is which shards there are.
    this.instances = areKnown(emails)
      ? this.spread(name, args, shards, emails, emails)
      : pulumi.all(emails).apply((known) => this.spread(name, args, shards, known.map(String), pulumi.all(emails)));
    this.registerOutputs({ size: this.size });
  }

  /** @param source The addresses as they were given: what is made of them is secret if they are. */
  private spread(
    name: string,
    args: JourneyCohortArgs,
    shards: number,
    emails: readonly string[],
    source: pulumi.Input<readonly string[]>,
  ): pulumi.Output<Record<string, string>> {
    refuseTwice(name, emails);
    const parts = new Map<number, CohortContact[]>();
    emails.forEach((email, index) => {
      const shard = shardOf(email, shards);
      const part = parts.get(shard) ?? [];
      part.push({ email: inOneSpelling(email), data: args.contacts[index]!.data });
      parts.set(shard, part);
    });
    // It sends nothing, so the order of its own replacement does not matter.
    const { shards: planned } = new Part(TYPES.plan, name, { shards, __provider: PLAN_LOADER }, { parent: this });
    const common = {
      cohort: name,
      shards: planned,
      size: emails.length,
      journeyId: args.journeyId,
      allowDuplicateEmail: refuseDuplicates(name, { ...args, emails: source }),
      abortReason: args.abortReason ?? defaultAbortReason(),
      triggers: args.triggers,
      stack: fullStackName(),
      __provider: SHARD_LOADER,
    };
    const made = [...parts].map(([shard, contacts]) => {
      const text = textOf(contacts);
      const inputs = { ...common, shard, contacts: source === emails ? text : pulumi.output(source).apply(() => text) };
      return new Part(TYPES.shard, `${name}-${shard}`, inputs, { parent: this, ...ABORT_FIRST });
    });
    return pulumi
      .all(made.map(({ contacts }) => contacts))
      .apply((texts) => Object.fromEntries(texts.flatMap(running)));
  }
}

/** A resource that a cohort is made of. Its inputs are cohortPlan's or cohortLifecycle's. */
class Part extends pulumi.CustomResource {
  declare readonly shards: pulumi.Output<number>;
  declare readonly contacts: pulumi.Output<string>;

  constructor(type: string, name: string, inputs: pulumi.Inputs, opts: pulumi.CustomResourceOptions) {
    const restore = keepTopFrameOnly();
    try {
      super(type, name, inputs, opts);
    } catch (error) {
      restore(error);
      throw error;
    }
    restore();
  }
}

/** The instances of a shard. In a preview of a change the text is still the inputs', whose values are no records. */
function running(text: string): [email: string, instanceId: string][] {
  return Object.entries(JSON.parse(text) as Record<string, unknown>).flatMap(([email, record]) => {
    const instanceId: unknown = Array.isArray(record) ? record[0] : pulumi.unknown;
    return instanceId === null ? [] : [[email, instanceId as string] as [string, string]];
  });
}
