import { closedError } from "../closed-error.ts";
import { type Computed, type ComputedForm, joinedValues } from "../computed-text.ts";
import { PipitError } from "../errors.ts";
import { whyNotPieces } from "../pieces.ts";
import type { Embedder, EmbedOptions, Piece } from "../ports/embedder.ts";
import { Turns, type TurnsOptions } from "../turns/turns.ts";
import { whyNotUnitRows } from "../unit-rows.ts";
import type { BatchModel } from "./batch-model.ts";
import { LaneCall } from "./lane-call.ts";
import { callsOf, LaneQueue } from "./lane-queue.ts";
import { RunningBatch } from "./running-batch.ts";
import { whyNotTokens } from "./token-rows.ts";

/**
 * One device's queue. All callers of a device share one lane, so that eight concurrent calls cost no more than one with all pieces.
 * Between batches a query runs before bulk work. A piece that several callers ask for is embedded once.
 *
 * Aborting a call removes its pieces from the queue; a batch that no caller waits for is aborted. Output that is not made of finite
 * unit vectors rejects its callers with `numbers-not-proven`. `close` rejects all waiting calls with `closed`.
 */
export function createLane(model: BatchModel, options: TurnsOptions = {}): Embedder {
  const lane = new Lane(model, options);
  return {
    space: model.space,
    producer: model.producer,
    reads: [model.modality],
    window: model.window,
    embed: async (pieces, embedOptions) => (await lane.embed(pieces, "vector", embedOptions)).vectors,
    tokens: model.tokens && {
      space: model.tokens.space,
      async embed(pieces, form, embedOptions) {
        const { vectors, tokens, counts } = await lane.embed(pieces, form, embedOptions);
        return { vectors, tokens: joinedValues(tokens, form), counts };
      },
      ranges: model.tokens.ranges,
    },
    close: () => lane.close(),
  };
}

/**
 * Each waiting call takes turns and runs the next batch in its turn, also for pieces of other calls. No call depends on another
 * one's continuation, which an isolate may have cut off.
 */
class Lane {
  readonly #model: BatchModel;
  readonly #queue: LaneQueue;
  readonly #turns: Turns;
  readonly #mayBeCutOff: boolean;
  #running: RunningBatch | undefined;
  #closing: Promise<void> | undefined;

  constructor(model: BatchModel, { cutOffMs }: TurnsOptions) {
    this.#model = model;
    this.#queue = new LaneQueue(model);
    this.#turns = new Turns({ cutOffMs });
    this.#mayBeCutOff = cutOffMs !== undefined;
  }

  embed(pieces: readonly Piece[], form: ComputedForm, { priority = "query", signal }: EmbedOptions = {}) {
    const call = new LaneCall(pieces.length, this.#model.space.dimensions);
    const refusal = this.#closing ? closedError("embedder") : whyNotPieces(pieces, [this.#model.modality]);
    if (refusal) call.fail(refusal);
    call.abortOn(signal, () => this.#leave(call));
    if (!call.settled) {
      const joined = this.#running?.join({ pieces, form }, call) ?? new Set<number>();
      this.#queue.add({ pieces, form, priority, call, except: joined });
      const driving = this.#drive(call);
      // In an isolate a call must continue from its own work, not from the work of the request that delivered its vectors.
      if (this.#mayBeCutOff) return settledAfter(driving, call);
    }
    return call.result;
  }

  #leave(call: LaneCall): void {
    this.#queue.remove(call);
    if (this.#running?.isAwaited === false) this.#running.abort();
  }

  async #drive(call: LaneCall): Promise<void> {
    while (!call.settled) await this.#turns.take(() => this.#runNext(call));
  }

  async #runNext(call: LaneCall): Promise<void> {
    // The batch is taken after this tick, so that all calls of the tick share it.
    await Promise.resolve();
    if (call.settled) return;
    if (this.#running) this.#takeOver(this.#running);
    const pieces = this.#queue.take();
    if (pieces.length > 0) await this.#run(new RunningBatch(pieces));
  }

  /** Puts the pieces of a running batch back: the call that ran it lost its turn. */
  #takeOver(batch: RunningBatch): void {
    this.#running = undefined;
    batch.abort();
    this.#queue.putBack(batch.pieces);
  }

  async #run(batch: RunningBatch): Promise<void> {
    this.#running = batch;
    try {
      const computed = await this.#compute(batch);
      if (this.#running !== batch) return;
      // Reset before delivery: a caller that then asks for the same piece must not join a run that is over.
      this.#running = undefined;
      batch.deliver(computed, this.#model.space.dimensions);
    } catch (error) {
      if (this.#running !== batch) return;
      this.#running = undefined;
      for (const call of callsOf(batch.pieces)) this.#fail(call, error);
    }
  }

  async #compute(batch: RunningBatch): Promise<Computed> {
    const computed = await this.#ask(batch);
    const { vectors, tokens, counts = [] } = computed;
    const why = whyNotUnitRows(vectors, batch.pieces.length, this.#model.space.dimensions);
    const whyTokens = tokens && whyNotTokens(tokens, counts, this.#model.tokens!.space);
    if (why ?? whyTokens) throw unproven(this.#model, (why ?? whyTokens)!);
    return computed;
  }

  async #ask({ pieces, form, signal }: RunningBatch): Promise<Computed> {
    const all = pieces.map((waiting) => waiting.piece);
    if (form === "vector") return { vectors: await this.#model.run(all, signal) };
    return this.#model.tokens!.run(all, form, signal);
  }

  #fail(call: LaneCall, error: unknown): void {
    call.fail(error);
    this.#queue.remove(call);
  }

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    const running = this.#running;
    const pieces = [...this.#queue.takeAll(), ...(running?.pieces ?? [])];
    for (const call of callsOf(pieces)) call.fail(closedError("embedder"));
    running?.abort();
    await this.#turns.ended();
    await this.#model.close();
  }
}

function settledAfter(driving: Promise<void>, { result }: LaneCall): LaneCall["result"] {
  // The failure is returned below; it may occur before that, and must not count as unhandled.
  result.catch(() => undefined);
  return driving.then(() => result);
}

function unproven(model: BatchModel, why: string): PipitError {
  return new PipitError("numbers-not-proven", {
    got: `${why} from ${model.producer.name}`,
    expected: "finite vectors of norm 1",
    do: "Do not use this device for this model; choose another backend.",
  });
}
