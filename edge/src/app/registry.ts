import {
  createEngine,
  type EmbedderChoice,
  isPipitError,
  LEAST_DOCUMENT_FIDELITY,
  type LocalEngine,
  PipitError,
  type TurnsOptions,
} from "@pipit/core";
import { type SqlDatabase, type SqlRow, sql } from "../sql/sql-database.ts";
import { insertCollection } from "../sql/sql-schema.ts";
import type { ModelStates } from "./model-states.ts";
import { OpenEngines } from "./open-engines.ts";
import type { CollectionInfo, CollectionRegistry, Unready } from "./services.ts";
import type { OpenCollection } from "./sql-collections.ts";

export interface RegistryParts extends TurnsOptions {
  /** Lists the collections. */
  readonly database: SqlDatabase;
  /** Where a collection's entries and indexes are is up to this function. */
  readonly openCollection: OpenCollection;
  readonly models: ModelStates;
  /** Called when work begins that no caller waits for, as `waitUntil` of a Worker. The returned function is called at its end. */
  readonly keepAlive?: (() => () => void) | undefined;
  /** The number of engines that are opened ahead, and kept open although they are idle. Default 64. */
  readonly mostOpen?: number | undefined;
  /** Milliseconds without a call after which an engine beyond `mostOpen` is closed. Default: a minute. */
  readonly idleMs?: number | undefined;
}

const MOST_OPEN = 64;
const IDLE_MS = 60_000;

const COLUMNS = "name, space, space_name, dimensions, count, created";

/** The collections of one database. All open engines get a better model when it is ready. */
export class Registry implements CollectionRegistry {
  readonly #parts: RegistryParts;
  readonly #engines: OpenEngines;
  readonly #mostOpen: number;
  /** Collections that `/ready` waits for: "waiting" to be opened ahead, then "opened", until `unready` finds them caught up or closed. */
  readonly #ahead = new Map<string, "waiting" | "opened">();
  readonly #ending = new AbortController();
  readonly #refinements = new Set<Promise<void>>();

  constructor(parts: RegistryParts) {
    this.#parts = parts;
    const { mostOpen = MOST_OPEN, idleMs = IDLE_MS } = parts;
    this.#mostOpen = mostOpen;
    this.#engines = new OpenEngines({
      open: (name) => this.#openNow(name),
      // A better model may have become ready while it was opened.
      onOpened: (engine) => this.#upgrade(engine, parts.models.best()),
      mostOpen,
      idleMs,
      cutOffMs: parts.cutOffMs,
    });
    parts.models.onBestChanged((choice) => {
      for (const engine of this.#engines.all()) this.#upgrade(engine, choice);
    });
  }

  async create(name: string): Promise<boolean> {
    const [rows = []] = await this.#parts.database.batch([insertCollection(name, this.#parts.models.space)]);
    return rows.length > 0;
  }

  async info(name: string): Promise<CollectionInfo> {
    const query = sql(`SELECT ${COLUMNS} FROM collections WHERE name = ?`, name);
    const [rows = []] = await this.#parts.database.batch([query]);
    if (!rows[0]) throw unknownCollection(name);
    return infoOf(rows[0]);
  }

  async list(): Promise<CollectionInfo[]> {
    const [rows = []] = await this.#parts.database.batch([sql(`SELECT ${COLUMNS} FROM collections ORDER BY name`)]);
    return rows.map(infoOf);
  }

  open(name: string): Promise<LocalEngine> {
    return this.#engines.open(name);
  }

  /**
   * Opens the largest collections one after another, up to `mostOpen`, so that their first query does not wait. Never rejects:
   * a collection that cannot be opened fails its next request with the reason. If the collections cannot be listed, the reason is logged,
   * and each is opened at its first request.
   */
  async openAhead(): Promise<void> {
    try {
      const largest = (await this.list()).sort((a, b) => b.entries - a.entries).slice(0, this.#mostOpen);
      for (const { name } of largest) this.#ahead.set(name, "waiting");
      for (const { name } of largest) await this.#openOneAhead(name);
    } catch (error) {
      if (!this.#ending.signal.aborted) console.error(error);
    }
  }

  async #openOneAhead(name: string): Promise<void> {
    if (this.#ending.signal.aborted) return;
    try {
      await this.open(name);
      this.#ahead.set(name, "opened");
    } catch {
      // `/ready` does not wait for a collection that cannot be opened.
      this.#ahead.delete(name);
    }
  }

  /** `/ready` calls this often, so it also closes idle engines. */
  async unready(): Promise<readonly Unready[]> {
    this.#engines.closeIdle();
    const found = await Promise.all(Array.from(this.#ahead.keys(), (name) => this.#unreadyIn(name)));
    return found.flat();
  }

  takesWrites(): boolean {
    return this.#parts.database.isInPlace();
  }

  async #unreadyIn(name: string): Promise<Unready[]> {
    const engine = this.#engines.get(name);
    if (!engine && this.#ahead.get(name) === "waiting") return [{ name, done: 0, total: 0 }];
    try {
      const catchingUp = (await engine?.stats())?.catchingUp;
      if (catchingUp) return [{ name, ...catchingUp }];
    } catch {
      // The next request for it gets the error.
    }
    this.#ahead.delete(name);
    return [];
  }

  /** Saves snapshots and closes every engine. The caller closes the database. */
  async close(): Promise<void> {
    this.#ending.abort(new Error("the server is closing"));
    await Promise.allSettled(this.#refinements);
    await this.#engines.close();
  }

  async #openNow(name: string): Promise<LocalEngine> {
    const { space } = await this.info(name);
    const { models, openCollection } = this.#parts;
    const collection = await openCollection({ name, space, meanings: models.meanings() });
    return createEngine({ ...models.best(), collection });
  }

  #upgrade(engine: LocalEngine, choice: EmbedderChoice): void {
    engine.adopt(choice);
    this.#refine(engine, choice);
  }

  /** Embeds provisional entries again in the background, if the model is good enough for documents. */
  #refine(engine: LocalEngine, { embedder }: EmbedderChoice): void {
    if (embedder.producer.fidelity.mean < LEAST_DOCUMENT_FIDELITY) return;
    const end = this.#parts.keepAlive?.();
    const refining = engine.refine({ signal: this.#ending.signal }).catch((error) => {
      if (!isPipitError(error, "aborted")) console.error(error);
    });
    this.#refinements.add(refining);
    refining.then(() => {
      this.#refinements.delete(refining);
      end?.();
    });
  }
}

function infoOf(row: SqlRow): CollectionInfo {
  return {
    name: row.name as string,
    entries: row.count as number,
    space: { id: row.space as string, name: row.space_name as string, dimensions: row.dimensions as number },
    created: Math.floor(row.created as number),
  };
}

function unknownCollection(name: string): PipitError {
  return new PipitError("unknown-collection", {
    got: `the collection ${JSON.stringify(name)}`,
    expected: "one that was created",
    do: `Create it first: POST /v1/collections {"name": ${JSON.stringify(name)}}.`,
  });
}
