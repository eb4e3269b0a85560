import { Deadline } from "../../mailmodo/deadline";
import { outcomeOf, type AnswerForm, type Outcome } from "../../mailmodo/outcome";
import { released } from "../../mailmodo/permit";
import { RateLimit } from "../../mailmodo/rateLimit";
import { sendOnce, type Connection, type Exchange } from "../../mailmodo/transport";
import { passwordSpellings, proxyFor } from "../../network/proxy";
import { redact } from "../../text/masking";
import { baseUrlOf } from "./baseUrl";
import { keyInUse } from "./checks/apiKey";
import { known, Unknown } from "./finding";
import { isPreview } from "./recovery";
import type { Surroundings } from "./surroundings";

/** What Mailmodo answered to one call. */
export interface Answer {
  /** Where the call was sent. */
  readonly host: string;
  readonly outcome: Outcome;
  /** How far this machine's clock is ahead of the answer's time. Undefined if the answer has none. */
  readonly aheadMs: number | undefined;
  /** Removes from the answer's words what no output may hold. */
  readonly clean: (words: string) => string;
}

/**
 * Asks Mailmodo once for the account's contact lists. That reads, and sends mail to nobody.
 *
 * @throws {Unknown} It is not known whom to ask, or with which key.
 */
export async function oneAnswer(surroundings: Surroundings): Promise<Answer> {
  await assertKnownMailmodo(surroundings);
  const baseUrl = await baseUrlOf(surroundings);
  const apiKey = await keyInUse(surroundings);
  const proxy = proxyOf(baseUrl, surroundings.env);
  const connection: Connection = {
    baseUrl,
    apiKey,
    proxy,
    requestTimeoutMs: TIMEOUT_MS,
    deadline: new Deadline(),
    pace: new RateLimit(1),
    reasonToHold: async () => undefined,
  };
  const sentAt = Date.now();
  const exchange = await sendOnce(connection, { call: "find", method: "GET", path: PATH }, released());
  const proxyPasswords = proxy === undefined ? [] : passwordSpellings(proxy);
  return {
    host: new URL(baseUrl).host,
    outcome: outcomeOf(exchange, LISTS),
    aheadMs: aheadOf(exchange, (sentAt + Date.now()) / 2),
    clean: (words) => redact(words, { apiKey, proxyPasswords, email: NO_ADDRESS }),
  };
}

/**
 * Without the stack's settings, the key of a sandbox would go to Mailmodo itself, which is the default.
 *
 * @throws {Unknown} Where the stack's Mailmodo is, is not known.
 */
async function assertKnownMailmodo(surroundings: Surroundings): Promise<void> {
  const config = await known(
    surroundings.config(),
    "Which Mailmodo the stack uses is not known, because its config cannot be read.",
  );
  if ((await surroundings.settings()).source !== undefined) return;
  // What an enrollment cannot do without. All settings may be in the project file, but not those of a preview.
  const isWhole = config.values["mailmodo:allowedRecipients"] !== undefined;
  if (isWhole && !(await known(isPreview(surroundings), NO_FILE))) return;
  throw new Unknown(NO_FILE);
}

const NO_FILE = "Which Mailmodo the stack uses is not known, because it has no settings file here.";

const PATH = "/api/v1/getAllContactLists";
const TIMEOUT_MS = 10_000;
/** The call is about no address. */
const NO_ADDRESS = "\0";

/** The answer has the lists, without `success`. */
const LISTS: AnswerForm = {
  isOwn: (answer) => Object.hasOwn(answer, "success") || Array.isArray(answer["listDetails"]),
  isYes: (answer) => Array.isArray(answer["listDetails"]) || answer["success"] === true,
};

function proxyOf(baseUrl: string, env: NodeJS.ProcessEnv): URL | undefined {
  try {
    return proxyFor(new URL(baseUrl), env);
  } catch (error) {
    throw new Unknown("The proxy's setting is not valid.", { cause: error });
  }
}

function aheadOf(exchange: Exchange, at: number): number | undefined {
  const written = exchange.kind === "answered" ? Date.parse(exchange.date ?? "") : NaN;
  return Number.isNaN(written) ? undefined : at - written;
}
