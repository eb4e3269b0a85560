import type { IncomingMessage, Server, ServerResponse } from "node:http";

interface Injected {
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  readonly url: string;
  readonly headers?: Record<string, string>;
  readonly payload?: string | object;
}

/** The sandbox's HTTP server, as far as tests need it. Its own types would ask settings of a user's compiler. */
export interface HttpApp {
  readonly server: Server;
  /** Answers a request that came in elsewhere. */
  routing(request: IncomingMessage, response: ServerResponse): void;
  /** Answers a request without a connection. */
  inject(request: string | Injected): Promise<{ readonly statusCode: number; readonly body: string; json<T>(): T }>;
  close(): Promise<unknown>;
}
