import * as fs from "node:fs";
import { addressKey, mailboxKey } from "../model/addresses";
import type { ProcessIdentity } from "../processes/processIdentity";
import { isFromThisRun, stackOf, type RunOfStack } from "./otherRuns";
import { noteFiles, readRun, type RunFile } from "./runFile";
import type { Sealing } from "./sealing";
import { belongsTo, isSibling, type StackIdentity } from "./stackIdentity";
import { unsealNotes, type UnsettledCall } from "./unsealedNotes";
import { livenessOfRun, MAX_IN_FLIGHT_MS, REFRESH_EVERY_MS } from "./unsettledCalls";

/** An abort by address of another stack that may end what is started next. */
export interface AbortOfOther extends UnsettledCall {
  /** Whether its run may be waiting for the answer. */
  readonly isInFlight: boolean;
}

/** A call about a contact by a stack of the same project. */
export interface ContactCallOfOther extends UnsettledCall {
  /** The short name of that stack. */
  readonly ofStack: string;
}

/** Whose notes are not those of others. */
export interface Own {
  readonly folder: string;
  readonly stack: StackIdentity;
  /** The engine of the current run. Default: there is none. */
  readonly engine?: ProcessIdentity | undefined;
}

/**
 * The unfinished notes of other stacks, on this machine. Their runs may begin and go on beside this one, so the folder is
 * looked at again and again. Only files that have changed are read again.
 */
export class NotesOfOthers {
  private files = new Map<string, FileOfOther>();
  /** The files of the own stack. They grow with each request of this run, and are never read again. */
  private readonly ofOwnStack = new Set<string>();
  private nextLookAt = -Infinity;

  constructor(
    private readonly own: Own,
    private readonly sealing: Sealing,
  ) {}

  /**
   * The aborts by address whose answers may have been lost, for one address in one journey. Of stacks of any project and
   * backend: what the API key can decrypt is about the same Mailmodo.
   */
  abortsOf(enrollment: { journeyId: string; email: string }): AbortOfOther[] {
    const key = addressKey(enrollment);
    return this.notedOf(enrollment.email)
      .filter(({ call }) => call.abortSentAt !== undefined && addressKey(call) === key)
      .map(({ call, run }) => ({ ...call, isInFlight: isInFlight(call, run) }));
  }

  /**
   * The starts of a mailbox in any journey, and the adds of it, whose results no state may show yet. Of the project's other
   * stacks, in the same backend and organization: those that can be recovered from here.
   */
  startsAndAddsOf(email: string): ContactCallOfOther[] {
    return this.notedOf(email)
      .filter(({ call: { kind } }) => kind === "start" || kind === "add")
      .flatMap(({ call, run: { stack } }) =>
        isSibling(stack, this.own.stack) ? { ...call, ofStack: stack.stack! } : [],
      );
  }

  private notedOf(email: string): readonly Noted[] {
    const mailbox = mailboxKey(email);
    return this.look().flatMap(({ noted }) => noted.get(mailbox) ?? []);
  }

  /** Looking takes at most a tenth of the time, however much the others write. */
  private look(): FileOfOther[] {
    const began = performance.now();
    if (began >= this.nextLookAt) {
      const files = filesIn(this.own.folder).filter((file) => !this.ofOwnStack.has(file));
      this.files = new Map(files.map((file) => [file, this.read(file)]));
      const ended = performance.now();
      this.nextLookAt = ended + Math.max(REFRESH_EVERY_MS, 9 * (ended - began));
    }
    return [...this.files.values()];
  }

  private read(file: string): FileOfOther {
    try {
      const { ino, size, mtimeMs } = fs.statSync(file);
      const version = [ino, size, mtimeMs].join(" ");
      const known = this.files.get(file);
      return known?.version === version ? known : { version, noted: this.notedIn(readRun(file)) };
    } catch {
      // The others have removed it, or the journal has warned that it cannot be read.
      return { version: "", noted: new Map() };
    }
  }

  private notedIn(run: RunFile): FileOfOther["noted"] {
    const noted = new Map<string, Noted[]>();
    const stack = stackOf(run, this.sealing);
    const isOwn = run.header !== undefined && isFromThisRun(run.header, this.own.engine);
    if (isOwn || stack === undefined || belongsTo(stack, this.own.stack)) {
      if (run.header !== undefined) this.ofOwnStack.add(run.file);
      return noted;
    }
    const ofStack = { ...run, notes: [], stack };
    for (const { call } of unsealNotes(run, this.sealing).unsealed) {
      const key = mailboxKey(call.email);
      noted.set(key, [...(noted.get(key) ?? []), { call, run: ofStack }]);
    }
    return noted;
  }
}

/** A call, and the run that has noted it. */
interface Noted {
  readonly call: UnsettledCall;
  /** Without its notes. */
  readonly run: RunOfStack;
}

/** What was read of a file. */
interface FileOfOther {
  /** Differs once the file has changed. */
  readonly version: string;
  /** By mailbox. Empty if the notes are not of others. */
  readonly noted: ReadonlyMap<string, readonly Noted[]>;
}

/** None in a folder that does not exist, or of which the journal has warned that it cannot be read. */
function filesIn(folder: string): string[] {
  try {
    return noteFiles(folder);
  } catch {
    return [];
  }
}

function isInFlight({ confirmed, abortSentAt = 0 }: UnsettledCall, run: RunOfStack): boolean {
  if (confirmed || Date.now() - abortSentAt >= MAX_IN_FLIGHT_MS) return false;
  return livenessOfRun(run) === "alive";
}
