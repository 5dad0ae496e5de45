import { shown } from "../bad-input.ts";
import { assertSource, checkedPatch } from "../checks/check-entry.ts";
import { checkedId, checkedIds } from "../checks/check-id.ts";
import { checkedAdd } from "../checks/check-options.ts";
import { checkedSearch } from "../checks/check-search.ts";
import type { Entry, Fields } from "../entry.ts";
import { PipitError, throwIfAborted, withStored } from "../errors.ts";
import type { Query, RefinableCollection } from "../ports/collection.ts";
import { type Embedder, LEAST_DOCUMENT_FIDELITY } from "../ports/embedder.ts";
import type {
  AddOptions,
  AddSummary,
  EngineStats,
  EntryPatch,
  EntrySource,
  SearchEngine,
  SearchOptions,
  SearchResult,
} from "../ports/search-engine.ts";
import { LIKELY, reasonsFor } from "../search/relevance.ts";
import { assertSameSpace } from "../space.ts";
import { AddTally } from "./add-tally.ts";
import { currentHits, type Found } from "./current-hits.ts";
import { embedEntries, isFitForDocuments, type PreparedEntry, wordedEntries } from "./embed-entries.ts";
import { embeddedQuery, tokenRangesOf } from "./embedded-query.ts";
import { entryBatches } from "./entry-batches.ts";
import { OpenCalls } from "./open-calls.ts";
import { Pace } from "./pace.ts";
import { sourceUntil } from "./source-until.ts";

/** Entries that are embedded again at once. Those without vectors are embedded by the first embedder, which is fast. */
const BATCH = { refined: 32, completed: 256 };

export interface EngineParts {
  /** The engine owns the collection and closes it. */
  readonly collection: RefinableCollection;
  /** Shared by many engines, so never closed here. */
  readonly embedder: Embedder & { stats?(): { hits: number; misses: number } };
  /** The embedder's backend ("wasm", "webgpu", "native cpu", ...), for `stats`. */
  readonly backend: string;
  /** The reason for the choice of embedder and backend, in a sentence for users. */
  readonly why: string;
}

export type EmbedderChoice = Pick<EngineParts, "embedder" | "backend" | "why">;

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
  /** Ids of all entries. */
  ids(): Promise<string[]>;
}

/** Joins the stages: entry -> prepare -> embed -> collection, and query -> embed -> search -> hits. */
export function createEngine(parts: EngineParts): LocalEngine {
  return new Engine(parts);
}

interface Adding {
  readonly prepare: typeof embedEntries;
  readonly store: (batch: readonly Entry[], embedded: readonly PreparedEntry[]) => Promise<void>;
  readonly signal: AbortSignal;
}

class Engine implements LocalEngine {
  readonly #collection: RefinableCollection;
  #choice: EmbedderChoice;
  /** Other calls end with the collection; an `add` may wait for its source. */
  readonly #adding = new OpenCalls();

  constructor(parts: EngineParts) {
    this.#collection = parts.collection;
    this.#choice = parts;
    assertSameSpace(parts.embedder.space, parts.collection.space);
  }

