export { JourneyCohort, type CohortContact, type JourneyCohortArgs } from "./journeyCohort";
export { JourneyEnrollment, type JourneyEnrollmentArgs } from "./journeyEnrollment";
export { stackAddress } from "./recipients";
export type { DataValue } from "./inputs";
export { recover, type Recovery, type RecoverOptions } from "./recover/recover";
