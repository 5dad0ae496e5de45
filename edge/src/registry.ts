import {
  type ByteStore,
  createEngine,
  type EmbedderChoice,
  type IndexKind,
  isPipitError,
  LEAST_DOCUMENT_FIDELITY,
  type LocalEngine,
  openCollection,
  PipitError,
  type Space,
} from "@pipit/core";
import type { Lineup } from "./lineup.ts";
import type { CollectionInfo, CollectionRegistry, Unready } from "./services.ts";
import { type SqlDatabase, type SqlRow, sql } from "./sql-database.ts";
import { insertCollection } from "./sql-schema.ts";
import { openSqlStore } from "./sql-store.ts";

export interface RegistryParts {
  readonly database: SqlDatabase;
  readonly index: IndexKind;
  readonly models: Lineup;
  readonly snapshots?: ByteStore | undefined;
  /** Milliseconds without a write after which a snapshot is saved. */
  readonly quietMs?: number | undefined;
}

const COLUMNS = "name, space, space_name, dimensions, count, created";

/** The collections of one database. Engines are opened once and shared; a better model is handed to all of them. */
export class Registry implements CollectionRegistry {
  private readonly parts: RegistryParts;
  private readonly engines = new Map<string, Promise<LocalEngine>>();
  /** Collections that `openAll` has not come to yet. */
  private readonly awaited = new Set<string>();
  private readonly ending = new AbortController();
  private readonly refinements = new Set<Promise<void>>();

  constructor(parts: RegistryParts) {
    this.parts = parts;
    parts.models.onBetter((choice) => this.handOver(choice));
  }

  async create(name: string): Promise<boolean> {
    const [rows = []] = await this.parts.database.batch([insertCollection(name, this.parts.models.space)]);
    return rows.length > 0;
  }

  async info(name: string): Promise<CollectionInfo> {
    const query = sql(`SELECT ${COLUMNS} FROM collections WHERE name = ?`, name);
    const [rows = []] = await this.parts.database.batch([query]);
    if (!rows[0]) throw unknownCollection(name);
    return infoOf(rows[0]);
  }

  async list(): Promise<CollectionInfo[]> {
    const [rows = []] = await this.parts.database.batch([sql(`SELECT ${COLUMNS} FROM collections ORDER BY name`)]);
    return rows.map(infoOf);
  }

  open(name: string): Promise<LocalEngine> {
    const known = this.engines.get(name);
    if (known) return known;
    const opening = this.openNow(name);
    this.engines.set(name, opening);
    opening.catch(() => this.engines.delete(name));
    return opening;
  }

  /**
   * Opens every collection, one after another, so that the first question to each finds it caught up. Never rejects: a
   * collection that cannot be opened says why to whoever asks it.
   */
  async openAll(): Promise<void> {
    const names = (await this.list()).map(({ name }) => name);
    for (const name of names) this.awaited.add(name);
    for (const name of names) {
      if (this.ending.signal.aborted) return;
      await this.open(name).catch(() => undefined);
      this.awaited.delete(name);
    }
  }

  async unready(): Promise<readonly Unready[]> {
    const opened = await Promise.all([...this.engines].map(([name, opening]) => this.unreadyIn(name, opening)));
    const waiting = [...this.awaited].filter((name) => !this.engines.has(name));
    return [...opened.flat(), ...waiting.map((name) => ({ name, done: 0, total: 0 }))];
  }

  private async unreadyIn(name: string, opening: Promise<LocalEngine>): Promise<Unready[]> {
    try {
      const engine = await Promise.race([opening, Promise.resolve()]);
      if (!engine) return [{ name, done: 0, total: 0 }];
      const { catchingUp } = await engine.stats();
      return catchingUp ? [{ name, ...catchingUp }] : [];
    } catch {
      // Whoever asks it is told; waiting for it would not mend it.
      return [];
    }
  }

  /** Saves what is derived and closes every engine; the database is the caller's. */
  async close(): Promise<void> {
    this.ending.abort(new Error("the server is closing"));
    await Promise.allSettled(this.refinements);
    const engines = await Promise.allSettled(this.engines.values());
    this.engines.clear();
    await Promise.all(engines.map((opened) => (opened.status === "fulfilled" ? opened.value.close() : undefined)));
  }

  private async openNow(name: string): Promise<LocalEngine> {
    const { space } = await this.info(name);
    const choice = this.parts.models.best();
    const engine = createEngine({ ...choice, collection: await this.openCollection(name, space) });
    const latest = this.parts.models.best();
    engine.adopt(latest);
    this.refine(engine, latest);
    return engine;
  }

  private async openCollection(name: string, space: Space) {
    const { database, index, snapshots, quietMs } = this.parts;
    const store = await openSqlStore(database, name, space);
    return openCollection({ store, index, snapshots, snapshotKey: `${name}.${index.name}.snapshot`, quietMs });
  }

  private handOver(choice: EmbedderChoice): void {
    for (const opening of this.engines.values()) {
      opening.then(
        (engine) => {
          engine.adopt(choice);
          this.refine(engine, choice);
        },
        // Whoever asked for this engine was told.
        () => undefined,
      );
    }
  }

  /** Entries that a plainer model embedded are embedded again in the background, where the model is fit for it. */
  private refine(engine: LocalEngine, { embedder }: EmbedderChoice): void {
    if (embedder.producer.fidelity.mean < LEAST_DOCUMENT_FIDELITY) return;
    const refining = engine.refine({ signal: this.ending.signal }).catch((error) => {
      if (!isPipitError(error, "aborted")) console.error(error);
    });
    this.refinements.add(refining);
    refining.then(() => this.refinements.delete(refining));
  }
}

function infoOf(row: SqlRow): CollectionInfo {
  return {
    name: row.name as string,
    entries: row.count as number,
    space: { id: row.space as string, name: row.space_name as string, dimensions: row.dimensions as number },
    created: row.created as number,
  };
}

function unknownCollection(name: string): PipitError {
  return new PipitError("unknown-collection", {
    got: `the collection ${JSON.stringify(name)}`,
    expected: "one that was created",
    do: `Create it first: POST /v1/collections {"name": ${JSON.stringify(name)}}.`,
  });
}
