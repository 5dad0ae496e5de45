import type { ComputedForm } from "../computed-text.ts";
import type { Priority } from "../ports/embedder.ts";
import type { BatchModel } from "./batch-model.ts";
import type { LaneCall } from "./lane-call.ts";

/** A text in the queue, with the calls that wait for what is computed of it. */
export interface WaitingText {
  readonly text: string;
  readonly form: ComputedForm;
  /** 0 if the model runs one text per batch, so that length does not matter. */
  readonly tokens: number;
  waiters: { readonly call: LaneCall; readonly row: number }[];
}

export interface QueueRequest {
  readonly texts: readonly string[];
  readonly form: ComputedForm;
  readonly priority: Priority;
  readonly call: LaneCall;
  /** Rows whose texts are in the running batch already. */
  readonly except: ReadonlySet<number>;
}

// A batch is chosen among this many times its rows, oldest first: enough to find texts of similar length.
const CANDIDATES_PER_ROW = 8;

// Of this many batches one is bulk work, however many queries wait. Otherwise a write would never end where searches never pause.
const BATCHES_PER_BULK = 8;

/**
 * Two queues of distinct texts. Queries go first. A batch asks one form of all its texts. Every batch holds the oldest text of its priority, and bulk work gets its share of the
 * batches, so that no text waits for ever.
 */
export class LaneQueue {
  readonly #model: BatchModel;
  readonly #waiting: Record<Priority, Map<string, WaitingText>> = { query: new Map(), bulk: new Map() };
  /** Batches of queries since the last batch of bulk work, or since no bulk work waited. */
  #queriesInARow = 0;

  constructor(model: BatchModel) {
    this.#model = model;
  }

  get size(): number {
    return this.#waiting.query.size + this.#waiting.bulk.size;
  }

  add({ texts, form, priority, call, except }: QueueRequest): void {
    const fresh = new Map<string, WaitingText>();
    texts.forEach((text, row) => {
      if (except.has(row)) return;
      const key = keyOf({ text, form });
      const queued = this.#waiting.query.get(key) ?? (priority === "bulk" ? this.#waiting.bulk.get(key) : undefined);
      const waiting = queued ?? fresh.get(key) ?? this.#moveUp(key) ?? this.#measure(text, form);
      waiting.waiters.push({ call, row });
      if (!queued) fresh.set(key, waiting);
    });
    const shortFirst = [...fresh.values()].sort((a, b) => a.tokens - b.tokens);
    for (const waiting of shortFirst) this.#waiting[priority].set(keyOf(waiting), waiting);
  }

  /** Takes a text out of the queue of bulk work for a query. A bulk call joins a text that is queued there and does not reach this. */
  #moveUp(key: string): WaitingText | undefined {
    const waiting = this.#waiting.bulk.get(key);
    this.#waiting.bulk.delete(key);
    return waiting;
  }

  #measure(text: string, form: ComputedForm): WaitingText {
    const tokens = this.#model.batchShape.maxRows === 1 ? 0 : this.#tokensOf(text);
    return { text, form, tokens, waiters: [] };
  }

  #tokensOf(text: string): number {
    const { limit, count } = this.#model.window;
    return Math.min(limit, count(text));
  }

  /** Takes the next batch, its shortest text first; empty when nothing waits. */
  take(): WaitingText[] {
    const queue = this.#waiting[this.#next()];
    const { maxRows } = this.#model.batchShape;
    const candidates = firstAlike(queue.values(), maxRows === 1 ? 1 : maxRows * CANDIDATES_PER_ROW);
    const batch = this.#aroundOldest(candidates);
    for (const waiting of batch) queue.delete(keyOf(waiting));
    return batch;
  }

  #next(): Priority {
    const { query, bulk } = this.#waiting;
    const isQuery = query.size > 0 && (bulk.size === 0 || this.#queriesInARow + 1 < BATCHES_PER_BULK);
    this.#queriesInARow = isQuery && bulk.size > 0 ? this.#queriesInARow + 1 : 0;
    return isQuery ? "query" : "bulk";
  }

  // Shorter neighbors are taken first: they do not lengthen the batch.
  #aroundOldest(candidates: readonly WaitingText[]): WaitingText[] {
    const oldest = candidates[0];
    if (!oldest) return [];
    const sorted = [...candidates].sort((a, b) => a.tokens - b.tokens);
    let from = sorted.indexOf(oldest);
    let to = from + 1;
    while (from > 0 && this.#fits(sorted, from - 1, to)) from -= 1;
    while (to < sorted.length && this.#fits(sorted, from, to + 1)) to += 1;
    return sorted.slice(from, to);
  }

  #fits(sorted: readonly WaitingText[], from: number, to: number): boolean {
    const { maxRows, maxTokens } = this.#model.batchShape;
    return to - from <= maxRows && (to - from) * sorted[to - 1]!.tokens <= maxTokens;
  }

  /** Removes a settled call, and the texts that no other call waits for. */
  remove(call: LaneCall): void {
    for (const queue of Object.values(this.#waiting)) {
      for (const waiting of queue.values()) {
        waiting.waiters = waiting.waiters.filter((waiter) => waiter.call !== call);
        if (waiting.waiters.length === 0) queue.delete(keyOf(waiting));
      }
    }
  }

  /**
   * Queues the texts of a batch whose holder was cut off as queries, so that they run first. None of them is queued already: a caller that asks
   * for a text of a running batch joins it.
   */
  putBack(texts: readonly WaitingText[]): void {
    for (const waiting of texts) {
      const waiters = waiting.waiters.filter(({ call }) => !call.settled);
      if (waiters.length > 0) this.#waiting.query.set(keyOf(waiting), { ...waiting, waiters });
    }
  }

  takeAll(): WaitingText[] {
    const all = [...this.#waiting.query.values(), ...this.#waiting.bulk.values()];
    for (const queue of Object.values(this.#waiting)) queue.clear();
    return all;
  }
}

export function callsOf(texts: readonly WaitingText[]): LaneCall[] {
  return texts.flatMap(({ waiters }) => waiters.map(({ call }) => call));
}

function keyOf({ form, text }: Pick<WaitingText, "form" | "text">): string {
  return `${form} ${text}`;
}

/** The first texts that ask the same form as the oldest one. */
function firstAlike(texts: Iterable<WaitingText>, count: number): WaitingText[] {
  const first: WaitingText[] = [];
  for (const waiting of texts) {
    if (first.length === count) break;
    if (waiting.form === (first[0] ?? waiting).form) first.push(waiting);
  }
  return first;
}
