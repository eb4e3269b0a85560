import { createCipheriv, createDecipheriv, hkdfSync, randomBytes, randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { markOf } from "./addresses";
import { isAlive } from "./processes";

/** What of an enrollment is needed to abort it. */
export interface Enrollment {
  readonly journeyId: string;
  readonly email: string;
  readonly abortReason: string;
  readonly allowDuplicateEmail: boolean;
  /** With a start, known once Mailmodo has answered. */
  readonly instanceId?: string | undefined;
}

/** A call that a plugin noted, and that its engine cannot be known to have recorded: the plugin was killed, or the call failed half-way. */
export interface LostCall extends Enrollment {
  readonly call: Call;
  /** The folder in which the plugin ran: the program's. */
  readonly folder: string;
  /** Whether Mailmodo had answered that it was done. */
  readonly confirmed: boolean;
  readonly file: string;
  /** Of the note in its file. */
  readonly id: number;
}

type Call = "start" | "abort";

/** The first line of a file: which process wrote it. */
interface Writer {
  readonly pid: number;
  readonly host: string;
  readonly folder: string;
  readonly since: string;
}

/**
 * Any other line. What names a person is sealed: addresses are nobody's business, and a secret one must not lie on a
 * disk in clear.
 */
type Line =
  | { readonly id: number; readonly call: Call; readonly sealed: string }
  | { readonly id: number; readonly confirmed: string }
  | { readonly id: number; readonly over: true };

/**
 * Notes of starts and aborts, each written before the request leaves and over once the engine has recorded what came of
 * it. When a plugin is killed in a call, its engine forgets the call as if it had never been (measured); the note is
 * then all that is left of it. A file for each process, below Pulumi's own folder, that lines are added to; sealed with
 * the API key: only who could start the journey can read whom.
 */
export class Journal {
  /** The first seals. */
  private readonly keys: readonly Buffer[];
  private own: OwnFile | undefined;
  private dead: Dead | undefined;

  /** Where the files are. */
  readonly folder: string;

  /**
   * @param pulumiHome Pulumi's own folder. Default: the process's `PULUMI_HOME`, or `~/.pulumi`.
   * @param formerApiKeys Whose notes can be read too. Default: none.
   */
  constructor(apiKey: string, pulumiHome = process.env["PULUMI_HOME"], formerApiKeys: readonly string[] = []) {
    this.folder = path.join(pulumiHome || path.join(os.homedir(), ".pulumi"), "mailmodo-journal");
    this.keys = [apiKey, ...formerApiKeys].map((key) =>
      Buffer.from(hkdfSync("sha256", key, "", "pulumi-mailmodo journal", 32)),
    );
  }

  /** Notes a call before it is sent. */
  note(call: Call, enrollment: Enrollment): Note {
    const { journeyId, email, abortReason, allowDuplicateEmail, instanceId } = enrollment;
    const sealed = this.seal(JSON.stringify({ journeyId, email, abortReason, allowDuplicateEmail, instanceId }));
    try {
      const own = (this.own ??= new OwnFile(this.folder));
      const id = own.add({ call, sealed });
      return {
        confirm: (started = "") => own.confirm(id, this.seal(started)),
        over: () => own.over(id),
      };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new Error(
        `Could not ${call} journey ${journeyId}: it could not be noted in ${this.folder} (${code}). ` +
          "Nothing was sent. Make the folder writable, or set PULUMI_HOME to one that is.",
      );
    }
  }

  /** The lost calls for one address in one journey, or all of them. What was lost is read once. */
  lost(of?: { journeyId: string; email: string }): LostCall[] {
    const { calls } = this.readDead();
    return [...(of === undefined ? calls.values() : [calls.get(markOf(of)) ?? []])].flatMap((some) => [...some]);
  }

  /** The folders of lost calls that were noted with another API key, and cannot be read with this one. */
  unreadable(): string[] {
    return this.readDead().unreadable;
  }

  forget(call: LostCall): void {
    const { calls, openIn } = this.readDead();
    if (!calls.get(markOf(call))?.delete(call)) return;
    const left = openIn.get(call.file)! - 1;
    openIn.set(call.file, left);
    // The line before may be one that the kill cut off.
    if (left > 0) fs.appendFileSync(call.file, `\n${line({ id: call.id, over: true })}`);
    else fs.rmSync(call.file, { force: true });
  }

  /** What plugins that are gone left. One that lives sees to its own; one of another machine cannot be told. */
  private readDead(): Dead {
    const now = Date.now();
    this.dead ??= { calls: new Map(), openIn: new Map(), unreadable: [], undecided: list(this.folder), lookedAt: 0 };
    const { dead } = this;
    // One that was still at it may have ended meanwhile.
    if (dead.undecided.length === 0 || now - dead.lookedAt < LOOK_AGAIN_MS) return dead;
    dead.lookedAt = now;
    dead.undecided = dead.undecided.filter((file) => {
      const [writer, ...lines] = read(file) as [Writer?, ...Line[]];
      if (writer?.host !== os.hostname() || writer.pid === process.pid) return false;
      if (isAlive(writer.pid, "dynamic-provider")) return true;
      this.take(dead, file, writer, lines);
      return false;
    });
    return dead;
  }

  private take(dead: Dead, file: string, { folder }: Writer, lines: readonly Line[]): void {
    const open = openNotes(lines);
    dead.openIn.set(file, open.size);
    for (const [id, { call, sealed, confirmed }] of open) {
      const text = this.open(sealed);
      if (text === undefined) {
        dead.unreadable.push(folder);
        continue;
      }
      const started = call === "start" && confirmed !== undefined ? this.open(confirmed) : undefined;
      const lost: LostCall = {
        ...(JSON.parse(text) as Enrollment),
        ...(started === undefined ? {} : { instanceId: started }),
        ...{ call, confirmed: confirmed !== undefined, folder, file, id },
      };
      const same = dead.calls.get(markOf(lost)) ?? new Set();
      dead.calls.set(markOf(lost), same.add(lost));
    }
  }

  private seal(text: string): string {
    const iv = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", this.keys[0]!, iv);
    const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString("base64");
  }

  private open(sealed: string): string | undefined {
    const bytes = Buffer.from(sealed, "base64");
    for (const key of this.keys) {
      try {
        const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, 12), { authTagLength: 16 });
        decipher.setAuthTag(bytes.subarray(12, 28));
        return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString("utf8");
      } catch {
        // Sealed with another key.
      }
    }
    return undefined;
  }
}

