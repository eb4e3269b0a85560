import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Mail } from "../mail/mail";
import type { Contact, ContactList } from "./contact";
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
class Database implements Keeper {
  private readonly database: DatabaseSync;
  private readonly statements: Readonly<Record<string, StatementSync>>;

  /** @throws {StoreError} The file cannot be used. The message is one line. */
  constructor(readonly file: string) {
    this.database = openFile(file);
    try {
      this.statements = Object.fromEntries(
        Object.entries(STATEMENTS).map(([name, sql]) => [name, this.database.prepare(sql)]),
      );
    } catch (error) {
      this.database.close();
      throw storeError(file, error, "open");
    }
  }

  write(effects: readonly Effect[]): void {
    try {
      if (effects.length === 1 && !effects.some((effect) => "reset" in effect))
        return effects.forEach((effect) => this.writeOne(effect));
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
          .map(({ record }) => parsed(String(record)) as T);
      const last = (table: string) => {
        const numbers = `SELECT number FROM ${table} UNION SELECT number FROM dropped WHERE name = '${table}'`;
        return Number(this.database.prepare(`SELECT max(number) AS last FROM (${numbers})`).get()?.["last"] ?? 0);
      };
      return {
        aheadMs: Number(this.database.prepare("SELECT aheadMs FROM clock").get()?.["aheadMs"] ?? 0),
        instances: records<Instance>("instances"),
        mails: records<Mail>("mails"),
        contacts: records<Contact>("contacts"),
        lists: records<ContactList>("lists"),
        late: records<LateCall>("lateCalls"),
        last: {
          instance: last("instances"),
          mail: last("mails"),
          contact: last("contacts"),
          late: last("lateCalls"),
        },
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
    else if ("contact" in effect) this.run("putContact", effect.contact.number, JSON.stringify(effect.contact));
    else if ("list" in effect) this.run("putList", effect.list.number, JSON.stringify(effect.list));
    else if ("late" in effect) this.run("putLate", effect.late.id, JSON.stringify(effect.late));
    else if ("lateDone" in effect) this.run("dropLate", effect.lateDone.id);
    else if ("aheadMs" in effect) this.run("moveClock", effect.aheadMs);
    else if ("droppedInstance" in effect) this.drop("instances", "dropInstance", effect.droppedInstance);
    else if ("droppedMail" in effect) this.drop("mails", "dropMail", effect.droppedMail);
    else if ("droppedContact" in effect) this.drop("contacts", "dropContact", effect.droppedContact);
    else for (const table of TABLES) this.database.exec(`DELETE FROM ${table}`);
  }

  private drop(table: string, statement: keyof typeof STATEMENTS, number: number): void {
    this.run(statement, number);
    this.run("noteDropped", table, number);
  }

  private run(name: keyof typeof STATEMENTS, ...values: (number | string)[]): void {
    this.statements[name]?.run(...values);
  }
}

/**
 * Opens a store's file for what is made with it. If that cannot be made, the file is free again.
 *
 * @param file Undefined: there is none.
 */
export function withDatabase<T>(file: string | undefined, make: (keeper: Keeper | undefined) => T): T {
  const keeper = file === undefined ? undefined : new Database(file);
  try {
    return make(keeper);
  } catch (error) {
    keeper?.close();
    throw error;
  }
}

function parsed(record: string): object {
  const value: unknown = JSON.parse(record);
  if (typeof value === "object" && value !== null) return value;
  throw new SyntaxError("It is no object");
}

const TABLES = ["instances", "mails", "contacts", "lists", "lateCalls", "dropped"];

const put = (table: string) =>
  `INSERT INTO ${table} (number, record) VALUES (?, ?) ON CONFLICT (number) DO UPDATE SET record = excluded.record`;

const STATEMENTS = {
  begin: "BEGIN IMMEDIATE",
  commit: "COMMIT",
  rollback: "ROLLBACK",
  putInstance: put("instances"),
  putMail: put("mails"),
  putContact: put("contacts"),
  putList: put("lists"),
  putLate: put("lateCalls"),
  dropInstance: "DELETE FROM instances WHERE number = ?",
  dropMail: "DELETE FROM mails WHERE number = ?",
  dropContact: "DELETE FROM contacts WHERE number = ?",
  dropLate: "DELETE FROM lateCalls WHERE number = ?",
  noteDropped:
    "INSERT INTO dropped (name, number) VALUES (?, ?) " +
    "ON CONFLICT (name) DO UPDATE SET number = max(number, excluded.number)",
  moveClock: "INSERT OR REPLACE INTO clock (id, aheadMs) VALUES (1, ?)",
};
