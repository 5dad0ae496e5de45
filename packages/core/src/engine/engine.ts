import { badInput } from "../bad-input.ts";
import { assertSource, checkedPatch, type PlainEntry } from "../checks/check-entry.ts";
import { checkedId, checkedIds } from "../checks/check-id.ts";
import { checkedAdd } from "../checks/check-options.ts";
import { checkedSearch, type PlainSearch } from "../checks/check-search.ts";
import type { Fields } from "../entry.ts";
import { throwIfAborted, withStored } from "../errors.ts";
import type { CollectionQuery, Query, RefinableCollection } from "../ports/collection.ts";
import type { Embedder } from "../ports/embedder.ts";
import type {
  AddOptions,
  AddSummary,
  EngineStats,
  EntryPatch,
  EntrySource,
  FoundEntry,
  FoundMedium,
  SearchEngine,
  SearchOptions,
  SearchResult,
} from "../ports/search-engine.ts";
import { leastLikely, reasonsFor } from "../search/relevance.ts";
import { assertSameSpace } from "../space.ts";
import { type Adding, addBatches } from "./add-batches.ts";
import { AddTally } from "./add-tally.ts";
import { askedQuery } from "./asked-query.ts";
import { ChosenEmbedder, type EmbedderChoice, type LoadEmbedder } from "./chosen-embedder.ts";
import { currentHits, type Found } from "./current-hits.ts";
import { embedEntries, isFitForDocuments, type TextEntry, wordedEntries } from "./embed-entries.ts";
import type { MediaReaders } from "./embed-media.ts";
import { tokenRangesOf } from "./embedded-query.ts";
import { nothingToRead, unfitForDocuments, unknownEntry } from "./entry-errors.ts";
import { OpenCalls } from "./open-calls.ts";
import { Pace } from "./pace.ts";
import { preparedBatch } from "./prepared-batch.ts";
import { foundEntry } from "./read-hits.ts";

/** Entries that are embedded again at once. Those without vectors are embedded by the first embedder, which is fast. */
const BATCH = { refined: 32, completed: 256 };

interface SharedParts {
  /** Without them media are refused. The collection keeps the spaces of their embedders. */
  readonly media?: MediaReaders | undefined;
}

export interface EngineParts extends EmbedderChoice, SharedParts {
  /** The engine owns the collection and closes it. */
  readonly collection: RefinableCollection;
}

/** The parts of an engine that opens before its embedder is loaded. */
export interface EarlyEngineParts extends Pick<EngineParts, "collection">, SharedParts {
  /** Loads the embedder. It is called by `whole` or the first call that needs vectors, and after a failure by the next. */
  readonly load: LoadEmbedder;
}

/** The in-process engine, with the calls that only its host may make. */
export interface LocalEngine extends SearchEngine {
  /** Embeds queries and new entries with another producer of the same space from now on. Throws `space-mismatch` for another space. */
  adopt(choice: EmbedderChoice): void;
  /**
   * Embeds provisional entries again with a producer that is good enough for documents. Searches continue meanwhile. Each batch is
   * stored when it is done, so that an aborted call loses nothing. Fails with `fidelity-too-low` if the current producer is not.
   */
  refine(options?: Pick<AddOptions, "signal" | "onProgress">): Promise<void>;
  /** Embeds the entries that were added without vectors, with any producer. Each batch is stored when it is done. */
  complete(options?: Pick<AddOptions, "signal" | "onProgress">): Promise<void>;
  /** Loads the embedder and opens the rest of the collection, if it was made before they were there. Searches continue meanwhile. */
  whole(): Promise<void>;
  /** Ids of all entries. */
  ids(): Promise<string[]>;
  /** A medium of an entry by its position, with its bytes; undefined if there is none, or its bytes are not stored. */
  mediumOf(id: string, at: number): Promise<FoundMedium | undefined>;
  /** The entries of these ids as they are stored, in the order of the ids; those that are missing are left out. It waits for no index. */
  entriesOf(ids: readonly string[]): Promise<FoundEntry[]>;
}

/**
 * Joins the stages: entry -> prepare -> embed -> collection, and query -> embed -> search -> hits. With `load`, a query that comes before the
 * embedder is answered by words alone, and the answer says `partial`; other calls that need vectors wait.
 */
export function createEngine(parts: EngineParts | EarlyEngineParts): LocalEngine {
  return new Engine(parts);
}

/** What `stats` says until the embedder is loaded. */
const LOADING = {
  producer: { name: "none", fidelity: { mean: 0, min: 0 } },
  backend: "none",
  why: "the model is being loaded; until then words are compared",
};

class Engine implements LocalEngine {
  readonly #collection: RefinableCollection;
  readonly #chosen: ChosenEmbedder;
  readonly #media: MediaReaders;
  /** Other calls end with the collection; an `add` may wait for its source. */
  readonly #adding = new OpenCalls();

