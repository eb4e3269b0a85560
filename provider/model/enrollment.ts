import { defaultAbortReason } from "./defaults";

/** An enrollment, with all that is needed to abort it. */
export interface Enrollment {
  readonly journeyId: string;
  readonly email: string;
  readonly abortReason: string;
  readonly allowDuplicateEmail: boolean;
  /** Undefined until Mailmodo has confirmed the start. */
  readonly instanceId?: string | undefined;
  /** When an unconfirmed start was sent, in milliseconds since 1970. */
  readonly startSentAt?: number | undefined;
  /** The stack that it belongs to: `organization/project/stack`. States of 0.1.0 do not record it. */
  readonly stack?: string | undefined;
}

/** Copies an enrollment, field by field, from the properties of a resource, a note, or a shard and its contact. */
export function enrollmentOf(properties: Readonly<Record<string, unknown>>): Enrollment {
  const text = (name: string) => (typeof properties[name] === "string" ? properties[name] : undefined);
  const sentAt = properties["startSentAt"] ?? Date.parse(text("startedAt") ?? "");
  // The type makes the compiler report any forgotten field, including optional ones.
  const enrollment: { [Name in keyof Required<Enrollment>]: Enrollment[Name] } = {
    journeyId: String(properties["journeyId"]),
    email: String(properties["email"]),
    // The state does not record the default; see withoutDefaults.
    abortReason: text("abortReason") ?? defaultAbortReason(text("stack") ?? ""),
    allowDuplicateEmail: properties["allowDuplicateEmail"] === true,
    instanceId: text("instanceId"),
    startSentAt: Number.isFinite(sentAt) ? (sentAt as number) : undefined,
    stack: text("stack"),
  };
  return enrollment;
}
