import { saysAlreadyOver } from "./alreadyOver";
import { outcomeOf, type Outcome } from "./answers";
import {
  KeyRefusedError,
  maskAddress,
  NotSentError,
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
}

/**
 * Starts a journey and returns the instance id. A request that may have been seen is never sent again.
 *
 * @throws {RefusedError} Mailmodo said no.
 * @throws {KeyRefusedError} Mailmodo refused the key.
 * @throws {NotSentError} No attempt reached Mailmodo.
 * @throws {SlowDownError} Mailmodo asked for a slower pace until the time was over.
 * @throws {UnconfirmedError} The journey may have been started; nobody can tell.
 */
export async function startJourney(connection: Connection, request: StartRequest): Promise<string> {
  const { journeyId, email, data, allowDuplicateEmail } = request;
  const call: Call = { operation: "start", journeyId, subject: maskAddress(email) };
  const outcome = await attempt(
    async () => outcomeOf(await post(connection, `/hooks/start/${journeyId}`, { email, data, allowDuplicateEmail })),
    (last) => last.kind === "notSent" || last.kind === "slowDown",
    connection.requestTimeoutMs,
  );
  if (outcome.kind === "accepted" && outcome.instanceId !== undefined) return outcome.instanceId;
  throw errorFor(call, outcome, redactor(connection, email));
}

/**
 * Aborts one instance, or, where its id is not known, what runs for the address. Repeating an abort does no harm, so
 * everything but a refusal is retried.
 *
 * @returns The vendor's words where there was nothing left to abort, else nothing.
 * @throws {RefusedError} Mailmodo said no.
 * @throws {KeyRefusedError} Mailmodo refused the key.
 * @throws {NotSentError | SlowDownError | UnconfirmedError} No attempt was confirmed.
 */
export async function abortJourney(connection: Connection, request: AbortRequest): Promise<string | undefined> {
  const { journeyId, email, instanceId, reason } = request;
  const call: Call = {
    operation: "abort",
    journeyId,
    subject: instanceId === undefined ? maskAddress(email) : `instance ${instanceId}`,
  };
  const body = instanceId === undefined ? { email, reason } : { instanceId, reason };
  const outcome = await attempt(
    async () => outcomeOf(await post(connection, `/hooks/abort/${journeyId}`, body)),
    (last) => last.kind === "notSent" || last.kind === "slowDown" || last.kind === "unconfirmed",
    connection.requestTimeoutMs,
  );
  if (outcome.kind === "accepted") return undefined;
  const redact = redactor(connection, email);
  if (outcome.kind === "refused" && saysAlreadyOver(outcome.message)) return redact(outcome.message);
  throw errorFor(call, outcome, redact);
}

/** The one place that knows which error an outcome is. */
function errorFor(call: Call, outcome: Outcome, redact: (text: string) => string): MailmodoError {
  switch (outcome.kind) {
    case "refused":
      return new RefusedError(call, refusedIt(outcome, redact), "", outcome);
    case "keyRefused":
      return new KeyRefusedError(
        call,
        refusedIt(outcome, redact).replace("refused it", "refused the API key"),
        "",
        outcome,
      );
    case "notSent":
      return new NotSentError(
        call,
        outcome.reason,
        "Nothing was sent. Check the network and mailmodo:baseUrl, then run it again.",
      );
    case "slowDown":
      return new SlowDownError(call, `Mailmodo asked to slow down (${outcome.status})`, "Run it again later.", outcome);
    case "unconfirmed":
      return new UnconfirmedError(call, `${outcome.reason}, so it may have taken effect`, "", outcome);
    case "accepted":
      return new UnconfirmedError(call, "Mailmodo accepted it without an instance id", "");
  }
}

function refusedIt(outcome: { status: number; message: string }, redact: (text: string) => string): string {
  const words = redact(outcome.message);
  return `Mailmodo refused it (${outcome.status})${words && `: "${words}"`}`;
}

const MAX_WORDS = 300;

/** The vendor's words may repeat what was sent; neither the key nor the address may reach a log with them. */
function redactor(connection: Connection, email: string): (text: string) => string {
  return (text) =>
    text
      .replaceAll(connection.apiKey, "[key]")
      .replace(new RegExp(email.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "gi"), () => maskAddress(email))
      .replace(/[\p{Cc}\p{Cf}\s]+/gu, " ")
      .trim()
      .slice(0, MAX_WORDS);
}
