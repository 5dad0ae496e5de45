import {
  type ByteStore,
  type IndexKind,
  openCollection,
  type RefinableCollection,
  type Space,
  type TokenScorer,
  type TurnsOptions,
  type WordMeanings,
} from "@pipit/core";
import type { SqlDatabase } from "../sql/sql-database.ts";
import { openSqlStore } from "../sql/sql-store.ts";

export interface ListedCollection {
  readonly name: string;
  readonly space: Space;
  /** Words of near meaning, if a model of the server has them. */
  readonly meanings?: WordMeanings | undefined;
}

/** Opens a collection that is listed in the database. */
export type OpenCollection = (listed: ListedCollection) => Promise<RefinableCollection>;

export interface SqlCollectionsParts extends TurnsOptions {
  readonly database: SqlDatabase;
  readonly index: IndexKind;
  /** Compares token vectors, which take 16 bytes a token of memory then. */
  readonly scorer?: TokenScorer | undefined;
  readonly snapshots?: ByteStore | undefined;
  /** BCP 47 tag of the language of the entries. Default "en". */
  readonly language?: string | undefined;
  /** Milliseconds without a write after which a snapshot is saved. */
  readonly quietMs?: number | undefined;
  /** Called for a snapshot that could not be used or saved. The collection works without it. */
  readonly onSnapshotError?: ((error: unknown) => void) | undefined;
  /** Called when work begins that no caller waits for, as `waitUntil` of a Worker. The returned function is called at its end. */
  readonly keepAlive?: (() => () => void) | undefined;
}

/** Collections whose entries are in an SQL database and whose indexes are in this process. */
export function sqlCollections({ database, index, ...parts }: SqlCollectionsParts): OpenCollection {
  return async ({ name, space, meanings }) => {
    const store = await openSqlStore(database, name, space);
    return openCollection({ ...parts, store, index, meanings, snapshotKey: `${name}.${index.name}.snapshot` });
  };
}
