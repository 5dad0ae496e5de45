import {
  AbortedError,
  type AddOptions,
  type AddSummary,
  AddTally,
  assertSource,
  badInput,
  checkedId,
  checkedIds,
  checkedOptions,
  checkedPatch,
  checkedSearch,
  type EngineStats,
  type EntryPatch,
  type EntrySource,
  isPipitError,
  PipitError,
  reviveError,
  type SearchEngine,
  type SearchOptions,
  type SearchResult,
  sourceUntil,
  throwIfAborted,
  withStored,
} from "@pipit/core";
import { COLLECTION_NAME, COLLECTION_NAME_RULE } from "./collection-name.ts";
import { entryBatches } from "./entry-batches.ts";
import { foreignPage } from "./foreign-page.ts";
import { idBatches } from "./id-batches.ts";
import { sentHeaders } from "./sent-headers.ts";
import { placeOf, serverUrl } from "./server-url.ts";
import { wireErrorOf } from "./wire-error.ts";

export interface EdgeEngineOptions {
  /**
   * Where Pipit listens, without a user name or password; for example "https://search.example", or a path of a site:
   * "https://site.example/search".
   */
  readonly url: string;
  /** Name of the collection. */
  readonly collection: string;
  /** Creates a missing collection. By default a missing collection is an error. */
  readonly create?: "if-missing" | undefined;
  /** The key that the server was started with. An empty one is none. */
  readonly key?: string | undefined;
  readonly fetch?: ((request: Request) => Response | Promise<Response>) | undefined;
  /** Sent with each request, as they are now. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/**
 * A `SearchEngine` on a server. Fails with `bad-input` if no request could carry the settings. Calls fail with the server's errors, and
 * with `remote-failed` if it cannot be reached.
 */
export function createEdgeEngine(options: EdgeEngineOptions): SearchEngine {
  return new EdgeEngine(options);
}

interface Call {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

class EdgeEngine implements SearchEngine {
  private readonly options: EdgeEngineOptions;
  private readonly base: URL;
  private readonly headers: Headers;
  private readonly path: string;
  private created: Promise<unknown> | undefined;
  private closed = false;

  constructor(options: EdgeEngineOptions) {
    assertCollectionName(options.collection);
    this.options = options;
    this.base = serverUrl(options.url);
    this.headers = sentHeaders(options);
    this.path = `/v1/collections/${options.collection}`;
  }

  async add(entries: EntrySource, options: AddOptions = {}): Promise<AddSummary> {
    assertSource(entries);
    const { signal, onProgress } = checkedOptions(options);
    const total = Array.isArray(entries) ? entries.length : undefined;
    const tally = new AddTally();
    try {
      for await (const batch of entryBatches(sourceUntil(signal, entries))) {
        throwIfAborted(signal);
        tally.stored(batch, await this.post<AddSummary>("/entries", { entries: batch }, signal));
        onProgress?.({ done: tally.done, total });
      }
    } catch (error) {
      throw failureOfAdd(error, tally.done);
    }
    return tally.summary();
  }

  async update(id: string, patch: EntryPatch): Promise<void> {
    await this.post("/entries/update", { id: checkedId(id), ...checkedPatch(patch) });
  }

  async remove(ids: readonly string[]): Promise<number> {
    let removed = 0;
    for (const batch of idBatches(checkedIds(ids))) {
      removed += (await this.post<{ removed: number }>("/entries/remove", { ids: batch })).removed;
    }
    return removed;
  }

  async search(given: string | Float32Array, options: SearchOptions = {}): Promise<SearchResult> {
    const { query, k, minScore, filter } = checkedSearch(given, options);
    const asked = typeof query === "string" ? { text: query } : { vector: Array.from(query) };
    return this.post<SearchResult>("/search", { ...asked, k, minScore: finite(minScore), filter }, options.signal);
  }

  stats(): Promise<EngineStats> {
    return this.ask<EngineStats>({ method: "GET", path: "" });
  }

  /** Ends this client. The collection stays on the server. */
  async close(): Promise<void> {
    this.closed = true;
  }

  private post<T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> {
    return this.ask<T>({ method: "POST", path, body, signal });
  }

