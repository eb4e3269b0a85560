import * as fs from "node:fs";
import * as path from "node:path";
import type { DatabaseSync } from "node:sqlite";

/** The store's file could not be used, written or read. The message is one line. */
export class StoreError extends Error {}

/** Marks the file as a sandbox's, in SQLite's header. */
const APPLICATION_ID = 0x6d6d_7362;

/** `dropped` has the highest numbers whose rows were dropped: no number is given again. */
const SCHEMA_1 = `
  CREATE TABLE instances (number INTEGER PRIMARY KEY, record TEXT NOT NULL) STRICT;
  CREATE TABLE mails (number INTEGER PRIMARY KEY, record TEXT NOT NULL) STRICT;
  CREATE TABLE lateCalls (number INTEGER PRIMARY KEY, record TEXT NOT NULL) STRICT;
  CREATE TABLE dropped (name TEXT PRIMARY KEY, number INTEGER NOT NULL) STRICT;
  CREATE TABLE clock (id INTEGER PRIMARY KEY, aheadMs REAL NOT NULL) STRICT;
  PRAGMA application_id = ${APPLICATION_ID};
`;
const SCHEMA_2 = `
  CREATE TABLE contacts (number INTEGER PRIMARY KEY, record TEXT NOT NULL) STRICT;
  CREATE TABLE lists (number INTEGER PRIMARY KEY, record TEXT NOT NULL) STRICT;
`;
/** What each version added to the one before it. */
const SCHEMAS = [SCHEMA_1, SCHEMA_2];
const SCHEMA_VERSION = SCHEMAS.length;

/**
 * Opens a store's file, or makes a new one, for this process alone.
 *
 * @throws {StoreError} It is not a store's, or something else has it, or it cannot be written.
 */
export function openFile(file: string): DatabaseSync {
  checkPath(file);
  const { DatabaseSync } = loadSqlite();
  let database: DatabaseSync | undefined;
  try {
    // As a path, because SQLite has names of its own, such as ":memory:".
    database = new DatabaseSync(path.resolve(file));
    // Exclusive first: then the log of writes needs no shared memory, and the lock goes with the process.
    database.exec("PRAGMA locking_mode = EXCLUSIVE");
    const version = versionOf(database, file);
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
    const added = SCHEMAS.slice(version).join("");
    database.exec(`BEGIN IMMEDIATE; ${added} PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
    return database;
  } catch (error) {
    database?.close();
    throw storeError(file, error, "open");
  }
}

/** SQLite says less of these. */
function checkPath(file: string): void {
  const stats = fs.statSync(file, { throwIfNoEntry: false });
  if (stats === undefined) return;
  if (stats.isDirectory()) throw new StoreError(`Could not open the store ${file}: it is a directory. Name a file.`);
  try {
    fs.accessSync(file, fs.constants.R_OK | fs.constants.W_OK);
  } catch (error) {
    throw new StoreError(`Could not open the store ${file}: ${REASONS[8]}`, { cause: error });
  }
}

/** An error of SQLite's as one line: what failed on which file, why, and what to do. */
export function storeError(file: string, error: unknown, verb: "open" | "read" | "write"): StoreError {
  if (error instanceof StoreError) return error;
  const { errcode, message } = error as Error & { errcode?: number };
  const isDamaged = error instanceof SyntaxError || /^no such (table|column)/.test(message);
  const why = (isDamaged ? REASONS[11] : REASONS[(errcode ?? 0) & 0xff]) ?? `${message.replace(/\s+/g, " ")}.`;
  return new StoreError(`Could not ${verb} the store ${file}: ${why}`, { cause: error });
}

/** By SQLite's result codes. */
const REASONS: Readonly<Record<number, string>> = {
  5: "another sandbox or process uses it. Stop that one, or name another file.",
  8: "it cannot be written. Allow it, or name another file.",
  11: "it is damaged. Remove it with its -wal and -shm files and put back a copy, or name another file.",
  13: "the disk is full. Free some space; nothing was changed.",
  14: "it cannot be opened or made. Check that its folder is there and can be written.",
  26: "it is not a store of a sandbox. Name another file.",
};

/** The version of the file's schema. 0: the file is new. */
function versionOf(database: DatabaseSync, file: string): number {
  const pragma = (name: string) => Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
  const [id, version] = [pragma("application_id"), pragma("user_version")];
  const isEmpty = database.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get() === undefined;
  if (id === 0 && version === 0 && isEmpty) return 0;
  if (id !== APPLICATION_ID) {
    throw new StoreError(`Could not open the store ${file}: it is not a store of a sandbox. Name another file.`);
  }
  if (version > SCHEMA_VERSION) {
    throw new StoreError(
      `Could not open the store ${file}: a newer version of mailmodo-sandbox wrote it. Use that version, or name another file.`,
    );
  }
  return version;
}

/** Node.js warns once that its SQLite is new, which no user of the sandbox can do anything about. */
function loadSqlite(): typeof import("node:sqlite") {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => undefined;
  try {
    return process.getBuiltinModule("node:sqlite");
  } catch {
    throw new StoreError("A store needs Node.js 22.13 or later. Update it, or leave the store out.");
  } finally {
    process.emitWarning = emitWarning;
  }
}
