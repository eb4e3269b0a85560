import type * as pulumi from "@pulumi/pulumi";
import { formerApiKeyOf } from "./apiKey";
import { openJournal, type Journal, type Enrollment, type Note } from "./journal";
import { mayHaveTakenEffect, withAdvice } from "./lifecycleErrors";
import type { AbortRequest, StartRequest } from "./mailmodo/client";
import { UnconfirmedError } from "./mailmodo/errors";
import { letAllGo } from "./mailmodo/rateLimit";
import type { Connection } from "./mailmodo/transport";
import { leaveWell, whileBusy } from "./plugin";
import type { Recipients } from "./recipients";
import { allowedRecipients, connection, keySources, secretInUse, type ConfigReader } from "./settings";
import { attempt } from "./settingsError";

// Set by configure, which the plugin calls once for each kind of resource, before any other method.
let config: ConfigReader = { get: () => undefined };

/**
 * The configure of every lifecycle. The plugin keeps a provider even if this fails and never calls it again, so it only
 * takes a note; settings are resolved in each method.
 */
export async function configure(request: pulumi.dynamic.ConfigureRequest): Promise<void> {
  config = request.config;
  leaveWell({ first: letAllGo, last: settleAll });
}

/**
 * The failures of a check: what is wrong with the settings, and with the inputs. With a property's name the engine would
 * print the property's value, and so a full address.
 *
 * @param problemsOf What is wrong with the inputs, where these may get mail.
 */
export async function failuresOf(
  problemsOf: (recipients: Recipients | undefined) => readonly (string | undefined)[],
): Promise<pulumi.dynamic.CheckFailure[]> {
  const settings = await attempt(connect);
  const recipients = await attempt(() => allowedRecipients(config));
  return [settings.problem, recipients.problem, ...problemsOf(recipients.value)]
    .filter((problem) => problem !== undefined)
    .map((reason) => ({ property: "", reason }));
}

/** The connection for one enrollment's calls, which together end within the time for one operation. */
export function connect(): Promise<Connection> {
  return connection(config);
}

/** The same for an abort; what is wrong with a setting is said with what helps in a destroy. */
export async function connectToAbort(): Promise<Connection> {
  try {
    return await connect();
  } catch (error) {
    throw withAdvice(error, "abort", secretInUse(config));
  }
}

/**
 * One create, update or delete. What it sends is noted before, and the notes are over at the end of the run: an engine that
 * lives to end its plugins has recorded what it was told. Notes of what it cannot be told stay for the next run.
 */
export class Operation {
  private readonly notes: Note[] = [];
  private readonly aborts: Note[] = [];

  /** Does something for the engine; a plugin that is told to stop, or has lost its engine, leaves only after it. */
  static run<T>(work: (operation: Operation) => Promise<T>): Promise<T> {
    return whileBusy(async () => {
      const operation = new Operation();
      try {
        return await work(operation);
      } finally {
        told.push(...operation.notes, ...operation.aborts);
      }
    });
  }

  /** Keeps the notes of its aborts for the next run: what they did is not what the engine will have recorded. */
  keepAborts(): void {
    this.aborts.length = 0;
  }

  /**
   * Starts a journey and returns the instance id. Aborts what earlier starts of the address left running when their
   * plugin was killed, which the engine knows nothing of. Where others may run for the address, `pulumi-mailmodo
   * recover` sees to it: it knows which are recorded.
   *
   * @throws {UnconfirmedError} The journey may have been started. Any other error: it was not.
   */
  async start(to: Connection, enrollment: StartRequest & Enrollment): Promise<string> {
    const journal = await journalOf(to);
    for (const lost of enrollment.allowDuplicateEmail ? [] : journal.lost(enrollment)) {
      try {
        if (lost.call === "start") await this.end(to, lost);
      } catch (error) {
        throw withAdvice(error, "start", secretInUse(config));
      }
      journal.forget(lost);
    }
    const { startJourney } = await client();
    const note = journal.note("start", enrollment);
    try {
      const instanceId = await startJourney(to, enrollment);
      note.confirm(instanceId);
      this.notes.push(note);
      return instanceId;
    } catch (error) {
      if (error instanceof UnconfirmedError) this.notes.push(note);
      else note.over();
      throw error instanceof UnconfirmedError ? error : withAdvice(error, "start", secretInUse(config));
    }
  }

