import type { IncomingMessage, Server, ServerResponse } from "node:http";

/** The sandbox's HTTP server, as far as tests need it. Its own types would ask settings of a user's compiler. */
export interface HttpApp {
  readonly server: Server;
  /** Answers a request that came in elsewhere. */
  routing(request: IncomingMessage, response: ServerResponse): void;
  close(): Promise<unknown>;
}
