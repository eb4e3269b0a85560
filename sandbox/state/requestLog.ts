import type { Changes } from "./changes";
import type { LoggedRequest } from "./loggedRequest";
import { Numbered } from "./numbered";

/** What is kept of one body. */
const BODY_LIMIT = 16 * 1024;
/** No address is longer. */
const ADDRESS_LIMIT = 320;

/** The newest requests that the sandbox received. */
export class RequestLog {
  readonly kept: Numbered<LoggedRequest>;

  /**
   * @param now The clock, in milliseconds since 1970.
   * @param limit How many are kept.
   */
  constructor(
    private readonly now: () => number,
    private readonly changes: Changes,
    limit: number,
  ) {
    this.kept = new Numbered(limit, ({ id }) => id);
  }

  /** @param length The length of the body as it was sent, if it is known. */
  add(request: Omit<LoggedRequest, "at" | "id" | "bodyLength" | "email">, length?: number): LoggedRequest {
    const at = new Date(this.now()).toISOString();
    const logged = { id: this.kept.nextNumber, at, ...request, ...cut(request.body, length) };
    this.kept.push(logged);
    this.changes.request(logged);
    return logged;
  }

  /** Sets what is known once a request was answered. */
  answered(request: LoggedRequest, status: number, durationMs: number): void {
    Object.assign(request, { status, durationMs });
    // Not of those that a reset removed in between.
    if (this.kept.get(request.id) === request) this.changes.request(request);
  }

  ofInstance(instanceId: string): LoggedRequest[] {
    return this.kept.page().filter((request) => request.instanceId === instanceId);
  }

  clear(): void {
    this.kept.clear();
  }
}

/** Otherwise a log of 10,000 bodies of a megabyte each would fill the memory. */
function cut(
  body: unknown,
  length: number | undefined,
): Pick<LoggedRequest, "body" | "bodyLength" | "email"> | undefined {
  if (body === undefined || (length !== undefined && length <= BODY_LIMIT)) return undefined;
  const text = JSON.stringify(body);
  if (text.length <= BODY_LIMIT) return undefined;
  const { email } = body as { email?: unknown };
  return {
    body: copyOf(text.slice(0, BODY_LIMIT)),
    bodyLength: text.length,
    ...(typeof email === "string" ? { email: copyOf(email.slice(0, ADDRESS_LIMIT)) } : {}),
  };
}

/** A part of a string would keep the whole of it in memory. */
function copyOf(text: string): string {
  return Buffer.from(text).toString();
}