  /**
   * Aborts an enrollment: by its instance id, or by address where that was never learned.
   *
   * @returns Mailmodo's words where there was nothing left to abort.
   */
  async abort(to: Connection, enrollment: Abortable): Promise<string | undefined> {
    try {
      return await this.end(to, enrollment);
    } catch (error) {
      throw withAdvice(error, "abort", secretInUse(config));
    }
  }

  private async end(to: Connection, enrollment: Abortable): Promise<string | undefined> {
    const { journeyId, email, instanceId, abortReason: reason, startSentAt } = enrollment;
    const journal = await journalOf(to);
    const lost = lostAborts(journal, enrollment);
    const { abortJourney } = await client();
    const note = journal.note("abort", enrollment);
    try {
      // What Mailmodo has confirmed to an earlier run is not asked for again: it may say no to that in any words.
      const isDone = instanceId !== undefined && lost.some(({ confirmed }) => confirmed);
      const over = isDone ? undefined : await abortJourney(to, { journeyId, email, instanceId, reason, startSentAt });
      note.confirm();
      this.aborts.push(note);
      for (const one of lost) journal.forget(one);
      return over;
    } catch (error) {
      // One that may have taken effect stays noted: the state will say that the instance runs, which cannot be relied on.
      // Of an instance that was never learned it says by itself that nobody knows.
      if (instanceId === undefined || !mayHaveTakenEffect(error)) this.notes.push(note);
      throw error;
    }
  }
}

/** Loaded by the first request: with axios it is most of the package's load, and a preview sends nothing. */
const client = () => import("./mailmodo/client");

/** Tells whether an abort of an enrollment was begun by an earlier run and is not recorded: then it may not run any more. */
export async function abortsBegun(to: Connection): Promise<(enrollment: Known) => boolean> {
  const journal = await journalOf(to);
  return (enrollment) => lostAborts(journal, enrollment).length > 0;
}

/** An enrollment, and when its start was sent if nobody knows what came of it. */
type Abortable = Enrollment & Pick<AbortRequest, "startSentAt">;

type Known = Pick<Enrollment, "journeyId" | "email" | "instanceId">;

function lostAborts(journal: Journal, enrollment: Known) {
  return journal
    .lost(enrollment)
    .filter(({ call, instanceId }) => call === "abort" && instanceId === enrollment.instanceId);
}

/** What the engine was told of, or will be as soon as the operation has ended. */
const told: Note[] = [];

/** For a plugin that ends while its engine is there. */
function settleAll(): void {
  for (const note of told.splice(0)) note.over();
}

const journals = new Map<string, Promise<Journal>>();

function journalOf({ apiKey }: Connection): Promise<Journal> {
  const home = process.env["PULUMI_HOME"];
  const which = `${apiKey} ${home ?? ""}`;
  const journal = journals.get(which) ?? openHere(apiKey, home);
  journals.set(which, journal);
  return journal;
}

/** Opens the journal, and says so where it holds lost calls of this project that cannot be read. */
async function openHere(apiKey: string, home: string | undefined): Promise<Journal> {
  const isHere = (folder: string) => folder === process.cwd();
  const journal = await openJournal(apiKey, home, isHere, () => formerApiKeyOf(keySources(config)));
  const unreadable = journal.unreadable().filter(isHere).length;
  if (unreadable > 0) {
    console.log(
      `A run of this project that was killed, or failed, left notes of calls (${unreadable}) that need another API key to be read, so what became of them is not known. ` +
        "Run pulumi-mailmodo recover, which says what to do.",
    );
  }
  return journal;
}
