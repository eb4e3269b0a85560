import * as pulumi from "@pulumi/pulumi";
import { defaultAbortReason } from "../model/defaults";
import { claimAddresses } from "./claimAddresses";
import { archiveOf, isArchiving } from "./contactArchive";
import { rememberEnrolled } from "./enrolledFirst";
import { requireFindable } from "./findable";
import type { DataValue } from "../model/inputs";
import type { DataInput } from "./data";
import { refuseKeyInClear } from "./keyInClear";
import { LOADER, TYPES } from "../model/stateFormat";
import { ABORT_FIRST, checkArchiveOptions, checkEnrollmentOptions, dependingOn } from "./options";
import { requireArgs } from "./requireArgs";
import { sendable } from "./sendable";
import { fullStackName } from "./stackName";
import { TrimmedResource, withoutStackTraces } from "./trimmedResource";

/** What {@link JourneyEnrollment} enrolls, and in which journey. */
export interface JourneyEnrollmentArgs {
  /**
   * The journey's id at Mailmodo. The journey's trigger must be "API / Webhook". Anything other than a UUID fails the
   * preview. Changing it replaces the enrollment.
   */
  journeyId: pulumi.Input<string>;
  /**
   * The address to enroll: one plain e-mail address of at most 254 characters, allowed by `mailmodo:allowedRecipients`.
   * Any other address fails the preview. {@link stackAddress} makes one that no other stack has. Two enrollments of a
   * stack with the same journey and address are an error, unless both set `allowDuplicateEmail`. Changing it replaces
   * the enrollment.
   */
  email: pulumi.Input<string>;
  /**
   * Personalization values: a flat object of strings, finite numbers and booleans, at most 64 KiB as JSON. Anything
   * else fails the preview. Default: none. The order of the keys does not matter. Changing it replaces the enrollment.
   */
  data?: pulumi.Input<DataInput>;
  /**
   * Whether the journey may run more than once for the address at the same time. Anything other than true or false
   * fails the preview. Default: false. Changing it replaces the enrollment.
   */
  allowDuplicateEmail?: pulumi.Input<boolean>;
  /**
   * The reason that Mailmodo gets when the journey is aborted, on destroy or replace. An empty reason fails the
   * preview. Default: a sentence that names the project and the stack. Changed in place.
   */
  abortReason?: pulumi.Input<string>;
  /**
   * Values without a meaning of their own, such as a commit. Anything other than a list fails the preview. Default:
   * none. Changing them replaces the enrollment: the journey is aborted and started again.
   */
  triggers?: pulumi.Input<pulumi.Input<unknown>[]>;
  /**
   * Whether to archive the contact at Mailmodo once its enrollments are gone: without that, the abort leaves the contact
   * there. Only for addresses with this stack's tag (see {@link stackAddress}); any other fails the preview. All
   * enrollments of an address agree on it, in whatever journeys, and the contact is archived after the last of them.
   * Anything other than true or false fails the preview. Default: false. Changed in place, without a request.
   */
  archiveContact?: pulumi.Input<boolean>;
}

/**
 * One address in one Mailmodo journey. Creating it starts the journey, **which sends real mail: Mailmodo has no test
 * mode**. Deleting it aborts the journey. Mailmodo cannot be asked what is running, so a journey that ended, or was
 * aborted elsewhere, goes unnoticed; a destroy counts it as done.
 *
 * @example
 * ```ts
 * import { JourneyEnrollment, stackAddress } from "pulumi-mailmodo";
 *
 * const welcome = new JourneyEnrollment("welcome", {
 *   journeyId: "6f1c2d3e-4a5b-4c6d-8e7f-90a1b2c3d4e5",
 *   email: stackAddress("qa@seeds.example.com"),
 *   data: { firstName: "Ada", trialDays: 14 },
 *   abortReason: "The test is over",
 * });
 *
 * export const { instanceId, startedAt } = welcome;
 * ```
 */
