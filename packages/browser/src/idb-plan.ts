import { rowsOf, type StoredEntry, type StoreWrite } from "@pipit/core";
import type { StoreHead, StoreRecord, VectorRecord } from "./idb-schema.ts";

/** The new state of each id: an entry, or undefined for a removal. If an id is removed and put, the put counts. */
export function newestById(change: StoreWrite): Map<string, StoredEntry | undefined> {
  const newest = new Map<string, StoredEntry | undefined>();
  for (const id of change.remove ?? []) newest.set(id, undefined);
  for (const entry of change.put ?? []) newest.set(entry.id, withOwnBuffers(entry));
  return newest;
}

// A structured clone keeps the whole buffer of a view: a row of a large matrix would store the matrix.
function withOwnBuffers({ tokens, further, ...entry }: StoredEntry): StoredEntry {
  return {
    ...entry,
    vectors: ownBuffer(entry.vectors),
    ...(tokens && { tokens: { ...tokens, bits: ownBuffer(tokens.bits) } }),
    ...(further && { further: further.map((own) => ({ ...own, vectors: ownBuffer(own.vectors) })) }),
  };
}

function ownBuffer<Values extends Float32Array | Uint8Array>(values: Values): Values {
  return values.byteLength === values.buffer.byteLength ? values : (values.slice() as Values);
}

export interface Plan {
  readonly records: readonly StoreRecord[];
  readonly vectors: readonly VectorRecord[];
  /** Ids whose vector record is of an earlier version. */
  readonly bare: readonly string[];
  readonly head: StoreHead;
}

/**
 * The records and the new head for a write of `newest`, if the ids in `present` are stored. An entry without vectors has no vector record, so
 * that one that is stored for its words costs half as much.
 */
export function plan(
  newest: ReadonlyMap<string, StoredEntry | undefined>,
  head: StoreHead,
  present: ReadonlySet<unknown>,
): Plan {
  const landing = [...newest].filter(([id, entry]) => entry !== undefined || present.has(id));
  if (landing.length === 0) return { records: [], vectors: [], bare: [], head };
  const sequence = head.sequence + 1;
  let { count, nextRow } = head;
  const vectors: VectorRecord[] = [];
  const records = landing.map(([id, entry]): StoreRecord => {
    count += Number(entry !== undefined) - Number(present.has(id));
    if (!entry) return { id, sequence };
    for (const row of rowsOf(entry)) nextRow = Math.max(nextRow, row + 1);
    const { vectors: own, tokens, further, ...text } = entry;
    if (isBare(entry)) return { id, sequence, entry: { ...text, vectors: own } };
    vectors.push({ id, sequence, vectors: own, ...(tokens && { tokens }), ...(further && { further }) });
    return { id, sequence, entry: text };
  });
  const bare = landing.filter(([id, entry]) => present.has(id) && (!entry || isBare(entry))).map(([id]) => id);
  return { records, vectors, bare, head: { ...head, sequence, count, nextRow } };
}

function isBare({ vectors, tokens, further }: StoredEntry): boolean {
  return vectors.length === 0 && !tokens && !further;
}
