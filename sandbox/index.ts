export { createSandbox, listen, SANDBOX_KEY, type Sandbox, type SandboxOptions } from "./sandbox";
export { journeysOf, readJourneys, type Journeys, type Step } from "./mail/journeys";
export type { Deliver, Mail } from "./mail/mail";
export { ALWAYS_TAKE_EFFECT, FAULT_KINDS, type Fault, type FaultKind } from "./state/faults";
export type { Instance } from "./state/instances";
export { defaultProfile, profileOf, profiles, type Limit, type Profile, type Refusal } from "./state/profiles";
export type { LoggedRequest } from "./state/requestLog";
