import { closedError } from "../closed-error.ts";
import { PipitError } from "../errors.ts";
import { whyNotTexts } from "../piece-check.ts";
import type { Embedder, EmbedOptions, Piece } from "../ports/embedder.ts";
import { Turns, type TurnsOptions } from "../turns/turns.ts";
import { whyNotUnitRows } from "../unit-rows.ts";
import type { BatchModel } from "./batch-model.ts";
import { LaneCall } from "./lane-call.ts";
import { LaneQueue, type WaitingText } from "./lane-queue.ts";

export interface LaneOptions extends TurnsOptions {
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
}

/** Each caller that waits takes turns, and runs the next batch in its turn, whosever texts those are: none waits for another's work. */
class Lane {
  readonly #model: BatchModel;
  readonly #gatherMs: number;
  readonly #queue: LaneQueue;
  readonly #turns: Turns;
  readonly #mayBeCutOff: boolean;
  #running: Running | undefined;
  #isIdle = true;
  #stopGathering = () => {};
  #closing: Promise<void> | undefined;

  constructor(model: BatchModel, { gatherMs = 0, cutOffMs }: LaneOptions) {
    this.#model = model;
    this.#gatherMs = gatherMs;
    this.#queue = new LaneQueue(model);
    this.#turns = new Turns({ cutOffMs });
    this.#mayBeCutOff = cutOffMs !== undefined;
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
      if (this.#isFull) this.#stopGathering();
      const driving = this.#drive(call);
      // Who may be cut off must not go on where another delivers, but where it is itself.
      if (this.#mayBeCutOff) return settledAfter(driving, call);
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

  get #isFull(): boolean {
    return this.#queue.size >= this.#model.batchShape.maxRows;
  }

  async #drive(call: LaneCall): Promise<void> {
    while (!call.settled) await this.#turns.take(() => this.#runNext(call));
  }

  async #runNext(call: LaneCall): Promise<void> {
    await this.#gathered();
    if (call.settled || this.#closing) return;
    if (this.#running) this.#takeOver(this.#running);
    const texts = this.#queue.take();
    if (texts.length > 0) await this.#run({ texts, controller: new AbortController() });
    this.#isIdle = this.#queue.size === 0;
  }

  /** Resolves after this tick at the earliest: its calls are gathered. */
  async #gathered(): Promise<void> {
    if (!this.#isIdle || this.#isFull || this.#gatherMs === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#gatherMs);
      this.#stopGathering = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Whoever ran that batch was cut off, or is so slow that nobody waits for it any more. */
  #takeOver({ texts, controller }: Running): void {
    this.#running = undefined;
    controller.abort();
    this.#queue.putBack(texts);
  }

  async #run(running: Running): Promise<void> {
    const { texts, controller } = running;
    this.#running = running;
    try {
      const vectors = await this.#compute(texts, controller.signal);
      if (this.#running !== running) return;
      // Before anyone is answered: a caller that asks for the same text again must not join a run that is over.
      this.#running = undefined;
      const { dimensions } = this.#model.space;
      texts.forEach((waiting, row) => {
        deliver(waiting, vectors.subarray(row * dimensions, (row + 1) * dimensions));
      });
    } catch (error) {
      if (this.#running !== running) return;
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
    this.#stopGathering();
    await this.#turns.ended();
    await this.#model.close();
  }
}

function settledAfter(driving: Promise<void>, { result }: LaneCall): LaneCall["result"] {
  // A failure is heard of below, later than it came.
  result.catch(() => undefined);
  return driving.then(() => result);
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
