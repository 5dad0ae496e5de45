import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { PipitError } from "@pipit/core";
import type { SqlDatabase, SqlRow, SqlStatement } from "./sql-database.ts";
import { prepareDatabase } from "./sql-schema.ts";
import { Turns } from "./turns.ts";

/**
 * Node's own SQLite. WAL with synchronous FULL: a transaction that returned survives kill -9 and a power cut. The lock on
 * the file is exclusive and the operating system gives it back when the process dies, so that turns inside the process are enough.
 */
const PRAGMAS = "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;";

/** Opens the file, or makes it. Fails with `storage-blocked` while another process holds it. */
export async function openSqlite(path: string): Promise<SqlDatabase> {
  const database = translated(path, () => {
    const opened = new DatabaseSync(path);
    opened.exec(PRAGMAS);
    return opened;
  });
  const opened = new Sqlite(path, database);
  try {
    await prepareDatabase(opened);
    return opened;
  } catch (error) {
    await opened.close();
    throw error;
  }
}

class Sqlite implements SqlDatabase {
  private readonly path: string;
  private readonly database: DatabaseSync;
  private readonly statements = new Map<string, ReturnType<DatabaseSync["prepare"]>>();
  private readonly turns = new Turns();

  constructor(path: string, database: DatabaseSync) {
    this.path = path;
    this.database = database;
  }

  async batch(statements: readonly SqlStatement[]): Promise<SqlRow[][]> {
    return translated(this.path, () =>
      statements.length === 1 ? [this.run(statements[0]!)] : this.transaction(statements),
    );
  }

  exclusively<T>(key: string, work: (lease: null) => Promise<T>): Promise<T> {
    return this.turns.take(key, () => work(null));
  }

  async close(): Promise<void> {
    await this.turns.ended();
    this.statements.clear();
    if (this.database.isOpen) this.database.close();
  }

  private transaction(statements: readonly SqlStatement[]): SqlRow[][] {
    this.database.exec("BEGIN IMMEDIATE");
    try {
      const answers = statements.map((statement) => this.run(statement));
      this.database.exec("COMMIT");
      return answers;
    } catch (error) {
      if (this.database.isTransaction) this.database.exec("ROLLBACK");
      throw error;
    }
  }

  private run({ sql, values }: SqlStatement): SqlRow[] {
    let statement = this.statements.get(sql);
    if (!statement) {
      statement = this.database.prepare(sql);
      this.statements.set(sql, statement);
    }
    return statement.all(...(values as SQLInputValue[])) as SqlRow[];
  }
}

function translated<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw storageError(path, cause);
  }
}

const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_FULL = 13;

function storageError(path: string, cause: unknown): PipitError {
  const code = (cause as { errcode?: number }).errcode;
  const message = cause instanceof Error ? cause.message : String(cause);
  if (code === SQLITE_FULL) {
    return new PipitError("storage-full", {
      got: `no room for the write in ${path}`,
      expected: "free space on the disk",
      do: "Free some space and send the write again; nothing of it was stored.",
      cause,
    });
  }
  if (code === SQLITE_BUSY || code === SQLITE_LOCKED) {
    return new PipitError("storage-blocked", {
      got: `${path}, which another process holds`,
      expected: "one server for one data folder",
      do: "Stop the other server, or set PIPIT_DATA to another folder.",
      cause,
    });
  }
  if (message.includes("not open")) {
    return new PipitError("closed", {
      got: "a call to a closed database",
      expected: "an open one",
      do: "Open it again.",
    });
  }
  return new PipitError("storage-failed", {
    got: `"${message}" from ${path}`,
    expected: "the database to answer",
    do: "Check the disk and the file's permissions; what was acknowledged before is still there.",
    cause,
  });
}
