import {
  type ByteStore,
  createMemoryBytes,
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

/** The storage of one collection. */
export interface Place {
  readonly store: EntryStore;
  /** Set if entries are kept only until this host ends: the reason. */
  readonly limit?: Limit;
}

/**
 * The storage of one host: the browser's database, or memory if the page may not have one (blocked site data, a frame with an opaque
 * origin, no room at all) or if the caller asks for memory. A database that another tab blocks is an error: its entries must not seem
 * lost.
 */
export class TabStorage {
  readonly #memory = new Map<string, MemoryDatabase>();
  readonly #media = new Map<string, ByteStore>();
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

  /** Undefined without a database: the index is then built from its entries each time. */
  async snapshots({ storage }: OpenRequest): Promise<ByteStore | undefined> {
    if (storage === "memory") return undefined;
    return this.#snapshots().catch((error) => {
      if (isRefusal(error)) return undefined;
      throw error;
    });
  }

  /** The bytes of a collection's media, of which each holder closes its own. */
  async media({ name, storage }: OpenRequest): Promise<ByteStore> {
    if (storage === "memory") return this.#mediaInMemory(name);
    return openIdbBytes({ name: `media:${name}` }).catch((error) => {
      if (isRefusal(error)) return this.#mediaInMemory(name);
      throw error;
    });
  }

  #mediaInMemory(name: string): ByteStore {
    const bytes = this.#media.get(name) ?? createMemoryBytes({ maxBytes: Number.POSITIVE_INFINITY });
    this.#media.set(name, bytes);
    return { ...bytes, close: async () => undefined };
  }

  // Engines with the same name share their entries in memory too.
  #inMemory(name: string, space: Space): EntryStore {
    const database = this.#memory.get(name) ?? new MemoryDatabase();
    this.#memory.set(name, database);
    return createMemoryStore(space, database);
  }
}

function isRefusal(error: unknown): error is PipitError {
  return isPipitError(error, "storage-failed") || isPipitError(error, "storage-full");
}

function noStorage({ code, got }: PipitError): Limit {
  return {
    what: "storage",
    got,
    effect: "Entries are held in memory, and are gone with the page.",
    do:
      code === "storage-full"
        ? "Free space on the device, or remove other data of this site."
        : "Allow site data for this site; in a sandboxed frame, allow-same-origin gives it storage.",
  };
}
