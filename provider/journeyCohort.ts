import * as pulumi from "@pulumi/pulumi";
import { defaultAbortReason } from "./abortReason";
import { inOneSpelling } from "./addresses";
import { refuseDuplicates } from "./claims";
import { inOrder, parseRecords, shardOf } from "./contacts";
import type { DataValue } from "./inputs";
import { PLAN_LOADER, SHARD_LOADER, TYPES } from "./loader";
import { maskAddress } from "./mailmodo/errors";
import { refuseKeyInClear } from "./settings";
import { fullStackName } from "./stackName";
import { keepTopFrameOnly } from "./topFrame";
import { programError } from "./programError";

/** One contact of a cohort. */
export interface CohortContact {
  /**
   * The address to enroll: one plain e-mail address of at most 254 characters, allowed by `mailmodo:allowedRecipients`.
   * Any other fails the preview, and so does one that the cohort has twice. Changing it aborts the old one and starts the
   * new one.
   */
  email: pulumi.Input<string>;
  /**
   * Personalization values: a flat object of strings, finite numbers and booleans, at most 64 KiB as JSON; anything else
   * fails the preview. Default: none. Changing it aborts and starts this contact again.
   */
  data?: pulumi.Input<Record<string, pulumi.Input<DataValue>>> | undefined;
}

export interface JourneyCohortArgs {
  /**
   * The journey's id at Mailmodo: a UUID. The journey's trigger must be "API / Webhook". Anything else than a UUID fails
   * the preview. Changing it aborts and starts all contacts again.
   */
  journeyId: pulumi.Input<string>;
  /** Whom to enroll, in any order. Adding or removing one touches no other. */
  contacts: readonly CohortContact[];
  /**
   * Whether the journey may run more than once for an address at the same time, by enrollments outside of this cohort;
   * true or false, or the preview fails. Default: false. Changing it aborts and starts all contacts again.
   */
  allowDuplicateEmail?: pulumi.Input<boolean>;
  /**
   * Why the journeys will be aborted: what Mailmodo is told. An empty one fails the preview. Default: names the project
   * and the stack. Changed in place.
   */
  abortReason?: pulumi.Input<string>;
  /**
   * Values that have no meaning of their own, such as a commit: any change of them aborts and starts all contacts again.
   * Anything but a list fails the preview. Default: none.
   */
  triggers?: pulumi.Input<pulumi.Input<unknown>[]>;
  /**
   * Over how many resources at most the contacts are spread: a whole number from 1 to 1024, for any number of contacts.
   * Default: 64. It is fixed for the cohort's life: changing it fails the preview.
   */
  shards?: number;
}

/**
 * Many addresses in one Mailmodo journey, from a few to a hundred thousand. Each contact is enrolled, aborted and recorded
 * by itself, as by {@link JourneyEnrollment}; the engine sees the few shards that they are spread over by a hash of their
 * addresses. Creating it **sends real mail** to each.
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
   * @throws {pulumi.RunError} An address is twice in it, or `contacts` or `shards` is not what it should be.
   */
  constructor(name: string, args: JourneyCohortArgs, opts?: pulumi.ComponentResourceOptions) {
    refuseKeyInClear();
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
    const { shards: planned } = new Part(TYPES.plan, name, { shards, __provider: PLAN_LOADER }, this);
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
      return new Part(TYPES.shard, `${name}-${shard}`, inputs, this);
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

  constructor(type: string, name: string, inputs: pulumi.Inputs, parent: pulumi.Resource) {
    const restore = keepTopFrameOnly();
    try {
      super(type, name, inputs, { parent });
    } catch (error) {
      restore(error);
      throw error;
    }
    restore();
  }
}

const DEFAULT_SHARDS = 64;
const MAX_SHARDS = 1024;

function numberOfShards(name: string, shards: unknown = DEFAULT_SHARDS): number {
  if (Number.isInteger(shards) && (shards as number) >= 1 && (shards as number) <= MAX_SHARDS) return shards as number;
  throw programError(`shards of the cohort "${name}" must be a whole number from 1 to ${MAX_SHARDS}.`);
}

function listOf(name: string, contacts: unknown): readonly CohortContact[] {
  const fail = (why: string) => programError(`contacts of the cohort "${name}" ${why}.`);
  if (!Array.isArray(contacts)) throw fail("must be a list of { email, data }");
  const wrong = contacts.findIndex((contact: unknown) => {
    return typeof contact !== "object" || contact === null || (contact as CohortContact).email === undefined;
  });
  if (wrong >= 0) throw fail(`must each have an email; number ${wrong + 1} has none`);
  return contacts as CohortContact[];
}

/** Whether all addresses are plain text. */
function areKnown(emails: readonly pulumi.Input<string>[]): emails is string[] {
  return emails.every((email) => typeof email === "string");
}

function refuseTwice(name: string, emails: readonly string[]): void {
  const seen = new Map<string, number>();
  const twice: string[] = [];
  emails.forEach((email, index) => {
    const key = email.toLowerCase();
    const earlier = seen.get(key);
    if (earlier === undefined) seen.set(key, index);
    else twice.push(`${maskAddress(email)} (numbers ${earlier + 1} and ${index + 1})`);
  });
  if (twice.length === 0) return;
  const more = twice.length > MAX_NAMED ? ` and ${twice.length - MAX_NAMED} more` : "";
  throw programError(
    `The cohort "${name}" has addresses twice: ${twice.slice(0, MAX_NAMED).join(", ")}${more}. ` +
      "Each can be in it once: remove the others.",
  );
}

const MAX_NAMED = 5;

function textOf(contacts: readonly CohortContact[]): pulumi.Input<string> {
  const asText = (known: readonly { email: string; data?: unknown }[]) =>
    inOrder(known.map(({ email, data }) => [email, data ?? {}] as const));
  const isPlain = (data: CohortContact["data"]) =>
    Object.values(data ?? {}).every((value) => typeof value !== "object" || value === null);
  const arePlain = contacts.every(
    ({ data }) => !pulumi.Output.isInstance(data) && !(data instanceof Promise) && isPlain(data),
  );
  return arePlain
    ? asText(contacts as { email: string; data?: unknown }[])
    : pulumi.output(contacts).apply((known) => asText(known as { email: string; data?: unknown }[]));
}

/** The instances of a shard. In a preview of a change the text is still the inputs', whose values are no records. */
function running(text: string): [email: string, instanceId: string][] {
  return [...parseRecords(text)].flatMap(([email, record]) => {
    const instanceId: unknown = Array.isArray(record) ? record[0] : pulumi.unknown;
    return instanceId === null ? [] : [[email, instanceId as string] as [string, string]];
  });
}
