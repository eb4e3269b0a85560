import { saysAlreadyOver } from "./alreadyOver";
import { outcomeOf, type Outcome } from "./answers";
import {
  HeldError,
  KeyRefusedError,
  maskAddress,
  NotSentError,
  redact,
  RefusedError,
  SlowDownError,
  UnconfirmedError,
  type Call,
  type MailmodoError,
} from "./errors";
import { attempt } from "./retry";
import { post, type Connection } from "./transport";

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
  /** With an unconfirmed start: when it was sent, in milliseconds since 1970. */
  readonly startSentAt?: number | undefined;
}

/**
 * Starts a journey and returns the instance id. A request that may have been seen is never sent again.
 *
 * @throws {RefusedError} Mailmodo said no.
 * @throws {KeyRefusedError} Mailmodo refused the key.
 * @throws {HeldError} The connection's objection held it back.
 * @throws {NotSentError} No attempt reached Mailmodo.
 * @throws {SlowDownError} Mailmodo asked for a slower pace until the time was over.
 * @throws {UnconfirmedError} The journey may have been started; nobody can tell.
 */
export async function startJourney(connection: Connection, request: StartRequest): Promise<string> {
  const { journeyId, email, data, allowDuplicateEmail } = request;
  const call: Call = { operation: "start", journeyId, subject: maskAddress(email) };
  const outcome = await attempt(
    async (turn) =>
      outcomeOf(await post(connection, { call: "start", journeyId, body: { email, data, allowDuplicateEmail } }, turn)),
    (last) => last.kind === "notSent" || last.kind === "slowDown",
    connection,
  );
  if (outcome.kind === "accepted" && outcome.instanceId !== undefined) return outcome.instanceId;
  throw errorFor(call, outcome, (words) => redact(words, connection.apiKey, email));
}

/**
 * Aborts one instance, or, where its id is not known, what runs for the address. Repeating an abort does no harm, so
 * everything but a refusal is retried; an error tells whether any attempt may have taken effect.
 *
 * @returns The vendor's words where there was nothing left to abort, else nothing.
 * @throws {RefusedError} Mailmodo said no.
 * @throws {KeyRefusedError} Mailmodo refused the key.
 * @throws {HeldError | NotSentError | SlowDownError | UnconfirmedError} No attempt was confirmed.
 */
export async function abortJourney(connection: Connection, request: AbortRequest): Promise<string | undefined> {
  const { journeyId, email, instanceId, reason } = request;
  const call: Call = {
    operation: "abort",
    journeyId,
    subject: instanceId === undefined ? maskAddress(email) : `instance ${instanceId}`,
  };
  const body = instanceId === undefined ? { email, reason } : { instanceId, reason };
  let isAnswerLost = false;
  const outcome = await attempt(
    async (turn) => {
      const one = outcomeOf(await post(connection, { call: "abort", journeyId, body }, turn));
      isAnswerLost ||= one.kind === "unconfirmed";
      return one;
    },
    (last) => last.kind === "notSent" || last.kind === "slowDown" || last.kind === "unconfirmed",
    connection,
  );
  if (outcome.kind === "accepted") return undefined;
  const clean = (words: string) => redact(words, connection.apiKey, email);
  const isRefused = outcome.kind === "refused" || outcome.kind === "keyRefused";
  if (isRefused && saysAlreadyOver(outcome, connection.alreadyOver)) return clean(outcome.message);
  const error = errorFor(call, outcome, clean, isAnswerLost ? "An earlier attempt may have taken effect." : undefined);
  error.mayHaveTakenEffect ||= isAnswerLost;
  throw error;
}

/** The one place that knows which error an outcome is. */
function errorFor(call: Call, outcome: Outcome, clean: (words: string) => string, effect?: string): MailmodoError {
  const words = "message" in outcome ? clean(outcome.message) : "";
  const said = words && `: "${words}"`;
  const earlier = effect === undefined ? "" : ` ${effect}`;
  const nothing = effect ?? "Nothing was sent.";
  // What was seen on the wire, without the vendor's words: they are in the message, redacted.
  const cause = { status: "status" in outcome ? outcome.status : undefined, outcome: outcome.kind };
  switch (outcome.kind) {
    case "refused":
      return new RefusedError(call, `Mailmodo refused it (${outcome.status})${said}.${earlier}`, { ...outcome, cause });
    case "keyRefused":
      return new KeyRefusedError(call, `Mailmodo refused the API key (${outcome.status})${said}.${earlier}`, {
        ...outcome,
        cause,
      });
    case "held":
      return new HeldError(call, `${outcome.reason}. ${nothing}`, { cause });
    case "notSent":
      return new NotSentError(
        call,
        `${outcome.reason}. ${nothing} Check the network and mailmodo:baseUrl, then run it again.`,
        { cause },
      );
    case "slowDown":
      return new SlowDownError(call, `Mailmodo asked to slow down (${outcome.status}).${earlier} Run it again later.`, {
        ...outcome,
        cause,
      });
    case "unconfirmed":
      return new UnconfirmedError(call, `${outcome.reason}, so it may have taken effect.`, { ...outcome, cause });
    case "accepted":
      return new UnconfirmedError(call, "Mailmodo accepted it without an instance id.", { cause });
  }
}
