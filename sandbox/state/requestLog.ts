/** One request to the vendor's calls, with its answer. It has no headers, so the key is not kept. */
export interface LoggedRequest {
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly status: number;
  readonly answer: unknown;
  /** The kind of the fault that was applied to it. */
  readonly fault?: string;
}

/** The requests that the sandbox received. */
export class RequestLog {
  private requests: LoggedRequest[] = [];

  /** @param now The clock, in milliseconds since 1970. */
  constructor(private readonly now: () => number) {}

  add(request: Omit<LoggedRequest, "at">): void {
    this.requests.push({ at: new Date(this.now()).toISOString(), ...request });
  }

  all(): readonly LoggedRequest[] {
    return this.requests;
  }

  clear(): void {
    this.requests = [];
  }
}
