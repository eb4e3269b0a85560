export { createSandbox, SANDBOX_KEY, type Sandbox, type SandboxOptions } from "./sandbox";
export { journeysOf, readJourneys, type Journeys, type Step } from "./mail/journeys";
export type { Deliver, Mail } from "./mail/mail";
export type { Contact, ContactFacts, ContactSeed, ContactState } from "./state/contact";
export type { Move } from "./state/clock";
export { ALWAYS_TAKE_EFFECT, FAULT_KINDS, type ArmedFault, type Fault, type FaultKind } from "./state/faults";
export type { Instance } from "./state/instance";
export {
  defaultProfile,
  profileOf,
  profiles,
  type Limit,
  type Profile,
  type Refusal,
  type Reply,
} from "./state/profiles";
export { profileFrom, readProfileFile } from "./state/profileFile";
export type { LoggedRequest } from "./state/loggedRequest";
export { VENDOR_CALLS, type VendorCall } from "./state/vendorCall";
