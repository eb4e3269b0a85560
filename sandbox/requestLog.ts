/** One request to the two calls, and how it was answered. Headers are not kept, so the key is not. */
export interface LoggedRequest {
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly status: number;
  readonly answer: unknown;
  /** What went wrong on purpose. */
  readonly fault?: string;
}

/** What the sandbox was asked. */
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
