import {
  AbortedError,
  type AddOptions,
  type AddSummary,
  type EngineStats,
  type Entry,
  type EntryPatch,
  type EntrySource,
  PipitError,
  reviveError,
  type SearchEngine,
  type SearchOptions,
  type SearchResult,
  throwIfAborted,
} from "@pipit/core";
import { entryBatches } from "./entry-batches.ts";
import { wireErrorOf } from "./wire-error.ts";

export interface EdgeEngineOptions {
  /** Where Pipit listens, for example "https://search.example". */
  readonly url: string;
  /** Name of the collection. */
  readonly collection: string;
  /** Unless told, a collection that is not there is an error and stays not there. */
  readonly create?: "if-missing" | undefined;
  readonly fetch?: ((request: Request) => Response | Promise<Response>) | undefined;
  /** Sent with each request, for example an authorization. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** A `SearchEngine` whose work happens on a server. Fails with what the server fails with, and `remote-failed` when it cannot be reached. */
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
  private readonly path: string;
  private created: Promise<unknown> | undefined;
  private closed = false;

  constructor(options: EdgeEngineOptions) {
    this.options = options;
    this.path = `/v1/collections/${encodeURIComponent(options.collection)}`;
  }

  async add(entries: EntrySource, { signal, onProgress }: AddOptions = {}): Promise<AddSummary> {
    const total = Array.isArray(entries) ? entries.length : undefined;
    const skipped: string[] = [];
    let added = 0;
    for await (const batch of entryBatches(entries)) {
      throwIfAborted(signal);
      const summary = await this.post<AddSummary>("/entries", { entries: batch satisfies Entry[] }, signal);
      added += summary.added;
      skipped.push(...summary.skipped);
      onProgress?.({ done: added + skipped.length, total });
    }
    return { added, skipped };
  }

  async update(id: string, patch: EntryPatch): Promise<void> {
    await this.ask({ method: "PATCH", path: `/entries/${encodeURIComponent(id)}`, body: patch });
  }

  async remove(ids: readonly string[]): Promise<number> {
    return (await this.post<{ removed: number }>("/entries/remove", { ids })).removed;
  }

  search(query: string | Float32Array, { signal, ...options }: SearchOptions = {}): Promise<SearchResult> {
    const asked = typeof query === "string" ? { text: query } : { vector: Array.from(query) };
    return this.post<SearchResult>("/search", { ...asked, ...options }, signal);
  }

  stats(): Promise<EngineStats> {
    return this.ask<EngineStats>({ method: "GET", path: "" });
  }

  /** The collection stays; this face of it answers no more. */
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
    const { url, headers, fetch: ask = fetch } = this.options;
    const request = new Request(new URL(path, url), {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { "content-type": "application/json" }) },
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal ?? null,
    });
    try {
      const response = await ask(request);
      if (!response.ok) throw await failureOf(response);
      return (response.status === 204 ? undefined : await response.json()) as T;
    } catch (error) {
      if (signal?.aborted) throw new AbortedError(signal.reason);
      throw error instanceof PipitError ? error : unreachable(url, error);
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

function unreachable(url: string, cause: unknown): PipitError {
  return new PipitError("remote-failed", {
    got: `no answer from ${url} (${cause instanceof Error ? cause.message : cause})`,
    expected: "a Pipit server that answers",
    do: "Check the address and the network, then try again; what was acknowledged before is stored.",
    cause,
  });
}