export class JourneyEnrollment extends TrimmedResource {
  /** The journey's id: a UUID. */
  declare readonly journeyId: pulumi.Output<string>;
  /** The enrolled address. Secret if the input was. */
  declare readonly email: pulumi.Output<string>;
  /** The personalization values. Secret if the input was. */
  declare readonly data: pulumi.Output<Record<string, DataValue>>;
  /** Whether the journey may run more than once for the address at the same time. */
  declare readonly allowDuplicateEmail: pulumi.Output<boolean>;
  /** The reason that Mailmodo gets when the journey is aborted. */
  declare readonly abortReason: pulumi.Output<string>;
  /** The values whose change starts the journey again. Undefined if there are none. */
  declare readonly triggers: pulumi.Output<unknown[] | undefined>;
  /** The id of the running instance, as Mailmodo returned it from the start: a UUID. */
  declare readonly instanceId: pulumi.Output<string>;
  /**
   * `started`: Mailmodo confirmed the start. `unconfirmed`: the start may have taken effect. The run that sent it
   * failed and said what to do.
   */
  declare readonly status: pulumi.Output<"started" | "unconfirmed">;
  /**
   * When the start began, before its request was sent; of an unconfirmed start, when its last request was sent. ISO 8601,
   * UTC, such as `2026-11-24T12:00:00.000Z`.
   */
  declare readonly startedAt: pulumi.Output<string>;

  /**
   * @param name A name that is unique in the stack. It is part of the state and of logs: do not put an address in it.
   * @param args The journey and the address to enroll in it.
   * @param opts Pulumi's options. Import is not possible, because Mailmodo cannot be asked what is running. A
   *   replacement aborts before it starts: `deleteBeforeReplace` is always true.
   * @throws {pulumi.RunError} An option is refused (`import`, `deleteBeforeReplace: false`, or `replaceOnChanges`, which would
   *   have no effect; with `archiveContact` also what would leave the journey running), or the API key was set without
   *   `--secret`. Two enrollments of one address in one journey fail the preview as well.
   */
  constructor(name: string, args: JourneyEnrollmentArgs, opts?: pulumi.CustomResourceOptions) {
    refuseKeyInClear();
    requireFindable();
    requireArgs(`enrollment "${name}"`, args);
    checkEnrollmentOptions(name, opts);
    if (isArchiving(args)) checkArchiveOptions(`enrollment "${name}"`, opts);
    const { allowDuplicateEmail, archives } = withoutStackTraces(() =>
      claimAddresses(name, { ...args, kind: "enrollment", emails: [args.email] }),
    );
    const abortReason = args.abortReason ?? defaultAbortReason(fullStackName());
    super(
      TYPES.enrollment,
      name,
      () => {
        const given = sendable(`enrollment "${name}"`, { name, ...args });
        return {
          journeyId: given.journeyId,
          email: given.email,
          data: given.data ?? {},
          allowDuplicateEmail,
          abortReason: given.abortReason ?? abortReason,
          triggers: given.triggers,
          stack: fullStackName(),
          instanceId: undefined,
          status: undefined,
          startedAt: undefined,
          // dynamic.Resource would serialize the provider's logic into every enrollment's state.
          __provider: LOADER,
        };
      },
      { ...(isArchiving(args) ? dependingOn(archiveOf(args.email, archives), opts) : opts), ...ABORT_FIRST },
    );
    // The state leaves out the defaults of these two, so that a preview would know no output of theirs.
    for (const [property, input] of Object.entries({ allowDuplicateEmail, abortReason })) {
      const isSecret = opts?.additionalSecretOutputs?.includes(property) === true;
      Object.defineProperty(this, property, outputOf(this, input, isSecret));
    }
    rememberEnrolled(this, { by: `enrollment "${name}"`, emails: () => [args.email] });
  }
}

/** An output of the resource with the value of an input. It is made when it is asked for, because that is seldom. */
function outputOf({ urn }: pulumi.Resource, input: pulumi.Input<unknown>, isSecret: boolean): PropertyDescriptor {
  const output = () => pulumi.all([urn, input]).apply(([, value]) => value);
  return { enumerable: true, get: () => (isSecret ? pulumi.secret(output()) : output()) };
}
