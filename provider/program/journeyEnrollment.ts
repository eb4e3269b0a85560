import * as pulumi from "@pulumi/pulumi";
import { ABORT_FIRST, refuseStartFirst } from "./abortFirst";
import { defaultAbortReason } from "./abortReason";
import { refuseDuplicates } from "./duplicates";
import type { DataValue } from "../model/inputs";
import { refuseKeyInClear } from "./keyInClear";
import { LOADER, TYPES } from "../model/loader";
import { fullStackName } from "./stackName";
import { keepTopFrameOnly } from "./topFrame";

/** What {@link JourneyEnrollment} enrolls, and in which journey. */
export interface JourneyEnrollmentArgs {
  /**
   * The journey's id at Mailmodo: a UUID. The journey's trigger must be "API / Webhook". Anything else than a UUID fails
   * the preview. Changing it replaces the enrollment.
   */
  journeyId: pulumi.Input<string>;
  /**
   * The address to enroll: one plain e-mail address of at most 254 characters, allowed by `mailmodo:allowedRecipients`.
   * Any other fails the preview. See {@link stackAddress} for one that no other stack has. Two enrollments of a stack with the same journey and
   * address are an error, unless both set `allowDuplicateEmail`. Changing it replaces the enrollment.
   */
  email: pulumi.Input<string>;
  /**
   * Personalization values: a flat object of strings, finite numbers and booleans, at most 64 KiB as JSON; anything else
   * fails the preview. Default: none. The order of the keys does not count. Changing it replaces the enrollment.
   */
  data?: pulumi.Input<Record<string, pulumi.Input<DataValue>>>;
  /**
   * Whether the journey may run more than once for the address at the same time; true or false, or the preview fails.
   * Default: false. Changing it replaces the enrollment.
   */
  allowDuplicateEmail?: pulumi.Input<boolean>;
  /**
   * Why the journey will be aborted: what Mailmodo is told on destroy or replace. An empty one fails the preview.
   * Default: names the project and the stack. Changed in place.
   */
  abortReason?: pulumi.Input<string>;
  /**
   * Values that have no meaning of their own, such as a commit: any change of them aborts the journey and starts it
   * again. Anything but a list fails the preview. Default: none. Changing it replaces the enrollment.
   */
  triggers?: pulumi.Input<pulumi.Input<unknown>[]>;
}

/**
 * One address in one Mailmodo journey. Creating it starts the journey, **which sends real mail: Mailmodo has no test
 * mode**; deleting it aborts the journey. Mailmodo cannot be asked what runs, so a journey that ended or was aborted
 * elsewhere is not seen; a destroy takes it as done.
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
export class JourneyEnrollment extends pulumi.CustomResource {
  /** The journey's id: a UUID. */
  declare readonly journeyId: pulumi.Output<string>;
  /** The enrolled address. Secret if the input was. */
  declare readonly email: pulumi.Output<string>;
  /** The personalization values. Secret if the input was. */
  declare readonly data: pulumi.Output<Record<string, DataValue>>;
  /** Whether the journey may run more than once for the address at the same time. */
  declare readonly allowDuplicateEmail: pulumi.Output<boolean>;
  /** What Mailmodo will be told when the journey is aborted. */
  declare readonly abortReason: pulumi.Output<string>;
  /** The values whose change starts the journey again, where there are any. */
  declare readonly triggers: pulumi.Output<unknown[] | undefined>;
  /** The id of the running instance, as Mailmodo returned it from the start: a UUID. */
  declare readonly instanceId: pulumi.Output<string>;
  /**
   * `started`: Mailmodo confirmed the start. `unconfirmed`: the start may have taken effect; the run that left it so
   * failed and said what to do.
   */
  declare readonly status: pulumi.Output<"started" | "unconfirmed">;
  /** When the start was sent: ISO 8601, UTC, such as `2026-11-24T12:00:00.000Z`. */
  declare readonly startedAt: pulumi.Output<string>;

  /**
   * @param name A name that is unique in the stack. It is part of the state and of logs: do not put an address in it.
   * @param args What to enroll where.
   * @param opts Pulumi's options. Import is not possible: Mailmodo cannot be asked what runs. A replacement aborts before
   *   it starts: `deleteBeforeReplace` is always true.
   * @throws {pulumi.RunError} `deleteBeforeReplace` is false.
   */
  constructor(name: string, args: JourneyEnrollmentArgs, opts?: pulumi.CustomResourceOptions) {
    refuseKeyInClear();
    refuseStartFirst(`enrollment "${name}"`, opts);
    const restore = keepTopFrameOnly();
    try {
      super(
        TYPES.enrollment,
        name,
        {
          journeyId: args.journeyId,
          email: args.email,
          data: args.data ?? {},
          allowDuplicateEmail: refuseDuplicates(name, { ...args, emails: [args.email] }),
          abortReason: args.abortReason ?? defaultAbortReason(),
          triggers: args.triggers,
          stack: fullStackName(),
          instanceId: undefined,
          status: undefined,
          startedAt: undefined,
          // dynamic.Resource would serialize the provider's logic into every enrollment's state.
          __provider: LOADER,
        },
        { ...opts, ...ABORT_FIRST },
      );
    } catch (error) {
      restore(error);
      throw error;
    }
    restore();
  }
}
