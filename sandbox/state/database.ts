import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Mail } from "../mail/mail";
import type { Effect, Keeper, Kept, LateCall } from "./effects";
import type { Instance } from "./instance";
import { openFile, storeError } from "./openFile";

/**
 * Keeps the sandbox's data in a file of SQLite, by the SQLite that is part of Node.js: nothing is built or downloaded, and
 * a commit is over in microseconds, so that each answer can wait for its own.
 *
 * A commit survives a kill of the process. That it also survives a loss of power would need a sync of the disk for each
 * answer, which a stand-in is not worth.
 */
export class Database implements Keeper {
  private readonly database: DatabaseSync;
  private readonly statements: Readonly<Record<string, StatementSync>>;

  /** @throws {StoreError} The file cannot be used. The message is one line. */
  constructor(readonly file: string) {
    this.database = openFile(file);
    this.statements = Object.fromEntries(
      Object.entries(STATEMENTS).map(([name, sql]) => [name, this.database.prepare(sql)]),
    );
  }

  write(effects: readonly Effect[]): void {
    try {
      if (effects.length === 1) return effects.forEach((effect) => this.writeOne(effect));
      this.run("begin");
      for (const effect of effects) this.writeOne(effect);
      this.run("commit");
    } catch (error) {
      // SQLite has already rolled back by itself where the disk is full.
      if (this.database.isTransaction) this.run("rollback");
      throw storeError(this.file, error, "write");
    }
  }

  read(): Kept {
    try {
      const records = <T>(table: string) =>
        this.database
          .prepare(`SELECT record FROM ${table} ORDER BY number`)
          .all()
          .map(({ record }) => JSON.parse(String(record)) as T);
      const lasts = this.database.prepare("SELECT name, seq FROM sqlite_sequence").all();
      const last = (table: string) => Number(lasts.find(({ name }) => name === table)?.["seq"] ?? 0);
      return {
        aheadMs: Number(this.database.prepare("SELECT aheadMs FROM clock").get()?.["aheadMs"] ?? 0),
        instances: records<Instance>("instances"),
        mails: records<Mail>("mails"),
        late: records<LateCall>("lateCalls"),
        last: { instance: last("instances"), mail: last("mails"), late: last("lateCalls") },
      };
    } catch (error) {
      throw storeError(this.file, error, "read");
    }
  }

  close(): void {
    this.database.close();
  }

  private writeOne(effect: Effect): void {
    if ("instance" in effect) this.run("putInstance", effect.instance.number, JSON.stringify(effect.instance));
    else if ("mail" in effect) this.run("putMail", effect.mail.id, JSON.stringify(effect.mail));
    else if ("late" in effect) this.run("putLate", effect.late.id, JSON.stringify(effect.late));
    else if ("lateDone" in effect) this.run("dropLate", effect.lateDone.id);
    else if ("aheadMs" in effect) this.run("moveClock", effect.aheadMs);
    else if ("droppedInstance" in effect) this.run("dropInstance", effect.droppedInstance);
    else if ("droppedMail" in effect) this.run("dropMail", effect.droppedMail);
    else for (const table of [...TABLES, "sqlite_sequence"]) this.database.exec(`DELETE FROM ${table}`);
  }

  private run(name: keyof typeof STATEMENTS, ...values: (number | string)[]): void {
    this.statements[name]?.run(...values);
  }
}

const TABLES = ["instances", "mails", "lateCalls"];

const put = (table: string) =>
  `INSERT INTO ${table} (number, record) VALUES (?, ?) ON CONFLICT (number) DO UPDATE SET record = excluded.record`;

const STATEMENTS = {
  begin: "BEGIN IMMEDIATE",
  commit: "COMMIT",
  rollback: "ROLLBACK",
  putInstance: put("instances"),
  putMail: put("mails"),
  putLate: put("lateCalls"),
  dropInstance: "DELETE FROM instances WHERE number = ?",
  dropMail: "DELETE FROM mails WHERE number = ?",
  dropLate: "DELETE FROM lateCalls WHERE number = ?",
  moveClock: "INSERT OR REPLACE INTO clock (id, aheadMs) VALUES (1, ?)",
};
