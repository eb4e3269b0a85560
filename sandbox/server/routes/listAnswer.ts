import type { FastifyReply } from "fastify";
import { Readable } from "node:stream";

/** From this length on, a page is full. */
const PAGE_LENGTH = 4 * 1024 * 1024;
const PIECE_LENGTH = 64 * 1024;

/**
 * Answers with a list, in pieces: a thousand items of a quarter of a megabyte would be longer than a text can be.
 *
 * @param isPage Whether it may end early if its items are large. It has at least one item if there are any.
 */
export function sendList(reply: FastifyReply, items: readonly object[], isPage: boolean): FastifyReply {
  const pieces = piecesOf(items, isPage ? PAGE_LENGTH : Infinity);
  const first = pieces.next().value ?? "";
  const second = pieces.next();
  reply.type("application/json; charset=utf-8");
  return reply.send(second.done === true ? first : Readable.from(chained([first, second.value], pieces)));
}

function* chained(first: readonly string[], rest: Iterable<string>): Generator<string> {
  yield* first;
  yield* rest;
}

function* piecesOf(items: readonly object[], fullAt: number): Generator<string, undefined> {
  let [piece, length] = ["[", 0];
  for (const item of items) {
    if (length >= fullAt) break;
    const text = JSON.stringify(item);
    piece += length === 0 ? text : `,${text}`;
    length += text.length;
    if (piece.length < PIECE_LENGTH) continue;
    yield piece;
    piece = "";
  }
  yield `${piece}]`;
  return undefined;
}
