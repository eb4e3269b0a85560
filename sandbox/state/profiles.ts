import { InvalidInput } from "./invalidInput";
import type { Profile, Refusal } from "./profile";

const wrongKey: Refusal = { status: 400, message: "Invalid mmApiKey" };
const duplicate: Refusal = { status: 400, message: "The journey is already running for the provided email" };
const abortEnded: Refusal = { status: 400, message: "The journey instance has already ended" };
const abortUnknown: Refusal = { status: 400, message: "No such journey instance" };

const contactUnknown: Refusal = { status: 400, message: "Email address doesn't exist" };
const notInList: Refusal = { status: 400, message: "User is not in the list" };
const suppressed: Refusal = { status: 400, message: "The contact is unsubscribed or blocked" };

/** Uses only the statuses in the published contract: 200 and 400. */
export const defaultProfile: Profile = {
  wrongKey,
  duplicate,
  duplicateMeans: "running",
  abortEnded,
  abortUnknown,
  abortByAddress: "all",
  suppressed: "accepted",
  startContact: "creates",
  contactUnknown,
  archiveUnknown: contactUnknown,
  listUnknown: { status: 400, message: "list does not exists" },
  removeUnknown: notInList,
  resubscribeUnknown: contactUnknown,
  archived: "hidden",
  addArchived: "revives",
};

/** Each profile changes one undefined answer. Several can be combined. */
export const profiles: Readonly<Record<string, Partial<Profile>>> = {
  default: {},
  "duplicate-400-ref": { duplicate: { ...duplicate, withRef: true } },
  "duplicate-200": { duplicate: { ...duplicate, status: 200 } },
  "duplicate-200-ref": { duplicate: { ...duplicate, status: 200, withRef: true } },
  "duplicate-ever": { duplicateMeans: "ever" },
  "duplicate-ever-200-ref": { duplicateMeans: "ever", duplicate: { ...duplicate, status: 200, withRef: true } },
  "duplicate-accepted": { duplicate: "accepted" },
  "ended-success": { abortEnded: "success" },
  "ended-200": { abortEnded: { ...abortEnded, status: 200 } },
  "ended-404": { abortEnded: { ...abortEnded, status: 404 } },
  "unknown-success": { abortUnknown: "success" },
  "unknown-200": { abortUnknown: { ...abortUnknown, status: 200 } },
  "unknown-404": { abortUnknown: { ...abortUnknown, status: 404 } },
  "abort-last": { abortByAddress: "last" },
  "key-401": { wrongKey: { ...wrongKey, status: 401 } },
  "key-401-bare": { wrongKey: { status: 401, message: "Request failed" } },
  "key-200": { wrongKey: { ...wrongKey, status: 200 } },
  ...refusingStarts("suppressed", "The contact is suppressed"),
  ...refusingStarts("paused", "The journey is paused"),
  ...refusingStarts("quota", "The contact limit of the journey is reached"),
  "unsubscribed-400": { suppressed },
  "unsubscribed-200": { suppressed: { ...suppressed, status: 200 } },
  "contact-404": { contactUnknown: { ...contactUnknown, status: 404 } },
  "contact-200": { contactUnknown: { ...contactUnknown, status: 200 } },
  "contact-200-empty": { contactUnknown: { status: 200, body: { data: {} } } },
  "archive-success": { archiveUnknown: "success" },
  "archive-200": { archiveUnknown: { ...contactUnknown, status: 200 } },
  "archive-404": { archiveUnknown: { ...contactUnknown, status: 404 } },
  "remove-success": { removeUnknown: "success" },
  "remove-200": { removeUnknown: { ...notInList, status: 200 } },
  "remove-404": { removeUnknown: { ...notInList, status: 404 } },
  "resubscribe-success": { resubscribeUnknown: "success" },
  "resubscribe-200": { resubscribeUnknown: { ...contactUnknown, status: 200 } },
  "resubscribe-404": { resubscribeUnknown: { ...contactUnknown, status: 404 } },
  "archived-shown": { archived: "shown" },
  "add-ignored": { addArchived: "ignored" },
  "add-refused": { addArchived: { status: 400, message: "The contact is archived" } },
  "start-updates-contact": { startContact: "updates" },
  "start-no-contact": { startContact: "none" },
  ...limits(5),
  ...limits(10),
  ...limits(50),
};

/**
 * The default profile with the changes of the named profiles.
 *
 * @throws {InvalidInput} There is no profile with such a name.
 */
export function profileOf(names: readonly string[]): Profile {
  return names.reduce<Profile>((profile, name) => {
    const changes = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
    if (changes === undefined) {
      throw new InvalidInput(`No profile "${name}". The profiles are: ${Object.keys(profiles).join(", ")}.`);
    }
    return { ...profile, ...changes };
  }, defaultProfile);
}

function refusingStarts(name: string, message: string): Record<string, Partial<Profile>> {
  return {
    [`${name}-400`]: { start: { status: 400, message } },
    [`${name}-200`]: { start: { status: 200, message } },
  };
}

function limits(perSecond: number): Record<string, Partial<Profile>> {
  return {
    [`limit-${perSecond}-429`]: { limit: { perSecond, status: 429 } },
    [`limit-${perSecond}-429-seconds`]: { limit: { perSecond, status: 429, retryAfter: "seconds" } },
    [`limit-${perSecond}-429-date`]: { limit: { perSecond, status: 429, retryAfter: "date" } },
    [`limit-${perSecond}-503`]: { limit: { perSecond, status: 503 } },
  };
}
