import AjvCompiler from "@fastify/ajv-compiler";
import * as fs from "node:fs";
import { InvalidInput } from "./invalidInput";
import { readJsonFile } from "./jsonFile";
import type { Profile, Reply } from "./profile";
import { profileOf } from "./profiles";

/**
 * Reads a profile from a JSON file: an object with the form of `profile.schema.json` in this package. It has names of
 * `profiles` to begin with, and exact answers, which take precedence over them.
 *
 * @throws {InvalidInput} The file cannot be read or has another form. The message is one line, and names the field.
 */
export function readProfileFile(file: string): Profile {
  return readJsonFile("the profile", file, profileFrom);
}

type Form = Partial<Profile> & { readonly $schema?: string; readonly profiles?: readonly string[] };

/** @throws {InvalidInput} The value does not have the form described at {@link readProfileFile}. */
export function profileFrom(value: unknown): Profile {
  const problem = problemWith(value);
  if (problem !== undefined) throw new InvalidInput(problem);
  const form: { -readonly [Name in keyof Form]: Form[Name] } = { ...(value as Form) };
  const { profiles = [] } = form;
  delete form.$schema;
  delete form.profiles;
  checkReplies(form);
  return { ...profileOf(profiles), ...form };
}

interface Problem {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: Record<string, unknown>;
  /** What is wrong, and the schema that says so. */
  readonly data: unknown;
  readonly parentSchema: { readonly title?: string; readonly properties?: Record<string, unknown> };
  readonly propertyName?: string;
}

type Validate = ((value: unknown) => boolean) & { errors?: Problem[] | null };
let validate: Validate | undefined;

/** Compiled only when there is a file, as that takes longer than the start of the sandbox. */
function compiled(): Validate {
  const schema: unknown = JSON.parse(fs.readFileSync(require.resolve("mailmodo-sandbox/profile.schema.json"), "utf8"));
  const options = {
    verbose: true,
    coerceTypes: false,
    removeAdditional: false,
    useDefaults: false,
    allErrors: false,
    // Else it warns of a word or an object.
    allowUnionTypes: true,
  };
  const compile = AjvCompiler()({}, { customOptions: options }) as unknown as (route: { schema: unknown }) => Validate;
  return compile({ schema });
}

/** The titles in the schema say what is allowed. */
function problemWith(value: unknown): string | undefined {
  validate ??= compiled();
  if (validate(value)) return undefined;
  const problems = validate.errors ?? [];
  const found = problems.find(({ keyword }) => keyword === "oneOf") ?? problems[0];
  if (found === undefined) return "The profile is not valid.";
  const { keyword, instancePath, params, data, parentSchema, propertyName } = found;
  const field = instancePath === "" ? "The profile" : instancePath.slice(1).replaceAll("/", ".");
  const names = Object.keys(parentSchema.properties ?? {}).join(", ");
  if (keyword === "additionalProperties")
    return `${field} has an unknown field "${String(params["additionalProperty"])}"; there are ${names}.`;
  if (keyword === "required") return `${field} must have ${String(params["missingProperty"])}.`;
  if (propertyName !== undefined) return `${field} has a field "${propertyName}", which is not ${parentSchema.title}.`;
  const shown = typeof data === "object" ? "" : `; it is ${JSON.stringify(data).slice(0, 60)}`;
  return `${field} must be ${parentSchema.title}${shown}.`;
}

/** The cases in which there is no instance that could be named. */
const WITHOUT_INSTANCE = [
  "start",
  "suppressed",
  "invalidEmail",
  "addressUnknown",
  "contactUnknown",
  "archiveUnknown",
  "listUnknown",
  "removeUnknown",
  "resubscribeUnknown",
  "addArchived",
  "limit",
] as const;
/** What Node sets, or what has a field of its own. */
const OWN_HEADERS = /^(connection|content-(encoding|length|type)|keep-alive|trailer|transfer-encoding|upgrade)$/i;

function checkReplies(form: Partial<Profile>): void {
  for (const [name, reply] of Object.entries(form) as [string, Reply | string][]) {
    const header = Object.keys((reply as Reply).headers ?? {}).find((key) => OWN_HEADERS.test(key));
    if (header !== undefined)
      throw new InvalidInput(`${name}.headers must not have ${header}; use contentType, or leave it out.`);
  }
  for (const name of WITHOUT_INSTANCE) {
    if (JSON.stringify(form[name] ?? "").includes("{{instanceId}}"))
      throw new InvalidInput(`${name} has {{instanceId}}, but there is no instance then; leave it out.`);
  }
}
