import type { Fields } from "../entry.ts";
import type { EmbeddedEntry } from "../ports/collection.ts";
import type { EntryStore, StoreWrite } from "../ports/entry-store.ts";
import { Turns, type TurnsOptions } from "../turns/turns.ts";
import type { CatchUp } from "./catch-up.ts";
import type { DerivedState } from "./derived-state.ts";
import { assertWhole, placedEntries } from "./placed-entries.ts";

export interface WritesParts extends TurnsOptions {
  readonly store: EntryStore;
  readonly derived: DerivedState;
  readonly catchUp: CatchUp;
  /** The derived state changes in these turns only. */
  readonly turns: Turns;
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
    const { derived } = this.#parts;
    await this.#change(async (nextRow) => ({
      put: placedEntries(unique, derived.directory, nextRow),
      remove: derived.presentOf(emptied),
    }));
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
    const { directory } = this.#parts.derived;
    let found = false;
    await this.#change(async (nextRow) => {
      found = directory.get(entry.id) !== undefined;
      return { put: found ? placedEntries([entry], directory, nextRow) : [] };
    });
    return found;
  }

  async reembed(entries: readonly EmbeddedEntry[]): Promise<void> {
    this.#assertWhole(entries);
    const { store, derived } = this.#parts;
    await this.#change(async (nextRow) => {
      const stored = await store.getMany(entries.map((entry) => entry.id));
      const same = entries.filter((entry, i) => stored[i]?.provisional && stored[i]?.text === entry.text);
      const fieldless = same.map((entry) => ({ ...entry, fields: undefined }));
      return { put: placedEntries(fieldless, derived.directory, nextRow) };
    });
  }

  async #change(plan: Plan): Promise<void> {
    const { store, catchUp } = this.#parts;
    // Catching up first, outside the exclusive turn, does not block other writers.
    await catchUp.fully();
    await this.#order.take(() => store.exclusively(() => this.#write(plan)));
  }

  #write(plan: Plan): Promise<void> {
    const { store, derived, catchUp, turns, onTaken } = this.#parts;
    return turns.take(async (turn) => {
      const { nextRow } = await catchUp.inTurn(turn);
      const { put = [], remove = [] } = await plan(nextRow);
      if (put.length + remove.length === 0) return;
      turn.step();
      const { sequence } = await store.write({ put, remove });
      // The new holder of a lost turn takes this write in from the store.
      if (turn.lost) return;
      const removed = remove.map((id) => ({ kind: "remove" as const, sequence, id }));
      await derived.apply([...removed, ...put.map((entry) => ({ kind: "put" as const, sequence, entry }))], turn);
      derived.reach(sequence);
      onTaken(put.length + remove.length);
    });
  }

  #assertWhole(entries: readonly EmbeddedEntry[]): void {
    for (const entry of entries) assertWhole(entry, this.#parts.store.space.dimensions);
  }
}
