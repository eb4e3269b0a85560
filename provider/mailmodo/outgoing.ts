/** What a request asks of Mailmodo: two calls about a journey, four about a contact. */
export type Call = "start" | "abort" | "find" | "add" | "removeFromList" | "archive";

/** A request that is about to be sent. */
export interface Outgoing {
  readonly call: Call;
  readonly method: "GET" | "POST" | "DELETE";
  /** What follows the base URL, with the query. */
  readonly path: string;
  /** Default: none. */
  readonly body?: { readonly email?: string; readonly [field: string]: unknown };
}
