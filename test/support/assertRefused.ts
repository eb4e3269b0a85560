import assert from "node:assert/strict";
import type { RawAnswer } from "./rawRequest";

/** A refusal is one line of JSON that says why and what to do. */
export function assertRefused({ status, headers, body }: RawAnswer, expected: number, message: RegExp): void {
  assert.equal(status, expected, body);
  assert.match(headers["content-type"] ?? "", /^application\/json/);
  const said = JSON.parse(body) as { success: boolean; message: string };
  assert.equal(said.success, false);
  assert.match(said.message, message);
  assert.ok(!said.message.includes("\n"));
}
