/**
 * The provider that the state stores for every enrollment: one line that loads the installed package, never logic. A
 * destroy months later runs this text from the state, and so runs the installed version of the package.
 *
 * It must never change. The state lives as long as the stack, and the path in this text is part of the package's public
 * API for just as long. A new text would also show as a change of every user's enrollments.
 */
export const LOADER = `exports.handler = () => require("pulumi-mailmodo/enrollmentLifecycle")`;

/** The same for a cohort's shard. */
export const SHARD_LOADER = `exports.handler = () => require("pulumi-mailmodo/cohortLifecycle")`;
/** The same for a cohort's plan. */
export const PLAN_LOADER = `exports.handler = () => require("pulumi-mailmodo/cohortPlan")`;
/** The same for what archives contacts. */
export const ARCHIVE_LOADER = `exports.handler = () => require("pulumi-mailmodo/archiveLifecycle")`;
/** The same for a contact. */
export const CONTACT_LOADER = `exports.handler = () => require("pulumi-mailmodo/contactLifecycle")`;

/** The types of the package's resources in the state. They must not change either. */
export const TYPES = {
  enrollment: "pulumi-nodejs:dynamic/mailmodo:JourneyEnrollment",
  shard: "pulumi-nodejs:dynamic/mailmodo:CohortShard",
  plan: "pulumi-nodejs:dynamic/mailmodo:CohortPlan",
  archive: "pulumi-nodejs:dynamic/mailmodo:ContactArchive",
  contact: "pulumi-nodejs:dynamic/mailmodo:Contact",
};