  private async ask<T>(call: Call): Promise<T> {
    this.assertOpen();
    if (this.options.create === "if-missing") await this.ensureCreated();
    return this.send<T>({ ...call, path: `${this.path}${call.path}` });
  }

  private ensureCreated(): Promise<unknown> {
    const body = { name: this.options.collection };
    this.created ??= this.send({ method: "POST", path: "/v1/collections", body }).catch((error) => {
      // The next call tries again.
      this.created = undefined;
      throw error;
    });
    return this.created;
  }

  private async send<T>({ method, path, body, signal }: Call): Promise<T> {
    throwIfAborted(signal);
    const { fetch: ask = fetch } = this.options;
    const headers = new Headers(this.headers);
    if (body !== undefined) headers.set("content-type", "application/json");
    const request = new Request(below(this.base, path), {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal ?? null,
    });
    let response: Response | undefined;
    try {
      response = await ask(request);
      if (!response.ok) throw await failureOf(response);
      return (response.status === 204 ? undefined : await response.json()) as T;
    } catch (error) {
      if (signal?.aborted) throw new AbortedError(signal.reason);
      if (error instanceof PipitError) throw error;
      throw response ? unreadable(this.base, error) : unreachable(this.base, path, error);
    }
  }

  private assertOpen(): void {
    if (!this.closed) return;
    throw new PipitError("closed", {
      got: "a call to a closed engine",
      expected: "an open one",
      do: "Make a new one.",
    });
  }
}

/** `stored` counts the batches that were answered. If there was no answer, it is unknown whether the last batch was stored. */
function failureOfAdd(error: unknown, done: number): unknown {
  if (!isPipitError(error) || (error.code === "remote-failed" && done === 0)) return error;
  return withStored(error, done + (error.stored ?? 0));
}

/** JSON has no infinity. Scores are at most 1, so that 2 leaves out all hits too. */
function finite(minScore: number): number | undefined {
  if (Number.isFinite(minScore)) return minScore;
  return minScore > 0 ? 2 : undefined;
}

/** The URL of a route. The server may be below a path, behind a proxy. */
function below(base: URL, path: string): URL {
  const url = new URL(base);
  url.pathname = `${base.pathname.replace(/\/+$/, "")}${path}`;
  url.hash = "";
  return url;
}

function assertCollectionName(name: string): void {
  if (typeof name === "string" && COLLECTION_NAME.test(name)) return;
  throw badInput(name, `a collection's name: ${COLLECTION_NAME_RULE}`, "Name the collection as the server does.");
}

async function failureOf(response: Response): Promise<Error> {
  const text = await response.text();
  const wire = wireErrorOf(text);
  if (wire) return reviveError(wire);
  return new PipitError("remote-failed", {
    got: `status ${response.status} from ${new URL(response.url || "http://server/").host}: ${text.slice(0, 120)}`,
    expected: "an answer of a Pipit server",
    do: "Check that the URL is that of a Pipit server and look into its log.",
  });
}

function unreadable(url: URL, cause: unknown): PipitError {
  return new PipitError("remote-failed", {
    got: `an answer of ${placeOf(url)} that cannot be read (${wordsOf(cause)})`,
    expected: "an answer of a Pipit server",
    do: "Check that the URL is that of a Pipit server, then try again; what was acknowledged before is stored.",
    cause,
  });
}

function unreachable(url: URL, path: string, cause: unknown): PipitError {
  const network = "Check the address and the network, then try again; what was acknowledged before is stored.";
  const page = foreignPage(url.origin);
  return new PipitError("remote-failed", {
    got: `no answer from ${placeOf(url)} (${wordsOf(cause)})`,
    expected: "a Pipit server that answers",
    do: page === undefined ? network : `${network} ${allowance(page, path)}`,
    cause,
  });
}

/** A page cannot tell a server that refuses its origin from one that cannot be reached. */
function allowance(page: string, path: string): string {
  const search = path.endsWith("/search") ? "lists the collection in PIPIT_PUBLIC_SEARCH, or " : "";
  // A page with an opaque origin, as in a sandbox, cannot be listed.
  const listed = page === "null" ? "this page's origin" : page;
  return `This page is of another origin: see that the server ${search}lists ${listed} in PIPIT_ORIGINS.`;
}

function wordsOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
