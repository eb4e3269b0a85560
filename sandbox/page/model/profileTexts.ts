/** What a group of profiles is about, by the word in front of their names. */
const TITLES: Readonly<Record<string, string>> = {
  duplicate: "A second start for an address",
  ended: "An abort of what has ended",
  unknown: "An abort where nothing runs",
  abort: "An abort by address",
  key: "A wrong key",
  suppressed: "A suppressed contact",
  unsubscribed: "A start for a contact that is unsubscribed or blocked",
  contact: "A look-up of a contact that does not exist",
  archive: "Archiving a contact that does not exist",
  remove: "Removing a contact from a list that it is not in",
  resubscribe: "Resubscribing a contact that does not exist",
  archived: "A look-up of an archived contact",
  add: "Adding an archived contact to a list",
  start: "A start, and the contact of its address",
  paused: "A paused journey",
  quota: "A contact limit that is reached",
  limit: "Rate limit",
};

const REFUSED = { "400": "400 to every start.", "200": "200 with success: false to every start." };

/** How each profile answers, by its name. */
const TEXTS: Readonly<Record<string, string>> = {
  "duplicate-400-ref": "400, with the id of the instance that runs.",
  "duplicate-200": "200 with success: false.",
  "duplicate-200-ref": "200 with success: false, with the id of the instance that runs.",
  "duplicate-ever": "400, also after the first has ended.",
  "duplicate-ever-200-ref": "200 with success: false and the first id, also after the first has ended.",
  "duplicate-accepted": "It starts another instance.",
  "ended-success": "Success.",
  "ended-200": "200 with success: false.",
  "ended-404": "404.",
  "unknown-success": "Success.",
  "unknown-200": "200 with success: false.",
  "unknown-404": "404.",
  "unsubscribed-400": "400 to each start for it.",
  "unsubscribed-200": "200 with success: false to each start for it.",
  "contact-404": "404.",
  "contact-200": "200 with success: false.",
  "contact-200-empty": "200 with no data.",
  ...Object.fromEntries(
    ["archive", "remove", "resubscribe"].flatMap((word) => [
      [`${word}-success`, "Success."],
      [`${word}-200`, "200 with success: false."],
      [`${word}-404`, "404."],
    ]),
  ),
  "archived-shown": "It is shown like any other.",
  "add-ignored": "Success, but it stays archived.",
  "add-refused": "400, and it stays archived.",
  "start-updates-contact": "It adds the start's data to those of the contact.",
  "start-no-contact": "It makes no contact.",
  "abort-last": "It ends only the latest instance.",
  "key-401": "401.",
  "key-401-bare": "401 with a message that does not name the key.",
  "key-200": "200 with success: false.",
  ...Object.fromEntries(
    ["suppressed", "paused", "quota"].flatMap((word) =>
      Object.entries(REFUSED).map(([status, text]) => [`${word}-${status}`, text]),
    ),
  ),
};

const RETRY_AFTER: Readonly<Record<string, string>> = {
  seconds: ", with Retry-After in seconds",
  date: ", with Retry-After as a date",
};

export function groupTitle(word: string): string {
  return TITLES[word] ?? word;
}

/** Empty if it has no explanation. */
export function profileText(name: string): string {
  const [, perSecond, status, form = ""] = /^limit-(\d+)-(\d+)(?:-(\w+))?$/.exec(name) ?? [];
  if (perSecond === undefined) return TEXTS[name] ?? "";
  return `${status} to more than ${perSecond} requests in any one second${RETRY_AFTER[form] ?? ""}.`;
}
