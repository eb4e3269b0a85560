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
    const [key, mailbox] = [addressKey(enrollment), mailboxKey(enrollment.email)];
    return this.look().flatMap(({ run, calls }) =>
      (calls.get(mailbox) ?? [])
        .filter((call) => call.abortSentAt !== undefined && addressKey(call) === key)
        .map((call) => ({ ...call, isInFlight: isInFlight(call, run) })),
    );
  }

  /**
   * The starts of a mailbox in any journey, and the adds of it, whose results no state may show yet. Of the project's other
   * stacks, in the same backend and organization: those that can be recovered from here.
   */
  startsAndAddsOf(email: string): ContactCallOfOther[] {
    const mailbox = mailboxKey(email);
    return this.look().flatMap(({ run, calls }) =>
      (calls.get(mailbox) ?? [])
        .filter(({ kind }) => kind === "start" || kind === "add")
        .flatMap((call) => (isSibling(run!.stack, this.own.stack) ? { ...call, ofStack: run!.stack.stack! } : [])),
    );
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
      return known?.version === version ? known : { version, ...this.callsIn(readRun(file)) };
    } catch {
      // The others have removed it, or the journal has warned that it cannot be read.
      return { version: "", run: undefined, calls: new Map() };
    }
  }

  private callsIn(run: RunFile): Omit<FileOfOther, "version"> {
    const calls = new Map<string, UnsettledCall[]>();
    const stack = stackOf(run, this.sealing);
    const isOwn = run.header !== undefined && isFromThisRun(run.header, this.own.engine);
    if (isOwn || stack === undefined || belongsTo(stack, this.own.stack)) {
      if (run.header !== undefined) this.ofOwnStack.add(run.file);
      return { run: undefined, calls };
    }
    for (const { call } of unsealNotes(run, this.sealing).unsealed) {
      const key = mailboxKey(call.email);
      calls.set(key, [...(calls.get(key) ?? []), call]);
    }
    return { run: { ...run, notes: [], stack }, calls };
  }
}

/** What was read of a file. */
interface FileOfOther {
  /** Differs once the file has changed. */
  readonly version: string;
  /** Undefined if its notes are not of others. */
  readonly run: RunOfStack | undefined;
  /** By mailbox. */
  readonly calls: ReadonlyMap<string, readonly UnsettledCall[]>;
}

/** None in a folder that does not exist, or of which the journal has warned that it cannot be read. */
function filesIn(folder: string): string[] {
  try {
    return noteFiles(folder);
  } catch {
    return [];
  }
}

function isInFlight({ confirmed, abortSentAt = 0 }: UnsettledCall, run: RunFile | undefined): boolean {
  if (confirmed || run === undefined || Date.now() - abortSentAt >= MAX_IN_FLIGHT_MS) return false;
  return livenessOfRun(run) === "alive";
}
