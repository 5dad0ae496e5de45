import { badInput } from "../bad-input.ts";
import { checkedVector } from "../checks/check-vector.ts";
import { closedError } from "../closed-error.ts";
import type { Fields } from "../entry.ts";
import { PipitError } from "../errors.ts";
import type { ByteStore } from "../ports/byte-store.ts";
import type {
  CollectionAnswer,
  CollectionQuery,
  CollectionSearch,
  CollectionStats,
  EmbeddedEntry,
  FurtherQuery,
  RefinableCollection,
} from "../ports/collection.ts";
import type { EntryStore, EntryText } from "../ports/entry-store.ts";
import type { WordMeanings } from "../ports/word-meanings.ts";
import { assertSpaceId, type Space } from "../space.ts";
import { Turns, type TurnsOptions } from "../turns/turns.ts";
import { assertQuery } from "../vector.ts";
import { CatchUp } from "./catch-up.ts";
import type { DerivedSources } from "./derived-kinds.ts";
import type { DerivedState } from "./derived-state.ts";
import { findHits } from "./find-hits.ts";
import { MediaFiles } from "./media-files.ts";
import { openDerived } from "./open-derived.ts";
import { queryLike } from "./query-like.ts";
import { SnapshotKeeper, type SnapshotKeeperParts } from "./snapshot-keeper.ts";
import { Writes } from "./writes.ts";

/** The store is the truth. The collection owns it from here and closes it. */
export interface CollectionParts extends DerivedSources, SnapshotKeeperParts, TurnsOptions {
  /**
   * "words": it opens as soon as it finds words as they were typed. The rest begins with `whole`; until it is there, a query with a text is
   * answered from the snapshot by these words alone, and the answer says `partial`. Default: it opens when it is whole.
   */
  readonly early?: "words" | undefined;
  /** Where the bytes of media lie, of this collection alone. Without it they are not stored. The collection closes it. */
  readonly media?: ByteStore | undefined;
}

/**
 * Opens a collection over a database and an index in this process. Changes since the snapshot are taken in first, or, if that
 * takes long, in the background while searches answer from what was taken in.
 */
export async function openCollection(parts: CollectionParts): Promise<RefinableCollection> {
  const keeper = new SnapshotKeeper({ ...parts, apart: parts.early && ["vectors"] });
  const derived = await openDerived(parts, keeper);
  if (parts.early === undefined) await derived.finish();
  const collection = new LocalCollection(parts, derived, keeper);
  await collection.open();
  return collection;
}

class LocalCollection implements RefinableCollection {
  readonly space: Space;
  readonly #store: EntryStore;
  readonly #derived: DerivedState;
  readonly #keeper: SnapshotKeeper;
  readonly #catchUp: CatchUp;
  readonly #writes: Writes;
  readonly #files: MediaFiles | undefined;
  /** One change of the derived state at a time. */
  readonly #turns: Turns;
  #unsubscribe: (() => void) | undefined;
  #closing = false;
  #closed = false;

  constructor(parts: CollectionParts, derived: DerivedState, keeper: SnapshotKeeper) {
    const { store, cutOffMs, keepAlive } = parts;
    const turns = new Turns(parts);
    this.space = store.space;
    this.#store = store;
    this.#derived = derived;
    this.#keeper = keeper;
    this.#turns = turns;
    const onTaken = (changes: number) => this.#noteChanges(changes);
    this.#catchUp = new CatchUp({ store, derived, turns, cutOffMs, keepAlive, onTaken });
    const files = parts.media && new MediaFiles(parts.media);
    this.#files = files;
    const report = (error: unknown) => keeper.report(error);
    this.#writes = new Writes({ store, derived, catchUp: this.#catchUp, turns, cutOffMs, files, report, onTaken });
  }

