/** The little of Cloudflare's bindings that Pipit calls; the runtime's own D1, R2 and context have these shapes. */
export interface D1Binding {
  prepare(sql: string): D1Statement;
  batch<Row>(statements: D1Statement[]): Promise<{ results: Row[] }[]>;
}

export interface D1Statement {
  bind(...values: unknown[]): D1Statement;
}

export interface R2Binding {
  get(key: string): Promise<{ arrayBuffer(): Promise<ArrayBuffer> } | null>;
  put(key: string, bytes: Uint8Array): Promise<unknown>;
  delete(keys: string[]): Promise<void>;
}

export interface WorkerContext {
  /** Keeps the isolate at work on the promise after the answer is sent, or after the caller has gone. */
  waitUntil(promise: Promise<unknown>): void;
}
