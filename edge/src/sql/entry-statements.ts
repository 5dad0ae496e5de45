import { rowsOf, type StoredEntry } from "@pipit/core";
import { type SqlStatement, sql } from "./sql-database.ts";
import { ENTRY_COLUMNS, entryValues } from "./stored-rows.ts";

/**
 * The number of rows that are read at once while changes are replayed: at 384 dimensions they take about 200 kB, and with token vectors
 * twice as much.
 */
export const PAGE = 128;
/** Ids in one bind parameter. Even ids of control characters, six bytes each in JSON, stay below D1's size limit of a value. */
const MOST_IDS = 200;

export interface Writer {
  /** The most bytes of all values of a row. */
  readonly mostRowBytes?: number | undefined;
  readonly collection: string;
  readonly lease: string | null;
}

/**
 * The first statement of a write. It raises the sequence, which the other statements read, and adds to the count the entries put, less
 * those replaced or removed. If the writer has lost its lease, `turn` becomes NULL, which its column refuses: the whole transaction fails.
 */
export function advanceSequence(
  { collection, lease }: Writer,
  put: readonly StoredEntry[],
  remove: readonly string[],
): SqlStatement[] {
  const ids = new Set(put.map((entry) => entry.id));
  const turn = sql(
    `UPDATE collections SET sequence = sequence + 1, next_row = max(next_row, ?1), count = count + ?2,
       turn = CASE WHEN holder IS ?4 THEN turn END
     WHERE name = ?3`,
    rowsEnd(put),
    ids.size,
    collection,
    lease,
  );
  const counts = jsonLists([...new Set([...ids, ...remove])]).map((list) =>
    sql(
      `UPDATE collections SET count = count - (SELECT count(*) FROM entries
         WHERE collection = ?1 AND gone = 0 AND id IN (SELECT value FROM json_each(?2)))
       WHERE name = ?1`,
      collection,
      list,
    ),
  );
  return [turn, ...counts];
}

/** Turns entries into tombstones. */
export function removals({ collection }: Writer, ids: readonly string[]): SqlStatement[] {
  return jsonLists(ids).map((list) =>
    sql(
      `UPDATE entries SET gone = 1, sequence = (SELECT sequence FROM collections WHERE name = ?1),
         text = '', fields = '{}', passages = '[]', vectors = x'', tokens = NULL
       WHERE collection = ?1 AND gone = 0 AND id IN (SELECT value FROM json_each(?2))`,
      collection,
      list,
    ),
  );
}

/** Removes entries without writing tombstones. */
export function deletions({ collection }: Writer, ids: readonly string[]): SqlStatement[] {
  const deleted = jsonLists(ids).map((list) =>
    sql(
      "DELETE FROM entries WHERE collection = ? AND gone = 0 AND id IN (SELECT value FROM json_each(?))",
      collection,
      list,
    ),
  );
  return [...deleted, sql("UPDATE collections SET pruned = sequence WHERE name = ?", collection)];
}

export function puts({ collection, mostRowBytes }: Writer, entries: readonly StoredEntry[]): SqlStatement[] {
  return entries.map((entry) =>
    sql(
      `INSERT INTO entries (collection, sequence, ${ENTRY_COLUMNS})
       VALUES (?1, (SELECT sequence FROM collections WHERE name = ?1), ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
       ON CONFLICT (collection, id) DO UPDATE SET gone = 0, sequence = excluded.sequence, text = excluded.text,
         fields = excluded.fields, passages = excluded.passages, vectors = excluded.vectors,
         producer = excluded.producer, provisional = excluded.provisional, tokens = excluded.tokens`,
      collection,
      ...entryValues(entry, mostRowBytes),
    ),
  );
}

/** Up to the sequence `newest`: an entry that is written meanwhile belongs to the next reading. */
export function changesBetween(
  collection: string,
  after: { sequence: number; id: string },
  newest: number,
): SqlStatement {
  return sql(
    `SELECT sequence, gone, ${ENTRY_COLUMNS} FROM entries
     WHERE collection = ? AND (sequence, id) > (?, ?) AND sequence <= ? ORDER BY sequence, id LIMIT ${PAGE}`,
    collection,
    after.sequence,
    after.id,
    newest,
  );
}

export function readHead(collection: string): SqlStatement {
  return sql("SELECT sequence, count, next_row, pruned FROM collections WHERE name = ?", collection);
}

export function presentIds(collection: string): SqlStatement {
  return sql("SELECT id FROM entries WHERE collection = ? AND gone = 0", collection);
}

function jsonLists(ids: readonly string[]): string[] {
  const lists: string[] = [];
  for (let at = 0; at < ids.length; at += MOST_IDS) lists.push(JSON.stringify(ids.slice(at, at + MOST_IDS)));
  return lists;
}

function rowsEnd(put: readonly StoredEntry[]): number {
  let end = 0;
  for (const entry of put) for (const row of rowsOf(entry)) end = Math.max(end, row + 1);
  return end;
}
