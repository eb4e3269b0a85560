import { saysAlreadyOver } from "../../mailmodo/alreadyOver";
import { cleaner } from "../../mailmodo/cleaner";
import { requestOf } from "../../mailmodo/client";
import { outcomeOf, type Outcome } from "../../mailmodo/outcome";
import { errorFor, wordsOf } from "../../mailmodo/outcomeErrors";
import { withRetries } from "../../mailmodo/retry";
import { sendOnce, type Connection, type Exchange } from "../../mailmodo/transport";
import { maskAddress } from "../../text/masking";
import { adviceOn } from "./advice";
import { callOf, type Observation } from "./observation";
import type { Situation } from "./situations";

/** One call, as the probe sends it. */
export interface Request {
  readonly journeyId: string;
  readonly body: { readonly email?: string; readonly instanceId?: string; readonly [field: string]: unknown };
  /** Default: the key of the settings. */
  readonly apiKey?: string;
}

/** What a call came to. */
export interface Result {
  readonly observation: Observation;
  /** What was answered to it before, because there were too many requests. */
  readonly slowedDown: Observation | undefined;
  /** When it was sent the last time, by `performance.now`. Undefined if it was not. */
  readonly sentAt: number | undefined;
  /** The provider's error for it. */
  readonly error: () => Error;
}

/** Sends single calls by the provider's own transport, and classifies the answers by its own code. */
export class Caller {
  /** @param connect Makes a connection for one call, with a deadline of its own. */
  constructor(
    private readonly connect: () => Connection,
    private readonly email: string,
  ) {}

  /** Sends a call once, and again only if it is answered 429: such a call was not acted on. */
  async send(situation: Situation, { journeyId, body, apiKey }: Request): Promise<Result> {
    const own = this.connect();
    const connection = apiKey === undefined ? own : { ...own, apiKey };
    const call = callOf(situation);
    let exchange: Exchange | undefined;
    let sentAt: number | undefined;
    let slowedDown: Observation | undefined;
    const outcome = await withRetries(
      async (permit) => {
        exchange = await sendOnce(connection, requestOf(call, journeyId, body), permit);
        const one = outcomeOf(exchange);
        if (exchange.kind === "answered" || exchange.kind === "noAnswer") sentAt = permit.at;
        if (one.kind === "slowDown" && one.status === 429)
          slowedDown = { situation: "slowDown", call, exchange, outcome: one, isOver: false };
        return one;
      },
      () => false,
      connection,
    );
    const isOver =
      call === "abort" &&
      outcome.kind === "refused" &&
      saysAlreadyOver({ ...outcome, message: wordsOf(outcome) }, connection.alreadyOver);
    return {
      observation: { situation, call, exchange: exchange!, outcome, isOver },
      slowedDown,
      sentAt,
      error: () => this.errorOf(connection, { call, journeyId, body }, outcome),
    };
  }

  private errorOf(
    connection: Connection,
    { call, journeyId, body }: Request & { call: Observation["call"] },
    outcome: Outcome,
  ): Error {
    const subject = body.instanceId === undefined ? maskAddress(body.email ?? "") : `instance ${body.instanceId}`;
    const error = errorFor({ operation: call, journeyId, subject }, outcome, cleaner(connection, this.email));
    const advice = adviceOn(error);
    return advice === undefined ? error : new Error(`${error.message} ${advice}`, { cause: error });
  }
}
