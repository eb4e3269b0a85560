import type { ArmedFault, VendorCall } from "../../api";

type FaultKind = ArmedFault["kind"];
type Fault = Omit<ArmedFault, "id" | "remaining">;

/** What happens with each kind, in one line. */
export const FAULT_KINDS: Readonly<Record<FaultKind, string>> = {
  delay: "answers late",
  "reset-before": "breaks the connection before the request is read",
  "reset-after": "breaks the connection in place of the answer",
  "500": "answers 500, in JSON",
  "502-html": "answers 502, in a gateway's HTML",
  gateway: "answers 502, 503 or 504, in a gateway's HTML",
  "503-after": "answers 503, in a gateway's JSON",
  "503-after-envelope": "answers 503, in Mailmodo's envelope",
  empty: "answers 200 with nothing",
  "not-json": "answers 200 with a word",
  "no-ref": "answers 200 without the instance id",
  cut: "breaks off in the middle of the answer",
  hang: "never answers",
  late: "acts only after its answer",
};

/** The calls that a fault can be for. */
const CALLS: Readonly<Record<VendorCall, true>> = {
  start: true,
  abort: true,
  addToList: true,
  getContactDetails: true,
  archiveContact: true,
  removeFromList: true,
  resubscribe: true,
  getAllContactLists: true,
};

/** The calls that a kind of fault can be for. Only the answer to a start has an instance id. */
export function callsOf(kind: FaultKind): VendorCall[] {
  return kind === "no-ref" ? ["start"] : (Object.keys(CALLS) as VendorCall[]);
}

/** The fields of the form, as they are typed. */
export interface FaultForm {
  readonly kind: FaultKind;
  readonly on: "" | VendorCall;
  readonly count: string;
  readonly probability: string;
  readonly email: string;
  readonly delayMs: string;
  readonly lateMs: string;
  readonly status: "" | "502" | "503" | "504";
  readonly takesEffect: boolean;
}

export const emptyFault: FaultForm = {
  kind: "reset-after",
  on: "start",
  count: "1",
  probability: "",
  email: "",
  delayMs: "",
  lateMs: "",
  status: "",
  takesEffect: true,
};

export type OptionalField = "email" | "delayMs" | "lateMs" | "status" | "takesEffect";

/** Whether a field means something for a kind. The sandbox refuses the others. */
export function hasField(kind: FaultKind, field: OptionalField): boolean {
  switch (field) {
    case "email":
      return kind !== "reset-before";
    case "delayMs":
      return kind === "delay";
    case "lateMs":
      return kind === "late";
    case "status":
      return kind === "gateway" || kind === "late";
    case "takesEffect":
      return !["delay", "reset-before", "503-after", "503-after-envelope", "late"].includes(kind);
  }
}

/** The fault that a form describes, without the fields that its kind does not have. */
export function faultOf(form: FaultForm): Fault {
  const { kind, on, count, probability, email, delayMs, lateMs, status, takesEffect } = form;
  const given = (field: OptionalField, text: string) => hasField(kind, field) && text.trim() !== "";
  return {
    kind,
    ...(on === "" || !callsOf(kind).includes(on) ? {} : { on }),
    ...(count.trim() === "" ? {} : { count: Number(count) }),
    ...(probability.trim() === "" ? {} : { probability: Number(probability) / 100 }),
    ...(given("email", email) ? { email: email.trim() } : {}),
    ...(given("delayMs", delayMs) ? { delayMs: Number(delayMs) } : {}),
    ...(given("lateMs", lateMs) ? { lateMs: Number(lateMs) } : {}),
    ...(given("status", status) ? { status: Number(status) as 502 | 503 | 504 } : {}),
    ...(takesEffect || !hasField(kind, "takesEffect") ? {} : { takesEffect }),
  };
}

/** A fault that is on, in words: `reset-after on start, 3 times, 50 %, only qa@example.com`. */
export function describeFault(fault: Fault & { readonly remaining: number | null }): string {
  const { on, remaining, probability, email, delayMs, lateMs, status, takesEffect } = fault;
  return [
    on === undefined ? "on all calls" : `on ${on}`,
    remaining === null ? "each time" : `${remaining} more ${remaining === 1 ? "time" : "times"}`,
    ...(probability === undefined ? [] : [`${Math.round(probability * 1000) / 10} % of calls`]),
    ...(email === undefined ? [] : [`only ${email}`]),
    ...(delayMs === undefined ? [] : [`${delayMs} ms late`]),
    ...(lateMs === undefined ? [] : [`acts after ${lateMs} ms`]),
    ...(status === undefined ? [] : [`status ${status}`]),
    ...(takesEffect === false ? ["without effect"] : []),
  ].join(", ");
}