  constructor(parts: EngineParts | EarlyEngineParts) {
    this.#collection = parts.collection;
    this.#media = parts.media ?? { preparers: [], embedders: [] };
    if ("embedder" in parts) this.#accept(parts);
    this.#chosen = new ChosenEmbedder("load" in parts ? () => this.#loaded(parts.load) : parts);
  }

  async add(entries: EntrySource, options: AddOptions = {}): Promise<AddSummary> {
    assertSource(entries);
    const { signal: given, onProgress, meaning } = checkedAdd(options);
    const texts = (batch: readonly PlainEntry[], signal?: AbortSignal) =>
      meaning === "later"
        ? wordedEntries(batch, this.#collection.space, signal)
        : this.#embedder().then((embedder) => embedEntries(batch, embedder, signal));
    const prepare: Adding["prepare"] = (batch, signal) => preparedBatch(batch, { texts, media: this.#media }, signal);
    const pace = new Pace(meaning === "later" ? "stored" : "embedded");
    const total = Array.isArray(entries) ? entries.length : undefined;
    const tally = new AddTally();
    const store: Adding["store"] = async (batch, { entries: prepared, unreadable }) => {
      const readable = new Set(prepared.map(({ id }) => id));
      const emptied = batch.flatMap(({ id }) => (readable.has(id) ? [] : [id]));
      await this.#collection.upsert(prepared, emptied);
      const unread = prepared.flatMap(({ id, hasUnread }) => (hasUnread ? [id] : []));
      tally.stored(batch, { skipped: emptied, unread, unreadable });
      onProgress?.({ done: tally.done, total });
    };
    try {
      await this.#adding.run(given, (signal) => addBatches(entries, { pace, prepare, store, signal }));
    } catch (error) {
      throw withStored(error, tally.done);
    }
    return tally.summary();
  }

  async update(given: string, patch: EntryPatch): Promise<void> {
    const id = checkedId(given);
    const { text, fields } = checkedPatch(patch);
    const found =
      text === undefined ? await this.#changeFields(id, fields) : await this.#changeText({ id, text }, fields);
    if (!found) throw unknownEntry(id);
  }

  async remove(ids: readonly string[]): Promise<number> {
    return this.#collection.remove(checkedIds(ids));
  }

  async search(given: string | Float32Array | Query, options: SearchOptions = {}): Promise<SearchResult> {
    const checked = checkedSearch(given, options);
    const { query, k, filter, minScore, explain } = checked;
    const { like } = query;
    const { signal } = options;
    const start = performance.now();
    const embedder = await this.#embedderFor(checked);
    const { asked, read, isUnread, isEarly, isPartial } = await askedQuery(
      checked,
      { collection: this.#collection, embedder, media: this.#media },
      signal,
    );
    const embedded = performance.now();
    let [confidence, isWeak] = [0, true];
    const find = async (k: number): Promise<Found> => {
      if (!asked) return { found: [], partial: undefined };
      const { hits, partial } = await this.#collection.search(asked, { read, k, filter, without: like, signal });
      confidence = hits[0]?.score ?? 0;
      isWeak = confidence < leastLikely(hits.map(({ evidence }) => evidence));
      return { found: hits.filter((hit) => hit.score >= minScore), partial: isEarly || isPartial || partial };
    };
    const tokenRanges = embedder?.tokens && tokenRangesOf(embedder.tokens);
    const current = await currentHits(this.#collection, find, { k, filter, signal, tokenRanges });
    const { partial } = current;
    const hits = explain ? current.hits.map((hit) => ({ ...hit, reasons: reasonsFor(hit.evidence) })) : current.hits;
    const end = performance.now();
    const took = { embed: embedded - start, search: end - embedded, total: end - start };
    const marks = {
      ...(isWeak && { weak: true as const }),
      ...(isUnread && { unread: true as const }),
      ...(partial && { partial }),
    };
    return { hits, confidence, ...marks, ...this.#comparison(query, embedder, asked), took };
  }

  async whole(): Promise<void> {
    await this.#embedder();
    await this.#collection.whole?.();
  }

  ids(): Promise<string[]> {
    return this.#collection.ids();
  }

  async entriesOf(ids: readonly string[]): Promise<FoundEntry[]> {
    const stored = await this.#collection.getMany(checkedIds(ids));
    return stored.flatMap((entry) => (entry ? [foundEntry(entry)] : []));
  }

  /** Space and producer of the vector that decided: a medium's, or else that of the collection's own space. */
  #comparison(
    { medium, like, vector }: Query,
    embedder: Embedder | undefined,
    asked: CollectionQuery | undefined,
  ): Pick<SearchResult, "space" | "producer"> {
    const own = medium && this.#media.embedders.find(({ space }) => space.id === asked?.further?.[0]?.space);
    const { producer } = own ?? embedder ?? LOADING;
    const name = like === undefined ? producer.name : "entry";
    return { space: (own ?? this.#collection).space.id, producer: vector ? "caller" : name };
  }

  async mediumOf(id: string, at: number): Promise<FoundMedium | undefined> {
    const checked = checkedId(id);
    if (!Number.isSafeInteger(at)) throw badInput(at, "the position of a medium as a whole number", "The first is 0.");
    const [entry] = await this.#collection.getMany([checked]);
    const medium = entry?.media?.[at];
    const bytes = medium && (await this.#collection.mediumOf?.(medium.digest));
    return bytes && { ...medium, bytes };
  }

  async stats(): Promise<EngineStats> {
    const { embedder, backend, why } = { embedder: undefined, ...LOADING, ...this.#chosen.now };
    const { entries, passages, index, provisional, wordsOnly, catchingUp } = await this.#collection.stats();
    const cache = embedder?.stats?.() ?? { hits: 0, misses: 0 };
    const { space } = this.#collection;
    const { producer } = embedder ?? LOADING;
    const { kind, bytes, recall } = index;
    const held = { index: { kind, bytes }, recall };
    return { entries, passages, space, producer, backend, why, ...held, cache, provisional, wordsOnly, catchingUp };
  }

  adopt(choice: EmbedderChoice): void {
    assertSameSpace(choice.embedder.space, this.#collection.space);
    this.#chosen.adopt(choice);
  }

  async refine({ signal, onProgress }: AddOptions = {}): Promise<void> {
    const embedder = await this.#embedder();
    if (!isFitForDocuments(embedder)) throw unfitForDocuments(embedder);
    await this.#embedStored(undefined, { signal, onProgress });
  }

  complete(options: AddOptions = {}): Promise<void> {
    return this.#embedStored("words", options);
  }

  /** Embeds provisional entries, or only those without vectors. */
  async #embedStored(only: "words" | undefined, { signal, onProgress }: AddOptions): Promise<void> {
    const { provisional, wordsOnly } = await this.#collection.stats();
    const total = only ? wordsOnly : provisional;
    const most = only ? BATCH.completed : BATCH.refined;
    // Each entry is tried once. One that is written provisionally again meanwhile waits for the next call, or this call might never end.
    const tried = new Set<string>();
    for (;;) {
      throwIfAborted(signal);
      const waiting = await this.#collection.provisionalIds(most + tried.size, only);
      const ids = waiting.filter((id) => !tried.has(id)).slice(0, most);
      if (ids.length === 0) return;
      for (const id of ids) tried.add(id);
      const stored = (await this.#collection.getMany(ids)).flatMap((entry) => (entry ? [entry] : []));
      await this.#collection.reembed(await embedEntries(stored, await this.#embedder(), signal));
      onProgress?.({ done: tried.size, total: Math.max(total, tried.size) });
    }
  }

  close(): Promise<void> {
    this.#adding.close();
    return this.#collection.close();
  }

  async #loaded(load: LoadEmbedder): Promise<EmbedderChoice> {
    const choice = await load();
    this.#accept(choice);
    return choice;
  }

  #accept({ embedder }: EmbedderChoice): void {
    assertSameSpace(embedder.space, this.#collection.space);
    if (embedder.meanings) this.#collection.useMeanings?.(embedder.meanings);
  }

  async #embedder(): Promise<Embedder> {
    return (await this.#chosen.ready()).embedder;
  }

  /** Undefined if the query needs none, or may be answered before it is loaded. */
  async #embedderFor({ query, ranking }: Pick<PlainSearch, "query" | "ranking">): Promise<Embedder | undefined> {
    const { now, hasFailed } = this.#chosen;
    const isNeeded = ranking !== "words" && !query.vector && !query.medium && query.like === undefined;
    const isAwaited = isNeeded && (ranking === "meaning" || hasFailed);
    return now || !isAwaited ? now?.embedder : this.#embedder();
  }

  async #changeFields(id: string, fields: Fields | undefined): Promise<boolean> {
    return fields === undefined ? this.#has(id) : this.#collection.setFields(id, fields);
  }

  /** Another caller may change or remove the entry while its new text is embedded: `replace` checks again. */
  async #changeText(entry: TextEntry, fields: Fields | undefined): Promise<boolean> {
    if (!(await this.#has(entry.id))) return false;
    const [embedded] = await embedEntries([entry], await this.#embedder());
    if (!embedded) throw nothingToRead(entry.text);
    return this.#collection.replace({ ...embedded, fields });
  }

  async #has(id: string): Promise<boolean> {
    const [entry] = await this.#collection.getMany([id]);
    return entry !== undefined;
  }
}
