import type { AccessVariables } from "../app/access/access-options.ts";

/** The part of Cloudflare's bindings that Pipit calls; the runtime's D1, R2 and context have these shapes. */
export interface D1Binding {
  prepare(sql: string): D1Statement;
  batch<Row>(statements: D1Statement[]): Promise<{ results: Row[] }[]>;
}

export interface D1Statement {
  bind(...values: unknown[]): D1Statement;
}

export interface R2Binding {
  get(key: string): Promise<R2Body | null>;
  put(key: string, bytes: Uint8Array): Promise<unknown>;
  delete(keys: string[]): Promise<void>;
}

export interface R2Body {
  /** In bytes. */
  readonly size: number;
  readonly body: ReadableStream<Uint8Array>;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** Workers KV. A value may have 25 MiB; a packed MiniLM is smaller. */
export interface KvBinding {
  get(key: string, type: "stream"): Promise<ReadableStream<Uint8Array> | null>;
}

export interface WorkerContext {
  /** Lets the promise continue after the answer is sent, or after the caller has gone. */
  waitUntil(promise: Promise<unknown>): void;
}

/** Anyone can reach a Worker: without PIPIT_KEY only public searches are answered. */
export interface WorkerBindings extends AccessVariables {
  /** Entries and vectors. */
  readonly DB: D1Binding;
  /** Index snapshots; without this binding a fresh isolate builds its index from the rows. */
  readonly SNAPSHOTS?: R2Binding | undefined;
  /** Packed models and their tokenizers, in R2 or KV; without them only the starter answers. */
  readonly MODELS?: R2Binding | undefined;
  readonly MODELS_KV?: KvBinding | undefined;
  /** BCP 47 tag of the language of the entries. Default "en". */
  readonly PIPIT_LANGUAGE?: string | undefined;
}
