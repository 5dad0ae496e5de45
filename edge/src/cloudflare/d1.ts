import { PipitError } from "@pipit/core";
import { bytesOf, type SqlDatabase, type SqlRow, type SqlStatement, sql } from "../sql/sql-database.ts";
import { prepareDatabase } from "../sql/sql-schema.ts";
import type { D1Binding } from "./cloudflare-bindings.ts";

// The lease of a writer that died expires by the clock of the database. If a writer is slower than its lease, its transaction fails: its
// statements compare `holder` with the lease (`advanceSequence`).
const LEASE_SECONDS = 6;
/** Longer than a lease, so that a writer can wait for the lease of one that died. */
const MOST_WAIT_MS = 25_000;
/** D1 refuses rows above 2 MB; a vector takes 4 bytes per dimension, and that of a token a bit. */
const MOST_ROW_BYTES = 1_900_000;

/** Cloudflare D1. A batch is a transaction there. Writers of all isolates take turns by a lease written into the collection's row. */
export async function openD1(binding: D1Binding): Promise<SqlDatabase> {
  const database = new D1(binding);
  await prepareDatabase(database);
  return database;
}

class D1 implements SqlDatabase {
  readonly mostRowBytes = MOST_ROW_BYTES;
  readonly #binding: D1Binding;

  constructor(binding: D1Binding) {
    this.#binding = binding;
  }

  async batch(statements: readonly SqlStatement[]): Promise<SqlRow[][]> {
    for (const statement of statements) assertFits(statement);
    const prepared = statements.map(({ sql, values }) => this.#binding.prepare(sql).bind(...values));
    try {
      return (await this.#binding.batch<SqlRow>(prepared)).map(({ results }) => results);
    } catch (error) {
      throw storageError(error);
    }
  }

  async exclusively<T>(key: string, work: (lease: string) => Promise<T>): Promise<T> {
    const lease = crypto.randomUUID();
    await this.#acquire(key, lease);
    try {
      return await work(lease);
    } finally {
      await this.#release(key, lease);
    }
  }

  /** D1 has no reserve of disk space to give up. */
  whileFull<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }

  /** The file of D1 cannot be moved or replaced. */
  isInPlace(): boolean {
    return true;
  }

  /** Nothing is closed: the binding belongs to the runtime. */
  async close(): Promise<void> {}

  /** A failure here does not replace the result of the work: the lease expires by itself. */
  async #release(key: string, lease: string): Promise<void> {
    const release = sql("UPDATE collections SET holder = NULL WHERE name = ? AND holder = ?", key, lease);
    await this.batch([release]).catch((error) => console.warn(error));
  }

  async #acquire(key: string, lease: string): Promise<void> {
    const deadline = Date.now() + MOST_WAIT_MS;
    for (let pause = 5; Date.now() < deadline; pause = Math.min(pause * 2, 200)) {
      const [rows = []] = await this.batch([takeLease(key, lease)]);
      if (rows.length > 0) return;
      await new Promise((resolve) => setTimeout(resolve, pause * (0.5 + Math.random())));
    }
    throw new PipitError("storage-blocked", {
      got: `no turn to write to ${key} in ${MOST_WAIT_MS / 1000} s`,
      expected: "other writers to end their turns",
      do: "Send the write again, with fewer writers at once; nothing of it was stored.",
    });
  }
}

function takeLease(key: string, lease: string): SqlStatement {
  return sql(
    `UPDATE collections SET holder = ?2, held_until = unixepoch('subsec') + ${LEASE_SECONDS}
     WHERE name = ?1 AND (holder IS NULL OR held_until < unixepoch('subsec')) RETURNING name`,
    key,
    lease,
  );
}

function assertFits({ values }: SqlStatement): void {
  const size = bytesOf(values);
  if (size <= MOST_ROW_BYTES) return;
  throw new PipitError("bad-input", {
    got: `an entry of ${size} bytes with its vectors`,
    expected: `at most ${MOST_ROW_BYTES}, what D1 keeps in a row`,
    do: "Cut the text into several entries.",
  });
}

function storageError(cause: unknown): PipitError {
  const message = cause instanceof Error ? cause.message : String(cause);
  if (/NOT NULL constraint failed: collections\.turn/.test(message)) {
    return new PipitError("storage-blocked", {
      got: "a write whose turn had run out",
      expected: `a write within ${LEASE_SECONDS} s of its turn`,
      do: "Send it again; nothing of it was stored.",
      cause,
    });
  }
  if (/full|exceeded maximum DB size/i.test(message)) {
    return new PipitError("storage-full", {
      got: "no room in the D1 database",
      expected: "room for the write",
      do: "Remove entries or use another database. What was stored before is there.",
      cause,
    });
  }
  return new PipitError("storage-failed", {
    got: `"${message}" from D1`,
    expected: "the database to answer",
    do: "Try again; what was acknowledged before is still there.",
    cause,
  });
}
