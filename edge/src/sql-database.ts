export type SqlValue = string | number | null | Uint8Array;
export type SqlRow = Readonly<Record<string, unknown>>;

export interface SqlStatement {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/**
 * What the entry store needs of a SQLite, wherever it runs. `batch` is one transaction: all statements land or none, it
 * resolves when they are durable, and answers the rows of each statement.
 *
 * `exclusively` runs one `work` at a time for a key, over everyone who can write to the database. It hands over a lease:
 * a name to present with each write so that a writer that was too slow cannot write into another's turn, or null where
 * turns cannot be lost.
 *
 * Fails with: `storage-full`, `storage-blocked`, `storage-outdated`, `storage-failed`, `closed`.
 */
export interface SqlDatabase {
  batch(statements: readonly SqlStatement[]): Promise<SqlRow[][]>;
  /** Runs `work`, which removes, with all the room that was held back for it. */
  whileFull<T>(work: () => Promise<T>): Promise<T>;
  exclusively<T>(key: string, work: (lease: string | null) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export function sql(text: string, ...values: SqlValue[]): SqlStatement {
  return { sql: text, values };
}
