import { saysAlreadyOver } from "./alreadyOver";
import { outcomeOf, type Outcome } from "./outcome";
import { mayBeEcho } from "./echo";
import { cleaner } from "./cleaner";
import { maskAddress } from "../text/masking";
import { RefusedError, UnconfirmedError, type FailedCall } from "./errors";
import { LostAborts } from "./lateAbort";
import { rememberSent, mayTakeEffectForMs } from "./lateEffect";
import { outlast } from "./outlast";
import { errorFor, wordsOf } from "./outcomeErrors";
import { sendRepeatedly, type CallResult } from "./repeatable";
import { withRetries } from "./retry";
import { saying } from "./stranger";
import type { Outgoing } from "./outgoing";
import { sendOnce, type Connection, type Exchange } from "./transport";

export interface StartRequest {
  readonly journeyId: string;
  readonly email: string;
  readonly data: Readonly<Record<string, string | number | boolean>>;
  readonly allowDuplicateEmail: boolean;
}

export interface AbortRequest {
  readonly journeyId: string;
  /** The enrollment's address. Used for the abort if there is no instance id, and masked in messages. */
  readonly email: string;
  readonly instanceId?: string | undefined;
  readonly reason: string;
  /**
   * When the start to abort was sent, in milliseconds since 1970. Only matters if there is no instance id. Default: so
   * long ago that the start can no longer take effect.
   */
  readonly startSentAt?: number | undefined;
  /**
   * Whether to wait until the start can no longer take effect even if that is after the connection's deadline. Default:
   * only if the start's age is unknown.
   */
  readonly outlastsDeadline?: boolean;
  /**
   * When an earlier run sent an abort by address whose answer was lost, in milliseconds since 1970. Default: so long ago
   * that it can no longer take effect.
   */
  readonly abortSentAt?: number | undefined;
}

/**
 * Starts a journey and returns the instance id. A start is never resent if Mailmodo may already have acted on it.
 *
 * @throws {RefusedError} Mailmodo said no.
 * @throws {KeyRefusedError} Mailmodo refused the key.
 * @throws {HeldError} There was a reason to hold the request back.
 * @throws {NotSentError} No attempt reached Mailmodo.
 * @throws {SlowDownError} Mailmodo asked for a slower pace until the attempts or the time were used up.
 * @throws {UnconfirmedError} The journey may have been started. The error says when the start was sent.
 */
export async function startJourney(connection: Connection, request: StartRequest): Promise<string> {
  const { journeyId, email, data, allowDuplicateEmail } = request;
  const call: FailedCall = { operation: "start", journeyId, subject: maskAddress(email) };
  const clean = cleaner(connection, email);
  let sentAt: number | undefined;
  let askedToSlowDown: Outcome | undefined;
  const last = await withRetries(
    async (permit) => {
      const outgoing = requestOf("start", journeyId, { email, data, allowDuplicateEmail });
      const outcome = outcomeOfStart(await sendOnce(connection, outgoing, permit), request);
      if (outcome.kind !== "notSent" && outcome.kind !== "held") sentAt = permit.at;
      if (outcome.kind === "slowDown") askedToSlowDown = outcome;
      return outcome;
    },
    ({ kind }) => kind === "notSent" || kind === "slowDown",
    connection,
  );
  if (last.kind === "accepted" && last.instanceId !== undefined) return last.instanceId;

  const outcome =
    last.kind === "refused" && askedToSlowDown !== undefined && mayBeEcho(last) ? unconfirmedEcho(last) : last;
  const error = errorFor(call, outcome, clean);
  if (error instanceof RefusedError && outcome.kind === "refused") error.mayRunAlready = mayRunAlready(outcome);
  if (error instanceof UnconfirmedError && sentAt !== undefined) error.startSentAt = rememberSent(request, sentAt);
  throw error;
}

/**
 * With allowDuplicateEmail, no refusal would reveal that Mailmodo acted on a start that it answered with 503. So a 503
 * is unconfirmed then. A 429 still means "later", because it comes from a rate limit that is checked before anything
 * else.
 */
function outcomeOfStart(exchange: Exchange, { allowDuplicateEmail }: StartRequest): Outcome {
  const outcome = outcomeOf(exchange);
  return outcome.kind === "slowDown" && outcome.status === 503 && allowDuplicateEmail
    ? { ...outcome, kind: "unconfirmed", reason: "Mailmodo failed (503)" }
    : outcome;
}

type Refusal = Extract<Outcome, { kind: "refused" }>;

