import AjvCompiler from "@fastify/ajv-compiler";
import type { SandboxOptions } from "./options";
import { problemOf } from "./server/errors";
import { contactSeedsSchema } from "./server/routes/contactSeeds";
import { faultSchema } from "./server/routes/faults";
import type { ContactSeed } from "./state/contact";
import type { Fault } from "./state/faults";
import { InvalidInput } from "./state/invalidInput";
import { profileFrom } from "./state/profileFile";
import type { Profile } from "./state/profile";
import { defaultProfile } from "./state/profiles";

const wholeNumber = (minimum: number) => ({ type: "integer", minimum });
const texts = { type: "array", items: { type: "string" } };
const text = { type: "string", minLength: 1 };
const keep: Record<keyof NonNullable<SandboxOptions["keep"]>, object> = {
  requests: wholeNumber(0),
  mails: wholeNumber(0),
  ended: wholeNumber(0),
  archived: wholeNumber(0),
  idle: wholeNumber(0),
};

/** Those that are functions or objects of their own are not looked into here. */
const properties: Record<keyof SandboxOptions, object> = {
  apiKey: text,
  profile: {},
  profileFile: text,
  rate: wholeNumber(1),
  seed: wholeNumber(0),
  journeyDurationMs: { type: "number", minimum: 0 },
  journeys: { type: "object" },
  deliver: {},
  store: text,
  keep: { type: "object", additionalProperties: false, properties: keep },
  log: {},
  now: {},
  hosts: texts,
  sleep: {},
};

type Validate = ((value: unknown) => boolean) & { errors?: Parameters<typeof problemOf>[0] | null };
const validators = new Map<object, Validate>();

/**
 * Checks what a program gives, which may be no TypeScript, except the profile.
 *
 * @throws {InvalidInput} An option is unknown or wrong. The message is one line.
 */
export function checkOptions(options: SandboxOptions): void {
  check(OPTIONS, options, "createSandbox");
}

/** @throws {InvalidInput} It is not described at {@link Fault}. The message is one line. */
export function checkFault(fault: Fault): void {
  check(faultSchema, fault, "addFault");
}

/** @throws {InvalidInput} One is not described at {@link ContactSeed}. The message is one line. */
export function checkContacts(contacts: readonly ContactSeed[]): void {
  check(contactSeedsSchema, contacts, "setContacts");
}

/**
 * The profile with the default one's answers for those that it leaves out.
 *
 * @throws {InvalidInput} It is not described at {@link Profile}. The message is one line.
 */
export function checkedProfile(profile: Profile | readonly string[]): Profile | readonly string[] {
  if (profile === defaultProfile) return profile;
  return Array.isArray(profile) ? (profile as readonly string[]) : profileFrom(profile);
}

const OPTIONS = { type: "object", additionalProperties: false, properties };

function check(schema: object, value: unknown, what: string): void {
  const validate = validators.get(schema) ?? compiled(schema);
  validators.set(schema, validate);
  if (!validate(value)) throw new InvalidInput(`${what}: ${problemOf(validate.errors ?? [], "").message.trim()}.`);
}

/** Without the changes that the server makes to a request. */
function compiled(schema: object): Validate {
  const customOptions = {
    coerceTypes: false,
    removeAdditional: false,
    useDefaults: false,
    validateSchema: false,
  } as const;
  return (AjvCompiler()({}, { customOptions }) as unknown as (route: { schema: object }) => Validate)({ schema });
}
