import type { PipitError } from "@pipit/core";
import { closedError } from "@pipit/core";
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import { storageBlocked, storageError, storageFailed, storageOutdated } from "./storage-error.ts";

/** One step of a schema. A database's version is the number of its steps. Steps are only appended. */
export type Migration<S extends DBSchema> = (database: IDBPDatabase<S>) => void;

/** An open database, or the reason why it is closed. */
export interface IdbConnection<S extends DBSchema> {
  /** Throws `closed`, `storage-outdated` (another tab needs a newer version) or `storage-failed` (the browser closed it). */
  use(): IDBPDatabase<S>;
  close(): void;
}

/** The time in which other tabs may finish their transactions and close when this one upgrades. */
const PATIENCE_MS = 3_000;

/**
 * Opens a database at the version that `migrations` make. It closes at once when another tab needs a newer version.
 * Fails with `storage-blocked`, `storage-outdated`, `storage-full`, `storage-failed`; stored data are not changed then.
 */
export async function connect<S extends DBSchema>(
  name: string,
  migrations: readonly Migration<S>[],
): Promise<IdbConnection<S>> {
  const what = `the database "${name}"`;
  let lost: (() => PipitError) | undefined;
  const blocked = patience();
  // If a page may not have a database, the call throws synchronously.
  const opening = begun(() =>
    openDB<S>(name, migrations.length, {
      upgrade(database, from) {
        for (const step of migrations.slice(from)) step(database);
      },
      blocked: blocked.start,
      blocking(_version, _nextVersion, event) {
        lost = () => storageOutdated(what);
        (event.target as IDBDatabase).close();
      },
      terminated() {
        lost ??= () => storageFailed(what, new Error("the browser ended the connection"));
      },
    }),
  );
  const database = await Promise.race([opening, blocked.over]).catch((error) => {
    throw storageError(error, what);
  });
  blocked.stop();
  if (database === BLOCKED) {
    opening.then(
      (late) => late.close(),
      () => undefined,
    );
    throw storageBlocked(what);
  }
  return {
    use() {
      if (lost) throw lost();
      return database;
    },
    close() {
      lost ??= () => closedError(what, "collection");
      database.close();
    },
  };
}

async function begun<T>(open: () => Promise<T>): Promise<T> {
  return open();
}

const BLOCKED = Symbol("blocked");

function patience() {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let resolveOver: (blocked: typeof BLOCKED) => void;
  const over = new Promise<typeof BLOCKED>((resolve) => {
    resolveOver = resolve;
  });
  return {
    over,
    start() {
      timer = setTimeout(() => resolveOver(BLOCKED), PATIENCE_MS);
    },
    stop() {
      clearTimeout(timer);
    },
  };
}
