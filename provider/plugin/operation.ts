import type { Journal, Note } from "../journal/journal";
import type { StartRequest } from "../mailmodo/client";
import { UnconfirmedError } from "../mailmodo/errors";
import type { Connection } from "../mailmodo/transport";
import type { Enrollment } from "../model/enrollment";
import { mayHaveTakenEffect } from "./advice";
import { heldBack, NotedCall } from "./notedCall";
import { session, type Session } from "./session";

/** Loaded by the first request: with axios it is most of the package's load, and a preview sends nothing. */
const client = () => import("../mailmodo/client");

/**
 * One create, update or delete. Each request is noted before it leaves, and the notes are finished at the end of the run:
 * an engine that lives to end its plugins has recorded their answers. Notes of calls without one stay for the next run.
 */
export class Operation {
  private readonly starts: Note[] = [];
  private readonly aborts: Note[] = [];

  private constructor(private readonly session: Session) {}

  /** Works for the engine; a plugin that is told to stop, or has lost its engine, ends only after it. */
  static run<T>(work: (operation: Operation) => Promise<T>): Promise<T> {
    return session.engine.whileBusy(async () => {
      const operation = new Operation(session);
      try {
        return await work(operation);
      } finally {
        operation.session.journals.keep([...operation.starts, ...operation.aborts]);
      }
    });
  }

  /** Keeps the notes of its aborts for the next run: what they did is not what the engine will have recorded. */
  keepAborts(): void {
    this.aborts.length = 0;
  }

  /**
   * Starts a journey and returns the instance id. Aborts before what earlier starts of the address left running when
   * their plugin was killed, in the same stack, which the engine knows nothing of. Where others may run for the address,
   * that is left to `pulumi-mailmodo recover`: it knows which are recorded.
   *
   * @throws {UnconfirmedError} The journey may have been started. Any other error: it was not.
   */
  async start(to: Connection, enrollment: StartRequest & Enrollment): Promise<string> {
    const journal = await this.session.journals.of(to, enrollment.stack);
    if (!enrollment.allowDuplicateEmail) await this.settleEarlier(journal, to, enrollment);
    const { startJourney } = await client();
    const noted = new NotedCall(journal, "start", enrollment);
    try {
      const instanceId = await startJourney(noted.connection(to), enrollment);
      noted.confirm(instanceId, this.starts);
      this.session.otherHolders.started(enrollment);
      return instanceId;
    } catch (error) {
      if (!(error instanceof UnconfirmedError)) {
        noted.finish();
        throw this.session.advised(noted.advised(error), "start");
      }
      noted.keep(this.starts);
      throw error;
    }
  }

  /**
   * Aborts an enrollment: by its instance id, or by address where that was never learned.
   *
   * @param isRestarted Whether it is started again next. Another resource of the stack that has the address is then one
   *   that has left the program, and is to be aborted anyway.
   * @returns Mailmodo's words where there was nothing left to abort.
   */
  async abort(to: Connection, enrollment: Enrollment, isRestarted = false): Promise<string | undefined> {
    const journal = await this.session.journals.of(to, enrollment.stack);
    try {
      return await this.end(journal, to, enrollment, isRestarted);
    } catch (error) {
      throw this.session.advised(error, "abort");
    }
  }

  /** Settles what earlier runs of the stack left unsettled for the address. */
  private async settleEarlier(journal: Journal, to: Connection, enrollment: StartRequest): Promise<void> {
    try {
      const obstacle = await journal.unsettled.outlive(enrollment);
      if (obstacle !== undefined) throw heldBack("start", enrollment, obstacle);
      for (const call of journal.unsettled.of(enrollment)) {
        if (call.call === "start") {
          const other = await this.session.otherHolders.find(call, true);
          if (other !== undefined) throw heldBack("start", enrollment, `${KILLED}, and ${other.problem}. ${RECOVER}`);
          await this.end(journal, to, call, true);
        }
        journal.unsettled.settle(call);
      }
    } catch (error) {
      throw this.session.advised(error, "start");
    }
  }

  private async end(
    journal: Journal,
    to: Connection,
    enrollment: Enrollment,
    isRestarted: boolean,
  ): Promise<string | undefined> {
    const { journeyId, email, instanceId, startSentAt, abortReason: reason } = enrollment;
    const obstacle = async () => {
      const other = await this.session.otherHolders.find(enrollment, isRestarted);
      return other && `whether it was started is not known, and ${other.problem}. ${other.next}`;
    };
    // Before the operation's minute begins: it may take longer than that.
    const problem = await obstacle();
    if (problem !== undefined) throw heldBack("abort", enrollment, problem);
    const earlier = journal.unsettled.abortsOf(enrollment);
    const { abortJourney } = await client();
    const noted = new NotedCall(journal, "abort", enrollment);
    const noting = noted.connection(to);
    // Asked again before each request: an abort by address may be repeated a minute later.
    const connection: Connection = {
      ...noting,
      objection: async (request) => (await obstacle()) ?? (await noting.objection(request)),
    };
    try {
      // What Mailmodo has confirmed to an earlier run is not asked for again: it may refuse that in any words.
      const isDone = instanceId !== undefined && earlier.some(({ confirmed }) => confirmed);
      if (isDone) await noted.write();
      const words = isDone
        ? undefined
        : await abortJourney(connection, { journeyId, email, instanceId, reason, startSentAt });
      noted.confirm(undefined, this.aborts);
      this.session.otherHolders.ended(enrollment);
      for (const call of earlier) journal.unsettled.settle(call);
      return words;
    } catch (error) {
      // One that may have taken effect stays noted: the state will say that the instance runs, which cannot be relied on.
      // Of an instance that was never learned it says by itself that nobody knows.
      if (instanceId === undefined || !mayHaveTakenEffect(error)) noted.keep(this.starts);
      throw noted.advised(error);
    }
  }
}

const KILLED = "a run of this stack that was killed may have started it";
const RECOVER = "Run pulumi-mailmodo recover, which says what to do";