  async add(entries: EntrySource, options: AddOptions = {}): Promise<AddSummary> {
    assertSource(entries);
    const { signal: given, onProgress, meaning } = checkedAdd(options);
    const prepare = meaning === "later" ? wordedEntries : embedEntries;
    const total = Array.isArray(entries) ? entries.length : undefined;
    const tally = new AddTally();
    const store = async (batch: readonly Entry[], embedded: readonly PreparedEntry[]) => {
      const readable = new Set(embedded.map(({ id }) => id));
      const emptied = batch.flatMap(({ id }) => (readable.has(id) ? [] : [id]));
      await this.#collection.upsert(embedded, emptied);
      const unread = embedded.flatMap(({ id, hasUnread }) => (hasUnread ? [id] : []));
      tally.stored(batch, { skipped: emptied, unread });
      onProgress?.({ done: tally.done, total });
    };
    try {
      await this.#adding.run(given, (signal) => this.#addBatches(entries, { prepare, store, signal }));
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
    const { signal } = options;
    const { embedder } = this.#choice;
    const start = performance.now();
    const { query: asked, read, isUnread } = await embeddedQuery(checked, embedder, signal);
    const embedded = performance.now();
    let confidence = 0;
    const find = async (k: number): Promise<Found> => {
      if (!asked) return { found: [], partial: undefined };
      const { hits, partial } = await this.#collection.search(asked, { read, k, filter, signal });
      confidence = hits[0]?.score ?? 0;
      return { found: hits.filter((hit) => hit.score >= minScore), partial };
    };
    const tokenRanges = embedder.tokens && tokenRangesOf(embedder.tokens);
    const current = await currentHits(this.#collection, find, { k, filter, signal, tokenRanges });
    const { partial } = current;
    const hits = explain ? current.hits.map((hit) => ({ ...hit, reasons: reasonsFor(hit.evidence) })) : current.hits;
    const end = performance.now();
    const took = { embed: embedded - start, search: end - embedded, total: end - start };
    const producer = query.vector ? "caller" : embedder.producer.name;
    const marks = {
      ...(confidence < LIKELY && { weak: true as const }),
      ...(isUnread && { unread: true as const }),
      ...(partial && { partial }),
    };
    return { hits, confidence, ...marks, space: embedder.space.id, producer, took };
  }

  ids(): Promise<string[]> {
    return this.#collection.ids();
  }

  async stats(): Promise<EngineStats> {
    const { embedder, backend, why } = this.#choice;
    const { entries, passages, index, provisional, wordsOnly, catchingUp } = await this.#collection.stats();
    const cache = (embedder as EngineParts["embedder"]).stats?.() ?? { hits: 0, misses: 0 };
    const { space, producer } = embedder;
    const { kind, bytes, recall } = index;
    const held = { index: { kind, bytes }, recall };
    return { entries, passages, space, producer, backend, why, ...held, cache, provisional, wordsOnly, catchingUp };
  }

  adopt(choice: EmbedderChoice): void {
    assertSameSpace(choice.embedder.space, this.#collection.space);
    this.#choice = choice;
  }

  async refine({ signal, onProgress }: AddOptions = {}): Promise<void> {
    if (!isFitForDocuments(this.#choice.embedder)) throw unfitForDocuments(this.#choice.embedder);
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
      await this.#collection.reembed(await embedEntries(stored, this.#choice.embedder, signal));
      onProgress?.({ done: tried.size, total: Math.max(total, tried.size) });
    }
  }

  close(): Promise<void> {
    this.#adding.close();
    return this.#collection.close();
  }

  /** Stores one batch while the next is embedded, so that database and model do not wait for each other. */
  async #addBatches(entries: EntrySource, { prepare, store, signal }: Adding): Promise<void> {
    const pace = new Pace();
    let storing: Promise<void> = Promise.resolve();
    let began = performance.now();
    try {
      for await (const batch of entryBatches(sourceUntil(signal, entries), pace)) {
        throwIfAborted(signal);
        const embedded = await prepare(lastOfEach(batch), this.#choice.embedder, signal);
        await storing;
        throwIfAborted(signal);
        storing = store(batch, embedded);
        // A failure is thrown by the next `await storing`. Until then it must not count as unhandled.
        storing.catch(() => undefined);
        pace.took(performance.now() - began);
        began = performance.now();
      }
    } finally {
      await storing;
    }
  }

  async #changeFields(id: string, fields: Fields | undefined): Promise<boolean> {
    return fields === undefined ? this.#has(id) : this.#collection.setFields(id, fields);
  }

  /** Another caller may change or remove the entry while its new text is embedded: `replace` checks again. */
  async #changeText(entry: Entry, fields: Fields | undefined): Promise<boolean> {
    if (!(await this.#has(entry.id))) return false;
    const [embedded] = await embedEntries([entry], this.#choice.embedder);
    if (!embedded) throw nothingToRead(entry.text);
    return this.#collection.replace({ ...embedded, fields });
  }

  async #has(id: string): Promise<boolean> {
    const [entry] = await this.#collection.getMany([id]);
    return entry !== undefined;
  }
}

/** Entries of one id in one batch are one write; vectors of those before the last would not be used. */
function lastOfEach(batch: readonly Entry[]): Entry[] {
  return [...new Map(batch.map((entry) => [entry.id, entry])).values()];
}

function nothingToRead(text: string): PipitError {
  return new PipitError("nothing-to-read", {
    got: shown(text),
    expected: "a text with something to read",
    do: "Remove the entry if it is not wanted; it was not changed.",
  });
}

function unknownEntry(id: string): PipitError {
  return new PipitError("unknown-entry", {
    got: `the id ${JSON.stringify(id)}`,
    expected: "the id of an entry that is there",
    do: "Add it first; `add` also replaces.",
  });
}

function unfitForDocuments({ producer }: Embedder): PipitError {
  return new PipitError("fidelity-too-low", {
    got: `producer ${producer.name} with mean cosine ${producer.fidelity.mean} to fp32`,
    expected: `at least ${LEAST_DOCUMENT_FIDELITY}`,
    do: "Adopt a better producer first; the entries keep their vectors.",
  });
}
