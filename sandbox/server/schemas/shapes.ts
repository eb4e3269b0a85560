/** What the admin API answers, as JSON schemas. The compiler holds their fields to those of `api.ts`. */
import type { InstanceDetail, Kept, MailDetail, SandboxState, ShownStep } from "../../api";
import type { Mail } from "../../mail/mail";
import type { Contact } from "../../state/contact";
import { FAULT_KINDS, type ArmedFault } from "../../state/faults";
import type { Instance } from "../../state/instance";
import type { LoggedRequest } from "../../state/loggedRequest";
import { VENDOR_CALLS } from "../../state/vendorCall";

export type Schema = Readonly<Record<string, unknown>>;

/** An object with these fields and no others. */
export function objectOf<T extends object>(properties: Record<keyof T, Schema>, optional: (keyof T)[] = []): Schema {
  const required = Object.keys(properties).filter((name) => !(optional as string[]).includes(name));
  return { type: "object", required, additionalProperties: false, properties };
}

export const text = { type: "string" };
const uuid = { type: "string", format: "uuid" };
const time = { type: "string", format: "date-time" };
const flag = { type: "boolean" };
const count = { type: "integer", minimum: 0 };
const number = { type: "integer", minimum: 1 };
const orNull = (schema: Schema) => ({ anyOf: [schema, { type: "null" }] });
export const listOf = (items: Schema) => ({ type: "array", items });

export const failure = objectOf<{ success: false; message: string }>({ success: { const: false }, message: text });
export const missing = objectOf<{ message: string }>({ message: text });
export const clock = objectOf<{ now: string }>({ now: time });

export const instance = objectOf<Instance>(
  {
    number,
    revision: number,
    instanceId: uuid,
    journeyId: uuid,
    email: text,
    data: { type: "object" },
    startedAt: time,
    status: { enum: ["running", "aborted", "finished"] },
    endedAt: time,
    abortReason: text,
    doubled: { const: true },
    sent: count,
    withheld: number,
    withheldReason: text,
  },
  ["endedAt", "abortReason", "doubled", "sent", "withheld", "withheldReason"],
);

export const contact = objectOf<Contact>(
  {
    number,
    revision: number,
    contactIdentifier: uuid,
    email: text,
    lists: listOf(text),
    data: { type: "object" },
    createdAt: time,
    state: { enum: ["active", "unsubscribed", "blocked", "archived"] },
    since: time,
    archived: flag,
    blocked: flag,
    blockedReason: text,
    unsubscribed: flag,
    unsubscribeReason: text,
    unsubscribedEmailTypes: listOf(text),
  },
  ["blockedReason", "unsubscribeReason"],
);

export const request = objectOf<LoggedRequest & { email?: string }>(
  {
    id: number,
    at: time,
    method: text,
    path: text,
    body: {},
    bodyLength: count,
    status: { type: "integer" },
    answer: {},
    durationMs: { type: "number", minimum: 0 },
    instanceId: uuid,
    email: text,
    fault: text,
  },
  // JSON leaves out what is undefined.
  ["body", "bodyLength", "answer", "instanceId", "email", "fault"],
);

const mailFields: Record<keyof Mail, Schema> = {
  id: number,
  revision: number,
  at: time,
  instanceId: uuid,
  journeyId: uuid,
  step: number,
  to: text,
  subject: text,
  text,
  html: text,
  unsubscribeUrl: text,
  deliveredTo: text,
  problem: text,
};
const ofSomeMails: (keyof Mail)[] = ["text", "html", "unsubscribeUrl", "deliveredTo", "problem"];
export const mail = objectOf<Mail>(mailFields, ofSomeMails);
export const mailDetail = objectOf<MailDetail>(
  { ...mailFields, headers: listOf(objectOf<{ name: string; value: string }>({ name: text, value: text })) },
  ofSomeMails,
);

export const instanceDetail = objectOf<InstanceDetail>({
  instance,
  requests: listOf(request),
  mails: listOf(mail),
  due: listOf(objectOf<InstanceDetail["due"][number]>({ step: number, at: time, subject: text })),
});

export const armedFault = objectOf<ArmedFault>(
  {
    id: text,
    remaining: orNull(number),
    kind: { enum: FAULT_KINDS },
    on: { enum: VENDOR_CALLS },
    count: number,
    probability: { type: "number", minimum: 0, maximum: 1 },
    seed: { type: "integer" },
    email: text,
    delayMs: count,
    lateMs: count,
    status: { enum: [502, 503, 504] },
    takesEffect: flag,
  },
  ["on", "count", "probability", "seed", "email", "delayMs", "lateMs", "status", "takesEffect"],
);

const kept = objectOf<Kept>({ count, limit: count, dropped: count });

export const state = objectOf<SandboxState>({
  version: text,
  now: time,
  aheadMs: { type: "number", minimum: 0 },
  nextDueAt: orNull(time),
  nextMailAt: orNull(time),
  apiKey: orNull(text),
  store: orNull(text),
  profile: objectOf<SandboxState["profile"]>({ names: listOf(text), file: orNull(text) }),
  profiles: listOf(text),
  faults: listOf(armedFault),
  limit: orNull(number),
  counts: objectOf<SandboxState["counts"]>({ running: count, aborted: count, finished: count }),
  contacts: objectOf<SandboxState["contacts"]>({ active: count, unsubscribed: count, blocked: count, archived: count }),
  requests: kept,
  mails: kept,
  ended: kept,
  archived: kept,
  journeys: listOf(
    objectOf<SandboxState["journeys"][number]>({
      journeyId: uuid,
      steps: listOf(objectOf<ShownStep>({ afterMs: count, subject: text })),
    }),
  ),
});
