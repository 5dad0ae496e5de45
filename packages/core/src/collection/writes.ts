import type { Fields } from "../entry.ts";
import type { EmbeddedEntry } from "../ports/collection.ts";
import type { EntryStore, StoreWrite } from "../ports/entry-store.ts";
import { Turns, type TurnsOptions } from "../turns/turns.ts";
import type { CatchUp } from "./catch-up.ts";
import type { DerivedState } from "./derived-state.ts";
import type { MediaFiles } from "./media-files.ts";
import { assertWhole, keptMedia, placedEntries, type SpaceSizes } from "./placed-entries.ts";

export interface WritesParts extends TurnsOptions {
  readonly store: EntryStore;
  readonly derived: DerivedState;
  readonly catchUp: CatchUp;
  /** The derived state changes in these turns only. */
  readonly turns: Turns;
  /** Without it the bytes of media are not stored. */
  readonly files?: MediaFiles | undefined;
  /** Called with a failure after which nothing is lost. */
  report(error: unknown): void;
  /** Called with the number of changes that were taken in, before the turn ends. */
  onTaken(changes: number): void;
}

type Plan = (nextRow: number) => Promise<StoreWrite>;

/** The writes of one holder, in call order. Each is made on top of all earlier writes of others, and is durable before a search sees it. */
export class Writes {
  readonly #parts: WritesParts;
  /** Lets one call of this holder at a time wait for the turn among all holders. */
  readonly #order: Turns;

  constructor(parts: WritesParts) {
    this.#parts = parts;
    this.#order = new Turns(parts);
  }

  async upsert(entries: readonly EmbeddedEntry[], emptied: readonly string[]): Promise<void> {
    const unique = [...new Map(entries.map((entry) => [entry.id, entry])).values()];
    this.#assertWhole(unique);
    const { derived, files } = this.#parts;
    await this.#change(async (nextRow) => {
      await files?.put(unique.flatMap(({ media = [] }) => media));
      return { put: placedEntries(unique, derived.directory, nextRow), remove: derived.presentOf(emptied) };
    });
  }

  async remove(ids: readonly string[]): Promise<number> {
    let present: string[] = [];
    await this.#change(async () => {
      present = this.#parts.derived.presentOf(ids);
      return { remove: present };
    });
    return present.length;
  }

  async setFields(id: string, fields: Fields): Promise<boolean> {
    let found = false;
    await this.#change(async () => {
      const [stored] = await this.#parts.store.getMany([id]);
      found = stored !== undefined;
      return { put: stored ? [{ ...stored, fields }] : [] };
    });
    return found;
  }

  async replace(entry: EmbeddedEntry): Promise<boolean> {
    this.#assertWhole([entry]);
    const { store, derived } = this.#parts;
    let found = false;
    await this.#change(async (nextRow) => {
      const listing = derived.directory.get(entry.id);
      found = listing !== undefined;
      const [stored] = listing?.media ? await store.getMany([entry.id]) : [];
      const whole = stored ? { ...entry, ...keptMedia(stored) } : entry;
      return { put: found ? placedEntries([whole], derived.directory, nextRow) : [] };
    });
    return found;
  }

  async reembed(entries: readonly EmbeddedEntry[]): Promise<void> {
    this.#assertWhole(entries);
    const { store, derived } = this.#parts;
    await this.#change(async (nextRow) => {
      const stored = await store.getMany(entries.map((entry) => entry.id));
      const same = entries.flatMap((entry, i): EmbeddedEntry[] => {
        const own = stored[i];
        return own?.provisional && own.text === entry.text ? [{ ...entry, ...keptMedia(own), fields: undefined }] : [];
      });
      return { put: placedEntries(same, derived.directory, nextRow) };
    });
  }

  async #change(plan: Plan): Promise<void> {
    const { store, catchUp } = this.#parts;
    // Catching up first, outside the exclusive turn, does not block other writers.
    await catchUp.fully();
    await this.#order.take(() => store.exclusively(() => this.#write(plan)));
  }

  #write(plan: Plan): Promise<void> {
    const { store, derived, catchUp, turns, files, onTaken } = this.#parts;
    return turns.take(async (turn) => {
      const { nextRow } = await catchUp.inTurn(turn);
      const { put = [], remove = [] } = await plan(nextRow);
      if (put.length + remove.length === 0) return;
      turn.step();
      const former = [...remove, ...put.map(({ id }) => id)].flatMap((id) => derived.directory.get(id)?.media ?? []);
      const { sequence } = await store.write({ put, remove }).catch(async (error) => {
        const media = put.flatMap((entry) => entry.media ?? []);
        await files?.free(media, derived.directory).catch((failure) => this.#parts.report(failure));
        throw error;
      });
      // The new holder of a lost turn takes this write in from the store.
      if (turn.lost) return;
      const removed = remove.map((id) => ({ kind: "remove" as const, sequence, id }));
      await derived.apply([...removed, ...put.map((entry) => ({ kind: "put" as const, sequence, entry }))], turn);
      derived.reach(sequence);
      onTaken(put.length + remove.length);
      // The write is durable: bytes that cannot be freed must not make it fail.
      await files?.free(former, derived.directory).catch((error) => this.#parts.report(error));
    });
  }

  #assertWhole(entries: readonly EmbeddedEntry[]): void {
    const { store, derived } = this.#parts;
    const sizes: SpaceSizes = { dimensions: store.space.dimensions, further: derived.furtherDimensions };
    for (const entry of entries) assertWhole(entry, sizes);
  }
}