  async open(): Promise<void> {
    if (this.#derived.isWhole) await this.#catchUpAfterOpening();
    this.#unsubscribe = this.#store.onChange(() => {
      // The next search meets this failure again and reports it to its caller.
      this.#sync().catch(() => undefined);
    });
  }

  async upsert(entries: readonly EmbeddedEntry[], emptied: readonly string[] = []): Promise<void> {
    this.#assertOpen();
    await this.#writes.upsert(entries, emptied);
  }

  async remove(ids: readonly string[]): Promise<number> {
    this.#assertOpen();
    return this.#writes.remove(ids);
  }

  async setFields(id: string, fields: Fields): Promise<boolean> {
    this.#assertOpen();
    return this.#writes.setFields(id, fields);
  }

  async replace(entry: EmbeddedEntry): Promise<boolean> {
    this.#assertOpen();
    return this.#writes.replace(entry);
  }

  async reembed(entries: readonly EmbeddedEntry[]): Promise<void> {
    this.#assertOpen();
    await this.#writes.reembed(entries);
  }

  async getMany(ids: readonly string[]): Promise<(EntryText | undefined)[]> {
    this.#assertOpen();
    return this.#store.readTexts(ids);
  }

  filledSpaces(): readonly string[] {
    return this.#derived.filledSpaces;
  }

  async queryLike(id: string): Promise<CollectionQuery | undefined> {
    this.#assertOpen();
    const [entry] = await this.#store.getMany([id]);
    if (!entry) return undefined;
    const known = entry.further?.filter(({ space }) => this.#derived.furtherOf(space));
    return queryLike({ ...entry, further: known });
  }

  async mediumOf(digest: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    this.#assertOpen();
    return this.#files?.get(digest);
  }

  async search(query: CollectionQuery | Float32Array, search: CollectionSearch): Promise<CollectionAnswer> {
    this.#assertOpen();
    const {
      text,
      vector,
      space,
      tokens,
      further = [],
    } = query instanceof Float32Array ? ({ vector: query } as CollectionQuery) : query;
    assertAsked({ text, vector, further });
    if (space !== undefined) assertSpaceId(space, this.space);
    const checked = vector && checkedVector(vector);
    if (checked) assertQuery(checked, this.space.dimensions);
    const others = further.map((asked) => this.#checkedFurther(asked));
    if (text === undefined) await this.whole();
    await this.#sync();
    const { isWhole } = this.#derived;
    const partial = this.#catchUp.progress !== undefined || !isWhole;
    const compared = isWhole ? { vector: checked, tokens, further: others } : {};
    const hits = await findHits(this.#derived, { ...search, text, ...compared });
    return partial ? { hits, partial } : { hits };
  }

  useMeanings(meanings: WordMeanings): void {
    this.#derived.indexes.words.useMeanings(meanings);
  }

  async whole(): Promise<void> {
    if (this.#derived.isWhole) return;
    await this.#derived.finish();
    await this.#catchUpAfterOpening();
  }

  async ids(): Promise<string[]> {
    await this.#whole();
    return [...this.#derived.directory.ids()];
  }

  async provisionalIds(limit: number, only?: "words"): Promise<string[]> {
    await this.#whole();
    const { provisional, wordsOnly } = this.#derived.directory;
    const ids: string[] = [];
    for (const id of only ? wordsOnly : provisional) {
      if (ids.length >= limit) break;
      ids.push(id);
    }
    return ids;
  }

  async stats(): Promise<CollectionStats> {
    await this.#sync();
    const { indexes, directory, sequence } = this.#derived;
    const { kind, bytes, recall } = indexes.vectors.stats();
    const { entries, rows: passages } = directory;
    const provisional = directory.provisional.size;
    const wordsOnly = directory.wordsOnly.size;
    const catchingUp = this.#catchUp.progress;
    return { entries, passages, sequence, index: { kind, bytes, recall }, provisional, wordsOnly, catchingUp };
  }

  async close(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    this.#unsubscribe?.();
    this.#catchUp.stop();
    const derived = this.#derived;
    const keeper = this.#keeper;
    await this.#turns.take((turn) => keeper.saveAtEnd(derived, turn));
    this.#closed = true;
    await derived.close();
    await this.#files?.close();
    await this.#store.close();
  }

  #checkedFurther({ space, vector }: FurtherQuery): FurtherQuery {
    const known = this.#derived.furtherOf(space);
    if (!known) throw unknownSpace(space);
    const checked = checkedVector(vector);
    assertQuery(checked, known.space.dimensions);
    return { space, vector: checked };
  }

  #noteChanges(count: number): void {
    this.#keeper.noteChanges(count);
    this.#keeper.whenDue(this.#derived, this.#save);
  }

  readonly #save = () => this.#turns.take((turn) => this.#keeper.save(this.#derived, turn));

  async #catchUpAfterOpening(): Promise<void> {
    await this.#catchUp.briefly();
    this.#keeper.whenDueAfterOpening(this.#derived, this.#save);
  }

  /** A collection that is not whole yet answers from what is there, and says so. */
  async #sync(): Promise<void> {
    this.#assertOpen();
    if (this.#derived.isWhole) await this.#catchUp.briefly();
  }

  async #whole(): Promise<void> {
    this.#assertOpen();
    await this.#catchUp.fully();
  }

  #assertOpen(): void {
    if (!this.#closed) return;
    throw closedError("collection");
  }
}

function unknownSpace(space: string): PipitError {
  return new PipitError("space-mismatch", {
    got: `a query vector of space ${space}`,
    expected: "one of the collection's spaces",
    do: "Open the collection with this space too.",
  });
}

function assertAsked({ text, vector, further = [] }: CollectionQuery): void {
  if (text !== undefined || vector !== undefined || further.length > 0) return;
  throw badInput({}, "a query with a text, a vector or both", "Say what to find.");
}
