import {
  type AddOptions,
  type AddSummary,
  AddTally,
  assertSource,
  badInput,
  checkedAdd,
  checkedId,
  checkedIds,
  checkedPatch,
  checkedSearch,
  type EngineStats,
  type EntryPatch,
  type EntrySource,
  type ErrorCode,
  entryBatches,
  isPipitError,
  OpenCalls,
  PipitError,
  type Query,
  type SearchEngine,
  type SearchOptions,
  type SearchResult,
  SharedWork,
  sourceUntil,
  withStored,
} from "@pipit/core";
import { COLLECTION_NAME, COLLECTION_NAME_RULE } from "./app/collection-name.ts";
import { createdCollection, engineStats, nothing, removedOf, searchResult, summaryOf } from "./client/answers.ts";
import { idBatches } from "./client/id-batches.ts";
import { type Call, Requests } from "./client/requests.ts";
import { sentHeaders } from "./client/sent-headers.ts";
import { serverUrl } from "./client/server-url.ts";

/** The entries of one request are one transaction on the server, and far below the limit of a body. */
const REQUEST = { entries: 64 };

export interface EdgeEngineOptions {
  /**
   * The URL of a Pipit server, without a user name or password; for example "https://search.example", or a path of a site:
   * "https://site.example/search".
   */
  readonly url: string;
  /** Name of the collection. */
  readonly collection: string;
  /** Creates a missing collection. By default a missing collection is an error. */
  readonly create?: "if-missing" | undefined;
  /** The server's key. An empty text means no key. */
  readonly key?: string | undefined;
  readonly fetch?: ((request: Request) => Response | Promise<Response>) | undefined;
  /** Sent with each request, in their present state. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/**
 * A `SearchEngine` on a server. Fails with `bad-input` if no request could carry the settings. Calls fail with the server's errors,
 * with `remote-failed` if it cannot be reached, redirects, or is no Pipit server, and with `closed` if the client is closed meanwhile.
 */
export function createEdgeEngine(options: EdgeEngineOptions): SearchEngine {
  if (typeof options !== "object" || options === null)
    throw badInput(
      options,
      "an object {url, collection, key?, ...}",
      "Say where the server is and which collection to use.",
    );
  return new EdgeEngine(options);
}

class EdgeEngine implements SearchEngine {
  readonly #calls = new OpenCalls();
  readonly #requests: Requests;
  readonly #path: string;
  readonly #created: ((signal: AbortSignal) => Promise<unknown>) | undefined;

  constructor({ url, collection, create, fetch: own, ...sent }: EdgeEngineOptions) {
    assertCollectionName(collection);
    this.#requests = new Requests({
      base: serverUrl(url),
      headers: sentHeaders(sent),
      fetch: (request) => (own ?? fetch)(request),
    });
    this.#path = `/v1/collections/${collection}`;
    if (create !== "if-missing") return;
    const creation = new SharedWork<unknown>();
    this.#created = (signal) => creation.run(signal, (ending) => this.#create(collection, ending));
  }

  async add(entries: EntrySource, options: AddOptions = {}): Promise<AddSummary> {
    assertSource(entries);
    const { signal: given, onProgress } = checkedAdd(options);
    const total = Array.isArray(entries) ? entries.length : undefined;
    const tally = new AddTally();
    const adding = this.#calls.run(given, async (signal) => {
      for await (const batch of entryBatches(sourceUntil(signal, entries), REQUEST)) {
        if (batch.some(({ media }) => media)) throw readsNoMedia();
        const call = { ...post("/entries", { entries: batch }), answer: summaryOf(batch) };
        tally.stored(batch, await this.#ask(call, signal));
        onProgress?.({ done: tally.done, total });
      }
    });
    await adding.catch((error) => {
      throw failureOfAdd(error, tally.done);
    });
    return tally.summary();
  }

  async update(given: string, patch: EntryPatch): Promise<void> {
    const body = { id: checkedId(given), ...checkedPatch(patch) };
    await this.#calls.run(undefined, (signal) =>
      this.#ask({ ...post("/entries/update", body), answer: nothing }, signal),
    );
  }

  async remove(given: readonly string[]): Promise<number> {
    const ids = checkedIds(given);
    return this.#calls.run(undefined, async (signal) => {
      let sum = 0;
      for (const batch of idBatches(ids)) {
        const call = { ...post("/entries/remove", { ids: batch }), answer: removedOf(batch) };
        sum += (await this.#ask(call, signal)).removed;
      }
      return sum;
    });
  }

  async search(given: string | Float32Array | Query, options: SearchOptions = {}): Promise<SearchResult> {
    const { query, minScore, ...asked } = checkedSearch(given, options);
    if (query.medium) throw readsNoMedia();
    const vector = query.vector && Array.from(query.vector);
    const body = { ...query, vector, ...asked, minScore: finite(minScore) };
    return this.#calls.run(options.signal, (signal) =>
      this.#ask({ ...post("/search", body), answer: searchResult }, signal),
    );
  }

  stats(): Promise<EngineStats> {
    return this.#calls.run(undefined, (signal) => this.#ask({ method: "GET", path: "", answer: engineStats }, signal));
  }

  /** Ends this client and its open calls. The collection stays on the server. */
  async close(): Promise<void> {
    this.#calls.close();
  }

  async #ask<T>(call: Call<T>, signal: AbortSignal): Promise<T> {
    await this.#created?.(signal);
    return this.#requests.send({ ...call, path: `${this.#path}${call.path}` }, signal);
  }

  #create(name: string, signal: AbortSignal): Promise<unknown> {
    return this.#requests.send({ ...post("/v1/collections", { name }), answer: createdCollection(name) }, signal);
  }
}

function post(path: string, body: unknown) {
  return { method: "POST", path, body } as const;
}

/** Failures after which it is unknown whether the server stored the last batch. */
const UNANSWERED: readonly ErrorCode[] = ["remote-failed", "worker-died", "closed"];

/** `stored` is the number of entries in answered batches, plus those of the last batch that the server's error counts. */
function failureOfAdd(error: unknown, done: number): unknown {
  if (!isPipitError(error)) return error;
  const isUnknown = error.stored === undefined && UNANSWERED.includes(error.code);
  return isUnknown && done === 0 ? error : withStored(error, done + (error.stored ?? 0));
}

function readsNoMedia(): PipitError {
  return new PipitError("unsupported", {
    got: "media",
    expected: "texts: servers read no media",
    do: "Use an engine in process, with a model of pictures.",
  });
}

/** JSON has no infinity. Scores are at most 1, so that 2 leaves out all hits too. */
function finite(minScore: number): number | undefined {
  if (Number.isFinite(minScore)) return minScore;
  return minScore > 0 ? 2 : undefined;
}

function assertCollectionName(name: string): void {
  if (typeof name === "string" && COLLECTION_NAME.test(name)) return;
  throw badInput(name, `a collection's name: ${COLLECTION_NAME_RULE}`, "Name the collection as the server does.");
}
