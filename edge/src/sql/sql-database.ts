export type SqlValue = string | number | null | Uint8Array;
export type SqlRow = Readonly<Record<string, unknown>>;

export interface SqlStatement {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/**
 * The interface by which the entry store uses a SQLite database on any platform. `batch` is one transaction: all statements are applied
 * or none. It resolves when they are durable, with the rows of each statement.
 *
 * `exclusively` runs one `work` at a time per key, over all writers of the database. It passes a lease, a name that each write must
 * present, so that a slow writer cannot write in another's turn. The lease is null where turns cannot be lost.
 *
 * Fails with: `storage-full`, `storage-blocked`, `storage-outdated`, `storage-failed`, `closed`.
 */
export interface SqlDatabase {
  /** The most bytes of all values of a row (`bytesOf`). Absent: there is no such limit. */
  readonly mostRowBytes?: number | undefined;
  batch(statements: readonly SqlStatement[]): Promise<SqlRow[][]>;
  /** Frees the reserved disk space, then runs `work`, which only removes. */
  whileFull<T>(work: () => Promise<T>): Promise<T>;
  exclusively<T>(key: string, work: (lease: string | null) => Promise<T>): Promise<T>;
  /** False if writes are refused, because the file that was opened was moved or deleted. */
  isInPlace(): boolean;
  close(): Promise<void>;
}

/** The most bytes that values take. */
export function bytesOf(values: readonly SqlValue[]): number {
  return values.reduce((sum: number, value) => {
    // UTF-8 takes at most three bytes per UTF-16 unit.
    const bytes = typeof value === "string" ? value.length * 3 : 8;
    return sum + (value instanceof Uint8Array ? value.byteLength : bytes);
  }, 0);
}

export function sql(text: string, ...values: SqlValue[]): SqlStatement {
  return { sql: text, values };
}
