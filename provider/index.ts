export { Contact, type ContactArgs } from "./program/contact";
export { JourneyCohort, type CohortContact, type JourneyCohortArgs } from "./program/journeyCohort";
export { JourneyEnrollment, type JourneyEnrollmentArgs } from "./program/journeyEnrollment";
export { stackAddress } from "./program/stackAddress";
export type { DataValue } from "./model/inputs";
export { recover } from "./commands/recover/onDemand";
export type { Recovery, RecoverOptions } from "./commands/recover/recoverOptions";
