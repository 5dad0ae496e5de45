import { existsSync, statSync } from "node:fs";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { KeyedTurns } from "@pipit/core";
import { type SqlDatabase, type SqlRow, type SqlStatement, sql } from "../../sql/sql-database.ts";
import { prepareDatabase } from "../../sql/sql-schema.ts";
import { DiskReserve } from "./disk-reserve.ts";
import { assertNotEmptied, assertUnused, logOf } from "./emptied-file.ts";
import { displaced, mayBeFull, storageError } from "./sqlite-error.ts";

/**
 * Node's SQLite. WAL with synchronous FULL: a committed transaction survives kill -9 and a power cut. The lock on the file is exclusive,
 * and the operating system releases it when the process ends, so that turns within the process suffice.
 */
const PRAGMAS = "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;";

/**
 * Opens or makes the file. Fails with `storage-blocked` while another process holds it, and with `storage-failed` if it is damaged.
 * Damage that opening does not detect fails the call that reads it.
 */
export async function openSqlite(path: string): Promise<SqlDatabase> {
  await assertNotEmptied(path);
  const wasThere = existsSync(path);
  const database = translated(path, () => {
    const opened = new DatabaseSync(path);
    opened.exec(PRAGMAS);
    return opened;
  });
  const opened = new Sqlite(path, database);
  try {
    if (wasThere && (await opened.hasNoTables())) await assertUnused(path);
    await prepareDatabase(opened);
    opened.watchFiles();
    return opened;
  } catch (error) {
    await opened.close();
    throw error;
  }
}

class Sqlite implements SqlDatabase {
  readonly #path: string;
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, ReturnType<DatabaseSync["prepare"]>>();
  readonly #turns = new KeyedTurns();
  readonly #reserve: DiskReserve | undefined;
  /** The inodes of the files when they were opened, by path. */
  readonly #inodes = new Map<string, number>();

  constructor(path: string, database: DatabaseSync) {
    this.#path = path;
    this.#database = database;
    this.#reserve = path === ":memory:" ? undefined : new DiskReserve(`${path}-reserve`);
  }

  async hasNoTables(): Promise<boolean> {
    const [tables = []] = await this.batch([sql("SELECT 1 FROM sqlite_master LIMIT 1")]);
    return tables.length === 0;
  }

  /** Called when SQLite has opened both files, which it keeps open. */
  watchFiles(): void {
    if (this.#path === ":memory:") return;
    for (const file of [this.#path, logOf(this.#path)]) {
      const inode = inodeOf(file);
      if (inode !== undefined) this.#inodes.set(file, inode);
    }
  }

  async batch(statements: readonly SqlStatement[]): Promise<SqlRow[][]> {
    if (statements.some(isWrite) && !this.isInPlace()) throw displaced(this.#path);
    return translated(this.#path, () => {
      if (statements.length === 1) return [this.#run(statements[0]!)];
      const answers = this.#landed(statements);
      this.#keepReserve();
      return answers;
    });
  }

  async whileFull<T>(work: () => Promise<T>): Promise<T> {
    this.#reserve?.release();
    this.#checkpoint();
    try {
      return await work();
    } finally {
      this.#checkpoint();
      this.#keepReserve();
    }
  }

  exclusively<T>(key: string, work: (lease: null) => Promise<T>): Promise<T> {
    return this.#turns.take(key, () => work(null));
  }

  /** A deleted or moved file or log could still be written to, but the writes would be lost. */
  isInPlace(): boolean {
    return Array.from(this.#inodes).every(([file, inode]) => inodeOf(file) === inode);
  }

  async close(): Promise<void> {
    await this.#turns.ended();
    this.#statements.clear();
    if (this.#database.isOpen) this.#database.close();
  }

  #landed(statements: readonly SqlStatement[]): SqlRow[][] {
    try {
      return this.#transaction(statements);
    } catch (error) {
      if (!mayBeFull(error)) throw error;
      // SQLite moves the log into the database file only after some megabytes; until then the log takes disk space.
      this.#checkpoint();
      return this.#transaction(statements);
    }
  }

  #transaction(statements: readonly SqlStatement[]): SqlRow[][] {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      const answers = statements.map((statement) => this.#run(statement));
      this.#database.exec("COMMIT");
      return answers;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  #keepReserve(): void {
    const [pages, size] = ["page_count", "page_size"].map(
      (name) => this.#run(sql(`PRAGMA ${name}`))[0]?.[name] as number,
    );
    this.#reserve?.keep(pages! * size!);
  }

  /** Moves the log into the database file and empties it. If the disk has no space for that, nothing changes. */
  #checkpoint(): void {
    try {
      this.#database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch {
      // The next write reports the full disk.
    }
  }

  #run({ sql: text, values }: SqlStatement): SqlRow[] {
    let statement = this.#statements.get(text);
    if (!statement) {
      statement = this.#database.prepare(text);
      this.#statements.set(text, statement);
    }
    return statement.all(...(values as SQLInputValue[])) as SqlRow[];
  }
}

function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}

function isWrite({ sql: text }: SqlStatement): boolean {
  return !/^\s*SELECT\b/i.test(text);
}

function translated<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw storageError(path, cause);
  }
}
