import { DEFAULT_BASE_URL, parseBaseUrl } from "../../mailmodo/baseUrl";
import { addressKey } from "../../model/addresses";
import { TYPES } from "../../model/stateFormat";
import type { Deployment } from "../../pulumi/deployment";
import { effectsOf, possibleEffectsOf } from "../../pulumi/pendingOperations";
import { recordedConfigs } from "../../pulumi/recordedConfig";
import { entriesOf, isDeleted, SECRET, type Entry, type StateResource } from "../../pulumi/stateResource";

/** What the state tells of an enrollment. "pending": a run began to start or to abort it, and has not recorded the result. */
export type EnrollmentState = "started" | "unconfirmed" | "pending";

/** One address in one journey, as a stack's state has it. */
export interface Enrolled {
  readonly journeyId: string;
  readonly email: string;
  readonly instanceId?: string | undefined;
  readonly state: EnrollmentState;
  /**
   * Since when, in milliseconds since 1970. Of what is pending: when the state was last written. Of a started contact of
   * a cohort: when its shard was first recorded.
   */
  readonly since?: number | undefined;
  readonly allowDuplicateEmail: boolean;
  /** The URL of its Mailmodo, by the last up. Undefined if the state does not record it. */
  readonly baseUrl?: string | undefined;
  readonly urn: string;
  /** The name of the resource or, of a contact of a cohort, of the cohort. */
  readonly resource: string;
  /** What its cohort is known by. Undefined if it is an enrollment of its own. */
  readonly cohort?: string | undefined;
}

/** What a state enrolls, sorted by journey, resource and address. Resources that are encrypted are left out. */
export function enrolledIn({ resources = [], pending_operations: pending = [], manifest }: Deployment): Enrolled[] {
  const all = new Map<string, Enrolled>();
  const configOf = recordedConfigs(resources);
  const add = (entry: Entry, resource: StateResource, state: EnrollmentState, since: number | undefined) => {
    const { journeyId, email, instanceId, allowDuplicateEmail, urn, isReplaced } = entry;
    // A retained old half of a replacement runs beside the new one.
    const key = `${urn} ${addressKey(entry)}${isReplaced === true ? " replaced" : ""}`;
    const found = { journeyId, email, instanceId, allowDuplicateEmail, urn, state, since };
    all.set(key, { ...found, baseUrl: baseUrlIn(configOf(resource)), ...ownerOf(resource) });
  };
  for (const resource of resources.filter(isShown)) {
    const created = timeOf(resource.created);
    for (const entry of entriesOf(resource))
      add(entry, resource, entry.instanceId === undefined ? "unconfirmed" : "started", entry.startSentAt ?? created);
  }
  const recorded = resources.filter(isShown);
  for (const operation of pending.filter(({ resource }) => isShown(resource))) {
    const { resource } = operation;
    for (const { start, ended } of effectsOf(operation, recorded) ?? possibleEffectsOf(resource, undefined))
      add((ended ?? start)!, resource, "pending", timeOf(manifest?.time));
  }
  return [...all.values()].sort(byPlace);
}

/** How many resources are encrypted, so that what they enroll is not known. */
export function encryptedIn({ resources = [], pending_operations: pending = [] }: Deployment): Encrypted {
  const recorded = resources.filter((resource) => !isDeleted(resource));
  const all = [...recorded, ...pending.map(({ resource }) => resource)];
  const encrypted = all.filter((resource) => ENROLLING.includes(resource.type) && isEncrypted(resource));
  const owners = encrypted.map(ownerOf);
  const cohorts = new Set(owners.flatMap(({ cohort }) => cohort ?? []));
  const enrollments = new Set(encrypted.filter((_, nth) => owners[nth]!.cohort === undefined).map(({ urn }) => urn));
  return { enrollments: enrollments.size, cohorts: cohorts.size };
}

export interface Encrypted {
  readonly enrollments: number;
  readonly cohorts: number;
}

const ENROLLING: readonly string[] = [TYPES.enrollment, TYPES.shard];

function isShown(resource: StateResource): boolean {
  return ENROLLING.includes(resource.type) && !isEncrypted(resource);
}

/** Whether it is encrypted whom a resource enrolls. Nobody needs to know with which values, or why it is to be aborted. */
function isEncrypted({ inputs, outputs }: StateResource): boolean {
  const needed = [inputs, outputs].map((properties) => ({ ...properties, ...NOT_SHOWN }));
  return JSON.stringify(needed).includes(SECRET);
}

const NOT_SHOWN = { data: undefined, triggers: undefined, abortReason: undefined };

/** The URL of the Mailmodo that a config names. Undefined if the config is not known, or the URL is encrypted. */
function baseUrlIn(config: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const url = config && (config["mailmodo:baseUrl"] ?? "");
  if (typeof url !== "string") return undefined;
  const parsed = parseBaseUrl(url || DEFAULT_BASE_URL);
  return "url" in parsed ? parsed.url : url;
}

function ownerOf({ urn, parent = "", inputs, outputs }: StateResource): Pick<Enrolled, "resource" | "cohort"> {
  const cohort = outputs?.["cohort"] ?? inputs?.["cohort"];
  // Components may have cohorts of one name.
  if (typeof cohort === "string") return { resource: cohort, cohort: `${parent} ${cohort}` };
  return { resource: urn.split("::").slice(3).join("::") };
}

function timeOf(text: string | undefined): number | undefined {
  const time = Date.parse(text ?? "");
  return Number.isNaN(time) ? undefined : time;
}

function byPlace(one: Enrolled, other: Enrolled): number {
  return (
    compare(one.journeyId, other.journeyId) ||
    compare(one.resource, other.resource) ||
    compare(one.email, other.email) ||
    compare(one.urn, other.urn)
  );
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
