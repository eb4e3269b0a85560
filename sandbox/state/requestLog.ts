import type { Changes } from "./changes";

/** One request to the vendor's calls, with its answer. It has no headers, so the key is not kept. */
export interface LoggedRequest {
  /** Its place in the order of requests, from 1. */
  readonly id: number;
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  /** The status of the answer. While it is not sent: of what the sandbox meant to answer. */
  status: number;
  readonly answer: unknown;
  /** How long the answer took, in milliseconds. While it is not sent: how long it has taken. */
  durationMs: number;
  /** The instance that it started, aborted, or was refused because of. */
  readonly instanceId?: string;
  /** The kind of the fault that was applied to it. */
  readonly fault?: string;
}

/** The requests that the sandbox received. */
export class RequestLog {
  private requests: LoggedRequest[] = [];

  /** @param now The clock, in milliseconds since 1970. */
  constructor(
    private readonly now: () => number,
    private readonly changes: Changes,
  ) {}

  add(request: Omit<LoggedRequest, "at" | "id">): LoggedRequest {
    const logged = { id: this.requests.length + 1, at: new Date(this.now()).toISOString(), ...request };
    this.requests.push(logged);
    this.changes.request(logged);
    return logged;
  }

  /** Sets what is known once a request was answered. */
  answered(request: LoggedRequest, status: number, durationMs: number): void {
    request.status = status;
    request.durationMs = durationMs;
    this.changes.request(request);
  }

  all(): readonly LoggedRequest[] {
    return this.requests;
  }

  clear(): void {
    this.requests = [];
  }
}
