import { saysAlreadyOver } from "./alreadyOver";
import { outcomeOf, type Outcome } from "./answers";
import { mayBeEcho } from "./echo";
import { maskAddress, redact } from "../text/masking";
import { UnconfirmedError, UnsettledStartError, type Call } from "./errors";
import { Deadline } from "./deadline";
import { clockTime, isFromTheFuture, rememberSent, unsettledMs, waitUntilSettled } from "./lateEffect";
import { errorFor } from "./outcomeErrors";
import { attempt } from "./retry";
import { post, type Connection, type Exchange } from "./transport";

export interface StartRequest {
  readonly journeyId: string;
  readonly email: string;
  readonly data: Readonly<Record<string, string | number | boolean>>;
  readonly allowDuplicateEmail: boolean;
}

export interface AbortRequest {
  readonly journeyId: string;
  /** The enrollment's address: what to abort where no instance id is known, and what to mask in messages. */
  readonly email: string;
  readonly instanceId?: string | undefined;
  readonly reason: string;
  /**
   * When the start was sent that the abort is for, in milliseconds since 1970. Counts only where no instance id is known.
   * Default: so long ago that it can take effect no more.
   */
  readonly startSentAt?: number | undefined;
}

/**
 * Starts a journey and returns the instance id. A start is never resent if Mailmodo may already have acted on it.
 *
 * @throws {RefusedError} Mailmodo said no.
 * @throws {KeyRefusedError} Mailmodo refused the key.
 * @throws {HeldError} The connection's objection held it back.
 * @throws {NotSentError} No attempt reached Mailmodo.
 * @throws {SlowDownError} Mailmodo asked for a slower pace until the time was over.
 * @throws {UnconfirmedError} The journey may have been started; nobody can tell. It says when the start was sent.
 */
export async function startJourney(connection: Connection, request: StartRequest): Promise<string> {
  const { journeyId, email, data, allowDuplicateEmail } = request;
  const call: Call = { operation: "start", journeyId, subject: maskAddress(email) };
  const clean = (words: string) => redact(words, connection.apiKey, email);
  let sentAt: number | undefined;
  let askedToSlowDown: Outcome | undefined;
  const last = await attempt(
    async (permit) => {
      const body = { email, data, allowDuplicateEmail };
      const one = outcomeOfStart(await post(connection, { call: "start", journeyId, body }, permit), request);
      if (one.kind !== "notSent" && one.kind !== "held") sentAt = permit.at;
      if (one.kind === "slowDown") askedToSlowDown = one;
      return one;
    },
    ({ kind }) => kind === "notSent" || kind === "slowDown",
    connection,
  );
  if (last.kind === "accepted" && last.instanceId !== undefined) return last.instanceId;

  const outcome = last.kind === "refused" && askedToSlowDown !== undefined && mayBeEcho(last) ? echoed(last) : last;
  const error = errorFor(call, outcome, clean);
  if (error instanceof UnconfirmedError && sentAt !== undefined) error.startSentAt = rememberSent(request, sentAt);
  throw error;
}

/**
 * Where Mailmodo starts duplicates, nothing would show that a start to which it said "later" was acted on after all: a 503
 * is then no "later". A 429 is, for that is what a limit in front of everything says.
 */
function outcomeOfStart(exchange: Exchange, { allowDuplicateEmail }: StartRequest): Outcome {
  const outcome = outcomeOf(exchange);
  return outcome.kind === "slowDown" && outcome.status === 503 && allowDuplicateEmail
    ? { ...outcome, kind: "unconfirmed", reason: "Mailmodo failed (503)" }
    : outcome;
}

function echoed({ status, message }: Extract<Outcome, { kind: "refused" }>): Outcome {
  const said = message && `: "${message}"`;
  return { kind: "unconfirmed", status, reason: `Mailmodo asked to slow down and then refused it (${status})${said}` };
}

/**
 * Aborts one instance, or, where its id is not known, what runs for the address. Repeating an abort does no harm, so
 * everything but a refusal is retried; an error tells whether any attempt may have taken effect.
 *
 * A start that is not older than the connection's `lateEffectMs` may take effect after its abort by address, so the abort is sent
 * at once and again after that time, if it is over before the connection's deadline.
 *
 * @returns The vendor's words where there was nothing left to abort, else nothing.
 * @throws {RefusedError} Mailmodo said no.
 * @throws {KeyRefusedError} Mailmodo refused the key.
 * @throws {UnsettledStartError} It was aborted, and its start may still take effect. It says from when on to try again.
 * @throws {HeldError | NotSentError | SlowDownError | UnconfirmedError} No attempt was confirmed.
 */
export async function abortJourney(connection: Connection, request: AbortRequest): Promise<string | undefined> {
  // Before the first abort is sent: what takes effect after it, it cannot have aborted.
  const untilSettledMs = request.instanceId === undefined ? unsettledMs(request, connection.lateEffectMs) : 0;
  const settledAt = performance.now() + untilSettledMs;
  const words = await abortOnce(connection, request);
  if (untilSettledMs === 0) return words;

  const later = await whenSettled(connection, request, settledAt);
  const laterWords = await abortOnce(later, request, true);
  return words === undefined ? undefined : laterWords;
}

/** Waits for the time at which the start can take effect no more, and gives the connection for the abort after it. */
async function whenSettled(connection: Connection, request: AbortRequest, settledAt: number): Promise<Connection> {
  const { journeyId, email, startSentAt } = request;
  const leftMs = Math.max(0, settledAt - performance.now());
  // A later run would know no more of it: this one waits the time out, beyond its own if need be.
  const isAgeUnknown = isFromTheFuture(request);
  const fits = isAgeUnknown || leftMs + connection.requestTimeoutMs <= connection.deadline.leftMs();
  if (fits && (await waitUntilSettled(connection, leftMs)))
    return isAgeUnknown ? { ...connection, deadline: new Deadline() } : connection;

  const from = Date.now() + Math.max(0, settledAt - performance.now());
  const why = `its start, sent at ${clockTime(startSentAt!)}, may still take effect. Run it again from ${clockTime(from)} on.`;
  throw new UnsettledStartError({ operation: "abort", journeyId, subject: maskAddress(email) }, why, from);
}

/** @param isRepeated Whether the same abort was sent before. */
async function abortOnce(
  connection: Connection,
  { journeyId, email, instanceId, reason }: AbortRequest,
  isRepeated = false,
): Promise<string | undefined> {
  const subject = instanceId === undefined ? maskAddress(email) : `instance ${instanceId}`;
  const call: Call = { operation: "abort", journeyId, subject };
  const body = instanceId === undefined ? { email, reason } : { instanceId, reason };
  let mayHaveTakenEffect = isRepeated;
  const outcome = await attempt(
    async (permit) => {
      const one = outcomeOf(await post(connection, { call: "abort", journeyId, body }, permit));
      mayHaveTakenEffect ||= one.kind === "unconfirmed" || (one.kind === "slowDown" && one.status === 503);
      return one;
    },
    ({ kind }) => kind === "notSent" || kind === "slowDown" || kind === "unconfirmed",
    connection,
  );
  if (outcome.kind === "accepted") return undefined;
  const clean = (words: string) => redact(words, connection.apiKey, email);
  if (outcome.kind === "refused" && saysAlreadyOver(outcome, connection.alreadyOver)) return clean(outcome.message);
  const effect = mayHaveTakenEffect ? "An earlier attempt may have taken effect." : undefined;
  const error = errorFor(call, outcome, clean, effect);
  error.mayHaveTakenEffect ||= mayHaveTakenEffect;
  throw error;
}
