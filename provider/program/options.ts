import type * as pulumi from "@pulumi/pulumi";
import { programError } from "./programError";

/**
 * Makes a replacement abort before it starts. If the engine itself decides on a replacement (for `--replace`, `pulumi
 * state taint`, `replacementTrigger` and `replaceWith`), it does not ask the provider's diff for the order, and creates
 * first. Mailmodo would then refuse the start as a duplicate, or the address would be in the journey twice.
 */
export const ABORT_FIRST = { deleteBeforeReplace: true } as const satisfies pulumi.CustomResourceOptions;

/**
 * Refuses the options of an enrollment that Pulumi would pass over without a word, or that would enroll twice.
 *
 * @throws {pulumi.RunError} There is such an option.
 */
export function checkEnrollmentOptions(name: string, opts: pulumi.CustomResourceOptions = {}): void {
  const what = `enrollment "${name}"`;
  refuseImport(what, opts.import ?? opts.id);
  requireAbortFirst(what, opts);
  // A dynamic provider names no changed property to the engine.
  if (opts.replaceOnChanges?.some((property) => !REPLACING.includes(property)))
    throw programError(
      `replaceOnChanges of the ${what} would have no effect. Every input but abortReason and archiveContact replaces it anyway. ` +
        "To start the journey again when something else changes, put that into triggers.",
    );
}

/**
 * Refuses the options of a cohort that would not reach its resources, or that would enroll twice.
 *
 * @returns The options to pass on to the shards. Pulumi itself passes `protect`, `retainOnDelete`, `deletedWith`,
 *   providers and transforms on.
 * @throws {pulumi.RunError} There is such an option.
 */
export function cohortOptions(name: string, opts: pulumi.CustomResourceOptions = {}): pulumi.CustomResourceOptions {
  const what = `cohort "${name}"`;
  refuseImport(what, opts.import ?? opts.id);
  requireAbortFirst(what, opts);
  if (opts.replaceOnChanges?.length)
    throw programError(
      `replaceOnChanges of the ${what} would have no effect. To start all contacts again when something changes, put that ` +
        "into triggers.",
    );
  if (opts.ignoreChanges?.length)
    throw programError(
      `ignoreChanges of the ${what} would have no effect: its contacts are spread over several resources. Leave the contacts ` +
        "as they are in the program, or use an enrollment for each, which takes ignoreChanges.",
    );
  const passedOn = PASSED_ON.filter((option) => opts[option] !== undefined);
  return { ...ABORT_FIRST, ...Object.fromEntries(passedOn.map((option) => [option, opts[option] as unknown])) };
}

/**
 * Refuses the options with which a contact would be archived while its journey runs on.
 *
 * @param what Names the resource: `enrollment "welcome"`.
 * @throws {pulumi.RunError} There is such an option.
 */
export function checkArchiveOptions(what: string, opts: pulumi.CustomResourceOptions = {}): void {
  const { retainOnDelete, deletedWith, ignoreChanges = [] } = opts;
  const refused = [
    ...(retainOnDelete === true ? ["retainOnDelete"] : []),
    ...(deletedWith === undefined ? [] : ["deletedWith"]),
    ...(ignoreChanges.some((property) => ["email", "*"].includes(property)) ? ["ignoreChanges of email"] : []),
  ];
  if (refused.length === 0) return;
  throw programError(
    `archiveContact of the ${what} is not possible with ${refused.join(" and ")}: the contact would be archived while its journey ` +
      "runs on. Remove one of the two.",
  );
}

/** The options with one more dependency. */
export function dependingOn(
  resources: pulumi.Output<pulumi.Resource[]>,
  opts: pulumi.CustomResourceOptions = {},
): pulumi.CustomResourceOptions {
  // The SDK takes lists in lists, and outputs in them, but its type does not say so.
  const dependsOn = [opts.dependsOn ?? [], resources] as unknown as pulumi.Resource[];
  return { ...opts, dependsOn };
}

/**
 * Refuses the options of a contact that Pulumi would pass over without a word, or that would archive it in mid-journey.
 *
 * @throws {pulumi.RunError} There is such an option.
 */
export function checkContactOptions(name: string, opts: pulumi.CustomResourceOptions): void {
  if ((opts.import ?? opts.id) !== undefined)
    throw programError(
      `The contact "${name}" cannot be imported. Remove the option import, and set adopt: true: pulumi up then takes over ` +
        'the contact that exists, and a destroy leaves it in Mailmodo unless onDelete is "archive".',
    );
  if (opts.deleteBeforeReplace === true)
    throw programError(
      `deleteBeforeReplace of the contact "${name}" must not be true: a replacement would archive the contact while its ` +
        "journeys run. Remove the option: the new contact is added first.",
    );
  // A dynamic provider names no changed property to the engine.
  if (opts.replaceOnChanges?.some((property) => property !== "email"))
    throw programError(
      `replaceOnChanges of the contact "${name}" would have no effect. Another email replaces it anyway, and every other ` +
        "input is changed in place. Remove the option.",
    );
}

/** The options that Pulumi itself does not give to the parts of a component. */
const PASSED_ON = ["customTimeouts", "hooks", "replaceWith", "replacementTrigger"] as const;

/** The inputs whose change replaces an enrollment in any case. */
const REPLACING = ["journeyId", "email", "data", "allowDuplicateEmail", "triggers"];

function refuseImport(what: string, id: unknown): void {
  if (id === undefined) return;
  throw programError(
    `The ${what} cannot be imported: Mailmodo cannot be asked what runs. Remove the option import, and abort in Mailmodo ` +
      "what runs already.",
  );
}

function requireAbortFirst(what: string, opts: pulumi.CustomResourceOptions): void {
  if (opts.deleteBeforeReplace !== false) return;
  throw programError(
    `deleteBeforeReplace of the ${what} must not be false: a replacement would enroll an address again before ` +
      "the running journey is aborted. Remove the option.",
  );
}
