import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { engineIsGone } from "./plugin";
import { isAlive } from "./processes";

/** What of an enrollment is needed to abort it. */
export interface Enrollment {
  readonly journeyId: string;
  readonly email: string;
  readonly abortReason: string;
  readonly allowDuplicateEmail: boolean;
  /** With a start, known once Mailmodo has answered. */
  readonly instanceId?: string;
}

/** A call that a plugin noted and was killed before its engine can be known to have recorded it. */
export interface LostCall extends Enrollment {
  readonly call: Call;
  readonly file: string;
  /** The folder in which the plugin ran: the program's. */
  readonly folder: string;
}

type Call = "start" | "abort";

interface Note {
  readonly pid: number;
  readonly host: string;
  readonly folder: string;
  readonly notedAt: string;
  readonly call: Call;
  /** The call itself, encrypted: addresses are nobody's business, and a secret one must not lie on a disk in clear. */
  readonly sealed: string;
}

/** How long after an answer the engine has surely written its state. */
const SETTLED_AFTER_MS = 2_000;

/**
 * Notes of starts and aborts, each written before the request leaves and taken away once the engine has had time to
 * record what came of it. When a plugin is killed in a call, its engine forgets the call as if it had never been
 * (measured); the note is then all that is left of it. A file for each, below Pulumi's own folder, sealed with the API
 * key: only who could start the journey can read whom.
 */
export class Journal {
  private readonly key: Buffer;

  /** Where the notes are. */
  readonly folder: string;

  /** @param pulumiHome Pulumi's own folder. Default: the process's `PULUMI_HOME`, or `~/.pulumi`. */
  constructor(apiKey: string, pulumiHome = process.env["PULUMI_HOME"]) {
    this.folder = path.join(pulumiHome || path.join(os.homedir(), ".pulumi"), "mailmodo-journal");
    this.key = Buffer.from(hkdfSync("sha256", apiKey, "", "pulumi-mailmodo journal", 32));
  }

  /** Notes a call before it is sent. */
  note(call: Call, enrollment: Enrollment): { confirm(instanceId: string): void; settle(): void; drop(): void } {
    const file = path.join(this.folder, `${this.mark(enrollment)}-${randomUUID()}.json`);
    const write = (known: Enrollment) => {
      const note: Note = {
        pid: process.pid,
        host: os.hostname(),
        folder: process.cwd(),
        notedAt: new Date().toISOString(),
        call,
        sealed: this.seal(known),
      };
      // Renamed, so that a kill leaves the old note or the new one.
      fs.writeFileSync(`${file}.new`, JSON.stringify(note), { mode: 0o600 });
      fs.renameSync(`${file}.new`, file);
    };
    try {
      fs.mkdirSync(this.folder, { recursive: true, mode: 0o700 });
      write(enrollment);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new Error(
        `Could not ${call} journey ${enrollment.journeyId}: it could not be noted in ${this.folder} (${code}). ` +
          "Nothing was sent. Make the folder writable, or set PULUMI_HOME to one that is.",
      );
    }
    const drop = () => {
      settling.delete(drop);
      fs.rmSync(file, { force: true });
    };
    return {
      confirm(instanceId) {
        try {
          write({ ...enrollment, instanceId });
        } catch {
          // The note without the id still stands, and the start must be recorded whatever happens here.
        }
      },
      settle() {
        settling.add(drop);
        // Without its engine nobody has recorded the answer, and the note is needed.
        setTimeout(() => void engineIsGone().then((gone) => gone || drop()), SETTLED_AFTER_MS).unref();
      },
      drop,
    };
  }

  /** The lost calls for one address in one journey, or all of them. */
  lost(of?: { journeyId: string; email: string }): LostCall[] {
    const prefix = of === undefined ? "" : this.mark(of);
    return this.notesOfTheDead(prefix).flatMap(({ file, note }) => {
      const enrollment = this.open(note.sealed);
      return enrollment === undefined ? [] : [{ ...enrollment, call: note.call, file, folder: note.folder }];
    });
  }

  /** The folders of lost calls that were noted with another API key, and cannot be read with this one. */
  unreadable(): string[] {
    return this.notesOfTheDead("")
      .filter(({ note }) => this.open(note.sealed) === undefined)
      .map(({ note }) => note.folder);
  }

  forget(call: LostCall): void {
    fs.rmSync(call.file, { force: true });
  }

  /** The notes of plugins that are gone. One that lives sees to its own; one of another machine cannot be told. */
  private notesOfTheDead(prefix: string): { file: string; note: Note }[] {
    return list(this.folder)
      .filter((name) => name.startsWith(prefix) && name.endsWith(".json"))
      .map((name) => ({ file: path.join(this.folder, name), note: read(path.join(this.folder, name)) }))
      .filter((noted): noted is { file: string; note: Note } => {
        const { note } = noted;
        if (note === undefined || note.host !== os.hostname() || note.pid === process.pid) return false;
        return !isAlive(note.pid, "dynamic-provider");
      });
  }

  private mark({ journeyId, email }: { journeyId: string; email: string }): string {
    return createHmac("sha256", this.key).update(`${journeyId} ${email.toLowerCase()}`).digest("hex").slice(0, 32);
  }

  private seal({ journeyId, email, abortReason, allowDuplicateEmail, instanceId }: Enrollment): string {
    const text = JSON.stringify({ journeyId, email, abortReason, allowDuplicateEmail, instanceId });
    const iv = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", this.key, iv);
    const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString("base64");
  }

  private open(sealed: string): Enrollment | undefined {
    const bytes = Buffer.from(sealed, "base64");
    try {
      const decipher = createDecipheriv("aes-256-gcm", this.key, bytes.subarray(0, 12), { authTagLength: 16 });
      decipher.setAuthTag(bytes.subarray(12, 28));
      const text = Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]);
      return JSON.parse(text.toString("utf8")) as Enrollment;
    } catch {
      return undefined;
    }
  }
}

const settling = new Set<() => void>();

/** Takes away the notes of starts that the engine was told of: for a plugin that ends while its engine is there. */
export function settleAll(): void {
  for (const drop of [...settling]) drop();
}

function list(folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch {
    return [];
  }
}

/** A note, or nothing where it was taken away meanwhile. */
function read(file: string): Note | undefined {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8")) as Note;
  } catch {
    return undefined;
  }
}
