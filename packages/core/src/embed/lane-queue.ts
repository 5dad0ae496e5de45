import type { ComputedForm } from "../computed-text.ts";
import { contentOf } from "../pieces.ts";
import type { Piece, Priority } from "../ports/embedder.ts";
import type { BatchModel } from "./batch-model.ts";
import type { LaneCall } from "./lane-call.ts";

/** A piece in the queue, with the calls that wait for what is computed of it. */
export interface WaitingPiece {
  readonly piece: Piece;
  readonly form: ComputedForm;
  /** 0 if the model runs one piece per batch, so that it does not matter. */
  readonly cost: number;
  waiters: { readonly call: LaneCall; readonly row: number }[];
}

export interface QueueRequest {
  readonly pieces: readonly Piece[];
  readonly form: ComputedForm;
  readonly priority: Priority;
  readonly call: LaneCall;
  /** Rows whose pieces are in the running batch already. */
  readonly except: ReadonlySet<number>;
}

// A batch is chosen among this many times its rows, oldest first: enough to find pieces of similar cost.
const CANDIDATES_PER_ROW = 8;

// Of this many batches one is bulk work, however many queries wait. Otherwise a write would never end where searches never pause.
const BATCHES_PER_BULK = 8;

/**
 * Two queues of distinct pieces. Queries go first. A batch asks one form of all its pieces. Every batch holds the oldest piece of its priority, and bulk work gets its
 * share of the batches, so that no piece waits for ever.
 */
export class LaneQueue {
  readonly #model: BatchModel;
  readonly #waiting: Record<Priority, Map<string, WaitingPiece>> = { query: new Map(), bulk: new Map() };
  /** Batches of queries since the last batch of bulk work, or since no bulk work waited. */
  #queriesInARow = 0;

  constructor(model: BatchModel) {
    this.#model = model;
  }

  get size(): number {
    return this.#waiting.query.size + this.#waiting.bulk.size;
  }

  add({ pieces, form, priority, call, except }: QueueRequest): void {
    const fresh = new Map<string, WaitingPiece>();
    pieces.forEach((piece, row) => {
      if (except.has(row)) return;
      const key = keyOf({ piece, form });
      const queued = this.#waiting.query.get(key) ?? (priority === "bulk" ? this.#waiting.bulk.get(key) : undefined);
      const waiting = queued ?? fresh.get(key) ?? this.#moveUp(key) ?? this.#measure(piece, form);
      waiting.waiters.push({ call, row });
      if (!queued) fresh.set(key, waiting);
    });
    const cheapFirst = [...fresh.values()].sort((a, b) => a.cost - b.cost);
    for (const waiting of cheapFirst) this.#waiting[priority].set(keyOf(waiting), waiting);
  }

  /** Takes a piece out of the queue of bulk work for a query. A bulk call joins a piece that is queued there and does not reach this. */
  #moveUp(key: string): WaitingPiece | undefined {
    const waiting = this.#waiting.bulk.get(key);
    this.#waiting.bulk.delete(key);
    return waiting;
  }

  #measure(piece: Piece, form: ComputedForm): WaitingPiece {
    const cost = this.#model.batchShape.maxRows === 1 ? 0 : this.#model.cost(piece);
    return { piece, form, cost, waiters: [] };
  }

  /** Takes the next batch, its cheapest piece first; empty when nothing waits. */
  take(): WaitingPiece[] {
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

  // Cheaper neighbors are taken first: they do not lengthen the batch.
  #aroundOldest(candidates: readonly WaitingPiece[]): WaitingPiece[] {
    const oldest = candidates[0];
    if (!oldest) return [];
    const sorted = [...candidates].sort((a, b) => a.cost - b.cost);
    let from = sorted.indexOf(oldest);
    let to = from + 1;
    while (from > 0 && this.#fits(sorted, from - 1, to)) from -= 1;
    while (to < sorted.length && this.#fits(sorted, from, to + 1)) to += 1;
    return sorted.slice(from, to);
  }

  #fits(sorted: readonly WaitingPiece[], from: number, to: number): boolean {
    const { maxRows, maxTokens } = this.#model.batchShape;
    return to - from <= maxRows && (to - from) * sorted[to - 1]!.cost <= maxTokens;
  }

  /** Removes a settled call, and the pieces that no other call waits for. */
  remove(call: LaneCall): void {
    for (const queue of Object.values(this.#waiting)) {
      for (const waiting of queue.values()) {
        waiting.waiters = waiting.waiters.filter((waiter) => waiter.call !== call);
        if (waiting.waiters.length === 0) queue.delete(keyOf(waiting));
      }
    }
  }

  /**
   * Queues the pieces of a batch whose holder was cut off as queries, so that they run first. None of them is queued already: a caller that
   * asks for a piece of a running batch joins it.
   */
  putBack(pieces: readonly WaitingPiece[]): void {
    for (const waiting of pieces) {
      const waiters = waiting.waiters.filter(({ call }) => !call.settled);
      if (waiters.length > 0) this.#waiting.query.set(keyOf(waiting), { ...waiting, waiters });
    }
  }

  takeAll(): WaitingPiece[] {
    const all = [...this.#waiting.query.values(), ...this.#waiting.bulk.values()];
    for (const queue of Object.values(this.#waiting)) queue.clear();
    return all;
  }
}

export function callsOf(pieces: readonly WaitingPiece[]): LaneCall[] {
  return pieces.flatMap(({ waiters }) => waiters.map(({ call }) => call));
}

function keyOf({ form, piece }: Pick<WaitingPiece, "form" | "piece">): string {
  return `${form} ${contentOf(piece)}`;
}

/** The first pieces that ask the same form as the oldest one. */
function firstAlike(pieces: Iterable<WaitingPiece>, count: number): WaitingPiece[] {
  const first: WaitingPiece[] = [];
  for (const waiting of pieces) {
    if (first.length === count) break;
    if (waiting.form === (first[0] ?? waiting).form) first.push(waiting);
  }
  return first;
}
