import { closedError } from "../closed-error.ts";
import { PipitError } from "../errors.ts";
import { whyNotTexts } from "../piece-check.ts";
import type { Embedder, EmbedOptions, Piece } from "../ports/embedder.ts";
import { whyNotUnitRows } from "../unit-rows.ts";
import type { BatchModel } from "./batch-model.ts";
import { LaneCall } from "./lane-call.ts";
import { LaneQueue, type WaitingText } from "./lane-queue.ts";

export interface LaneOptions {
  /**
   * Milliseconds an idle lane waits for more texts before it runs a batch that is not full. 0 unless told: the calls of
   * one tick are still gathered, and texts that arrive during a run form the next batch.
   */
  readonly gatherMs?: number;
}

/**
 * One device's queue: all callers of a device share one lane, so eight at once cost no more than one asking for all.
 * Between batches a query goes before bulk work; a text asked for by several is embedded once.
 *
 * Aborting a call takes its texts out of the queue; a batch nobody waits for any more is aborted. Output that is not
 * made of finite unit vectors rejects its callers with `numbers-not-proven`. `close` rejects all that wait with `closed`.
 */
export function createLane(model: BatchModel, options: LaneOptions = {}): Embedder {
  const lane = new Lane(model, options);
  return {
    space: model.space,
    producer: model.producer,
    window: model.window,
    embed: (pieces, embedOptions) => lane.embed(pieces, embedOptions ?? {}),
    close: () => lane.close(),
  };
}

interface Running {
  readonly texts: readonly WaitingText[];
  readonly controller: AbortController;
  readonly ended: Promise<void>;
}

class Lane {
  readonly #model: BatchModel;
  readonly #gatherMs: number;
  readonly #queue: LaneQueue;
  #running: Running | undefined;
  #starting = false;
  #timer: number | undefined;
  #closing: Promise<void> | undefined;

  constructor(model: BatchModel, { gatherMs = 0 }: LaneOptions) {
    this.#model = model;
    this.#gatherMs = gatherMs;
    this.#queue = new LaneQueue(model);
  }

  embed(pieces: readonly Piece[], { priority = "query", signal }: EmbedOptions): Promise<Float32Array<ArrayBuffer>> {
    const call = new LaneCall(pieces.length, this.#model.space.dimensions);
    const refusal = this.#closing ? closedError("embedder") : whyNotTexts(pieces);
    if (refusal) call.fail(refusal);
    call.abortOn(signal, () => this.#leave(call));
    if (!call.settled) {
      const texts = pieces.map((piece) => piece.text);
      const joined = this.#running ? this.#join(this.#running, texts, call) : new Set<number>();
      this.#queue.add({ texts, priority, call, except: joined });
      this.#schedule();
    }
    return call.result;
  }

  /** A text that is being computed right now needs no second run. Answers the rows that are served this way. */
  #join(running: Running, texts: readonly string[], call: LaneCall): Set<number> {
    const joined = new Set<number>();
    if (running.controller.signal.aborted) return joined;
    const byText = new Map(running.texts.map((waiting) => [waiting.text, waiting]));
    texts.forEach((text, row) => {
      const waiting = byText.get(text);
      if (!waiting) return;
      waiting.takers.push({ call, row });
      joined.add(row);
    });
    return joined;
  }

  #leave(call: LaneCall): void {
    this.#queue.remove(call);
    const wanted = this.#running?.texts.some((text) => text.takers.some((taker) => !taker.call.settled));
    if (wanted === false) this.#running?.controller.abort();
  }

  #schedule(gatherMs = this.#gatherMs): void {
    if (this.#running || this.#queue.size === 0) return;
    const full = this.#queue.size >= this.#model.batchShape.maxRows;
    if (gatherMs > 0 && !full) {
      this.#timer ??= setTimeout(() => this.#runNext(), gatherMs);
    } else if (!this.#starting) {
      this.#starting = true;
      queueMicrotask(() => this.#runNext());
    }
  }

  #runNext(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#starting = false;
    if (this.#running || this.#closing) return;
    const texts = this.#queue.take();
    if (texts.length === 0) return;
    const controller = new AbortController();
    const ended = this.#run(texts, controller.signal).then(() => this.#schedule(0));
    this.#running = { texts, controller, ended };
  }

  async #run(texts: readonly WaitingText[], signal: AbortSignal): Promise<void> {
    try {
      const vectors = await this.#compute(texts, signal);
      // Before anyone is answered: a caller that asks for the same text again must not join a run that is over.
      this.#running = undefined;
      const { dimensions } = this.#model.space;
      texts.forEach((waiting, row) => {
        deliver(waiting, vectors.subarray(row * dimensions, (row + 1) * dimensions));
      });
    } catch (error) {
      this.#running = undefined;
      for (const { takers } of texts) for (const { call } of takers) this.#fail(call, error);
    }
  }

  async #compute(texts: readonly WaitingText[], signal: AbortSignal): Promise<Float32Array> {
    const vectors = await this.#model.run(
      texts.map((waiting) => waiting.text),
      signal,
    );
    const why = whyNotUnitRows(vectors, texts.length, this.#model.space.dimensions);
    if (why) throw unproven(this.#model, why);
    return vectors;
  }

  #fail(call: LaneCall, error: unknown): void {
    if (call.settled) return;
    call.fail(error);
    this.#queue.remove(call);
  }

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    const running = this.#running;
    const waiting = [...this.#queue.takeAll(), ...(running?.texts ?? [])];
    for (const { takers } of waiting) for (const { call } of takers) call.fail(closedError("embedder"));
    running?.controller.abort();
    await running?.ended;
    await this.#model.close();
  }
}

function deliver(waiting: WaitingText, vector: Float32Array): void {
  for (const { call, row } of waiting.takers) call.deliver(row, vector);
}

function unproven(model: BatchModel, why: string): PipitError {
  return new PipitError("numbers-not-proven", {
    got: `${why} from ${model.producer.name}`,
    expected: "finite vectors of norm 1",
    do: "Do not use this device for this model; choose another backend.",
  });
}
