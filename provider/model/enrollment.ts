/** What of an enrollment is needed to abort it. */
export interface Enrollment {
  readonly journeyId: string;
  readonly email: string;
  readonly abortReason: string;
  readonly allowDuplicateEmail: boolean;
  /** Known once Mailmodo has answered the start. */
  readonly instanceId?: string | undefined;
  /** Of an unconfirmed start: when it was sent, in milliseconds since 1970. */
  readonly startSentAt?: number | undefined;
  /** The stack that it belongs to: `organization/project/stack`. States of 0.1.0 do not tell. */
  readonly stack?: string | undefined;
}

/** The one place that copies an enrollment, field by field, out of the properties of a resource or of a note. */
export function enrollmentOf(properties: Readonly<Record<string, unknown>>): Enrollment {
  const text = (name: string) => (typeof properties[name] === "string" ? properties[name] : undefined);
  const sentAt = properties["startSentAt"] ?? Date.parse(text("startedAt") ?? "");
  // Typed so that the compiler names a field that is forgotten here, an optional one too.
  const enrollment: { [Name in keyof Required<Enrollment>]: Enrollment[Name] } = {
    journeyId: String(properties["journeyId"]),
    email: String(properties["email"]),
    abortReason: String(properties["abortReason"]),
    allowDuplicateEmail: properties["allowDuplicateEmail"] === true,
    instanceId: text("instanceId"),
    startSentAt: Number.isFinite(sentAt) ? (sentAt as number) : undefined,
    stack: text("stack"),
  };
  return enrollment;
}
