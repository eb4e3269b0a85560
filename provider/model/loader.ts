/**
 * What the state of every enrollment stores as its provider: one line that loads the installed package, never logic.
 * A destroy months later runs this text from the state, so what runs is the installed version of the package.
 *
 * It must never change. State written with it lives as long as the stacks do, and the path in it is part of the
 * package's public surface for just as long; a new text would also show as a change of every enrollment of every user.
 */
export const LOADER = `exports.handler = () => require("pulumi-mailmodo/enrollmentLifecycle")`;

/** The same for a cohort's shard. */
export const SHARD_LOADER = `exports.handler = () => require("pulumi-mailmodo/cohortLifecycle")`;
/** The same for a cohort's plan. */
export const PLAN_LOADER = `exports.handler = () => require("pulumi-mailmodo/cohortPlan")`;

/** What the state calls the package's resources, which must not change either. */
export const TYPES = {
  enrollment: "pulumi-nodejs:dynamic/mailmodo:JourneyEnrollment",
  shard: "pulumi-nodejs:dynamic/mailmodo:CohortShard",
  plan: "pulumi-nodejs:dynamic/mailmodo:CohortPlan",
};
