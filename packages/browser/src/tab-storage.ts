import {
  type ByteStore,
  createMemoryStore,
  type EntryStore,
  isPipitError,
  MemoryDatabase,
  type PipitError,
  type Space,
} from "@pipit/core";
import { openIdbBytes } from "./idb-bytes.ts";
import { openIdbStore } from "./idb-store.ts";
import { once } from "./once.ts";
import type { OpenRequest } from "./protocol.ts";
import type { Limit } from "./tab-engine.ts";

/** Where one collection lies. */
export interface Place {
  readonly store: EntryStore;
  /** Why entries are not kept beyond this host's life, where they are not. */
  readonly limit?: Limit;
}

/**
 * The storage of one host: the browser's database, or memory where the page may not have one (blocked site data, a frame
 * of no origin, no room at all) or where memory was asked for. A database that is merely held up by another tab is an
 * error as ever: what it holds must not seem gone.
 */
export class TabStorage {
  readonly #memory = new Map<string, MemoryDatabase>();
  readonly #snapshots = once(
    () => "",
    () => openIdbBytes({ name: "snapshots" }),
  );

  async open({ name, storage }: OpenRequest, space: Space): Promise<Place> {
    if (storage === "memory") return { store: this.#inMemory(name, space) };
    try {
      return { store: await openIdbStore({ name, space }) };
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return { store: this.#inMemory(name, space), limit: noStorage(error) };
    }
  }

  /** Nothing where there is no database: an index is then built from its entries each time. */
  async snapshots({ storage }: OpenRequest): Promise<ByteStore | undefined> {
    if (storage === "memory") return undefined;
    return this.#snapshots().catch((error) => {
      if (isRefusal(error)) return undefined;
      throw error;
    });
  }

  // Engines of one name share their entries here too.
  #inMemory(name: string, space: Space): EntryStore {
    const database = this.#memory.get(name) ?? new MemoryDatabase();
    this.#memory.set(name, database);
    return createMemoryStore(space, database);
  }
}

function isRefusal(error: unknown): error is PipitError {
  return isPipitError(error, "storage-failed") || isPipitError(error, "storage-full");
}

function noStorage({ got }: PipitError): Limit {
  return {
    what: "storage",
    got,
    effect: "Entries are held in memory, and are gone with the page.",
    do: "Allow site data for this site; in a sandboxed frame, allow-same-origin gives it storage.",
  };
}