function unconfirmedEcho({ status, message, stranger }: Refusal): Outcome {
  const then = stranger
    ? `, and then ${saying(stranger)}`
    : ` and then refused it (${status})${message && `: "${message}"`}`;
  return { kind: "unconfirmed", status, reason: `Mailmodo asked to slow down${then}` };
}

/** Whether a refusal may mean that the address is in the journey already. What says so in another form may be Mailmodo. */
function mayRunAlready({ status, message, stranger }: Refusal): boolean {
  if (stranger === undefined) return mayBeEcho({ status, message });
  return stranger.isJson && stranger.words !== "" && mayBeEcho({ status, message: stranger.words });
}

/**
 * Aborts one instance or, if its id is not known, whatever runs for the address. Repeating an abort does no harm, so
 * everything but a refusal is retried. An error says whether any attempt may have taken effect.
 *
 * A start that is not older than the connection's `lateEffectMs` may take effect after its abort by address. So the
 * abort is sent at once, and again after that time if that is before the connection's deadline or the request outlasts it.
 * An abort by address returns once no lost attempt of it can take effect any more: it would end what is started next.
 *
 * @returns The vendor's words if there was nothing left to abort, otherwise undefined.
 * @throws {RefusedError} Mailmodo said no.
 * @throws {KeyRefusedError} Mailmodo refused the key.
 * @throws {LateCallError} The abort was sent, but the start, or an attempt of the abort, may still take effect. The error
 *   says when to try again.
 * @throws {HeldError | NotSentError | SlowDownError | UnconfirmedError} No attempt was confirmed.
 *
 * Every error of an abort by address says when its last lost attempt was sent, if that may take effect yet.
 */
export async function abortJourney(connection: Connection, request: AbortRequest): Promise<string | undefined> {
  if (request.instanceId !== undefined) return (await abortOnce(connection, request)).words;
  const lost = new LostAborts(request);
  try {
    const words = await abortByAddress(connection, request, lost);
    await lost.outlast(connection);
    return words;
  } catch (error) {
    throw lost.inError(error, connection.lateEffectMs);
  }
}

async function abortByAddress(
  connection: Connection,
  request: AbortRequest,
  lost: LostAborts,
): Promise<string | undefined> {
  // Measured before the first abort is sent, because that abort misses whatever takes effect after it.
  const { journeyId, email, startSentAt, outlastsDeadline } = request;
  const sent = { journeyId, email, sentAt: startSentAt };
  const mayTakeEffectMs = mayTakeEffectForMs(sent, connection.lateEffectMs);
  const mayTakeEffectUntil = performance.now() + mayTakeEffectMs;
  const { words } = await lost.during(() => abortOnce(connection, request));
  if (mayTakeEffectMs === 0) return words;

  const failed = { operation: "abort", journeyId, subject: maskAddress(email) } as const;
  const later = await outlast(connection, {
    sent,
    what: "start",
    failed,
    mayTakeEffectUntil,
    outlastsDeadline,
  });
  const { words: laterWords } = await lost.during(() => abortOnce(later, request, true));
  return words === undefined ? undefined : laterWords;
}

/**
 * Sends one abort, with retries.
 *
 * @param isRepeated Whether the same abort was sent before. Default: false.
 * @returns The words are undefined if there was something to abort.
 */
async function abortOnce(
  connection: Connection,
  { journeyId, email, instanceId, reason }: AbortRequest,
  isRepeated = false,
): Promise<Pick<CallResult, "lostAt"> & { readonly words: string | undefined }> {
  const subject = instanceId === undefined ? maskAddress(email) : `instance ${instanceId}`;
  const body = instanceId === undefined ? { email, reason } : { instanceId, reason };
  const { outcome, words, lostAt, error } = await sendRepeatedly(connection, {
    request: requestOf("abort", journeyId, body),
    failed: { operation: "abort", journeyId, subject },
    email,
    isRepeated,
  });
  if (outcome.kind === "accepted") return { words: undefined, lostAt };
  if (outcome.kind === "refused") {
    const isOver = saysAlreadyOver({ ...outcome, message: wordsOf(outcome) }, connection.alreadyOver);
    if (isOver) return { words, lostAt };
  }
  // An abort by instance id cannot end what is started next.
  const isOfNext = lostAt !== undefined && instanceId === undefined;
  const abortSentAt = isOfNext ? rememberSent({ journeyId, email }, lostAt) : undefined;
  throw Object.assign(error(), { abortSentAt });
}

/** Both calls about a journey have one form. */
export function requestOf(call: "start" | "abort", journeyId: string, body: NonNullable<Outgoing["body"]>): Outgoing {
  return { call, method: "POST", path: `/hooks/${call}/${encodeURIComponent(journeyId)}`, body };
}
