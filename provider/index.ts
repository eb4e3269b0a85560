export { JourneyCohort, type CohortContact, type JourneyCohortArgs } from "./journeyCohort";
export { JourneyEnrollment, type JourneyEnrollmentArgs } from "./journeyEnrollment";
export { stackAddress } from "./stackAddress";
export type { DataValue } from "./inputs";
export { recover } from "./recover/onDemand";
export type { Recovery, RecoverOptions } from "./recover/recover";