/**
 * The journal of the key. Where notes of a folder were sealed with another one, the key before a rotation is asked for.
 *
 * @param isHere Whether a folder's lost calls matter to who asks.
 */
export async function openJournal(
  apiKey: string,
  pulumiHome: string | undefined,
  isHere: (folder: string) => boolean,
  formerApiKey: () => Promise<string | undefined>,
): Promise<Journal> {
  const journal = new Journal(apiKey, pulumiHome);
  const former = journal.unreadable().some(isHere) ? await formerApiKey() : undefined;
  return former === undefined ? journal : new Journal(apiKey, pulumiHome, [former]);
}

/** One call that was noted. */
export interface Note {
  /** Mailmodo said that it is done; of a start, which instance it started. */
  confirm(instanceId?: string): void;
  /** Nothing came of the call, or the engine has recorded what did. */
  over(): void;
}

interface Dead {
  /** The lost calls, by address and journey. */
  readonly calls: Map<string, Set<LostCall>>;
  /** How many calls of a file are not over. */
  readonly openIn: Map<string, number>;
  /** The folders of calls that another key is needed for. */
  readonly unreadable: string[];
  /** Files of plugins that lived when they were looked at. */
  undecided: string[];
  lookedAt: number;
}

const LOOK_AGAIN_MS = 1_000;

/** The calls of a file that are not over. */
function openNotes(lines: readonly Line[]): Map<number, { call: Call; sealed: string; confirmed?: string }> {
  const open = new Map<number, { call: Call; sealed: string; confirmed?: string }>();
  for (const line of lines) {
    const noted = open.get(line.id);
    if ("call" in line) open.set(line.id, line);
    else if ("over" in line) open.delete(line.id);
    else if (noted !== undefined) open.set(line.id, { ...noted, confirmed: line.confirmed });
  }
  return open;
}

/** What this process noted. The file is there while one of its calls is not over. */
class OwnFile {
  private readonly file: string;
  private descriptor: number | undefined;
  private readonly open = new Set<number>();
  private ids = 0;

  constructor(private readonly folder: string) {
    this.file = path.join(folder, `${randomUUID()}.jsonl`);
  }

  add(noted: { call: Call; sealed: string }): number {
    const id = (this.ids += 1);
    if (this.descriptor === undefined) {
      fs.mkdirSync(this.folder, { recursive: true, mode: 0o700 });
      const since = new Date().toISOString();
      const writer: Writer = { pid: process.pid, host: os.hostname(), folder: process.cwd(), since };
      fs.writeFileSync(this.file, line(writer), { mode: 0o600 });
      this.descriptor = fs.openSync(this.file, "a", 0o600);
    }
    this.write({ id, ...noted });
    this.open.add(id);
    return id;
  }

  confirm(id: number, confirmed: string): void {
    try {
      this.write({ id, confirmed });
    } catch {
      // The note without the instance still stands, and the start must be recorded whatever happens here.
    }
  }

  over(id: number): void {
    if (!this.open.delete(id)) return;
    try {
      if (this.open.size > 0) return this.write({ id, over: true });
      fs.closeSync(this.descriptor!);
      this.descriptor = undefined;
      fs.rmSync(this.file, { force: true });
    } catch {
      // A note too many costs an abort of what is over; it must not fail what went well.
    }
  }

  private write(content: Line): void {
    fs.writeSync(this.descriptor!, line(content));
  }
}

function line(content: Writer | Line): string {
  return `${JSON.stringify(content)}\n`;
}

function list(folder: string): string[] {
  try {
    return fs
      .readdirSync(folder)
      .filter((name) => name.endsWith(".jsonl"))
      .map((name) => path.join(folder, name));
  } catch {
    return [];
  }
}

/** A file's lines, but for one that a kill cut off; none where it was taken away meanwhile. */
function read(file: string): object[] {
  try {
    return fs
      .readFileSync(file, "utf8")
      .split("\n")
      .flatMap((text) => {
        try {
          return [JSON.parse(text) as object];
        } catch {
          return [];
        }
      });
  } catch {
    return [];
  }
}
