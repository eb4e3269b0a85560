/** One request to the vendor's calls, with its answer. It has no headers, so the key is not kept. */
export interface LoggedRequest {
  /** Its place in the order of requests, from 1. */
  readonly id: number;
  readonly at: string;
  readonly method: string;
  readonly path: string;
  /** As JSON. If it is longer than 16 KiB: its beginning, as text. */
  readonly body: unknown;
  /** The length of the whole body, if only its beginning is kept. */
  readonly bodyLength?: number;
  /** The address in the body, if only its beginning is kept. */
  readonly email?: string;
  /** The status of the answer. While it is not sent: of what the sandbox meant to answer. */
  readonly status: number;
  readonly answer: unknown;
  /** How long the answer took, in milliseconds. While it is not sent: how long it has taken. */
  readonly durationMs: number;
  /** The instance that it started, aborted, or was refused because of. */
  readonly instanceId?: string;
  /** The kind of the fault that was applied to it. */
  readonly fault?: string;
}
