import type { Schema } from "./shapes";

/** What a route answers, for the description at `/openapi.json`. */
export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  /** What the description of the body has besides the route's own schema. */
  readonly body?: Schema;
  readonly response: Readonly<Record<number, Schema>>;
}
