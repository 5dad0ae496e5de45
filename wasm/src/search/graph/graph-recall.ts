import type { NeighborQuery, Neighbors } from "@pipit/core";
import { assertAsked, WIDEST } from "../options.ts";
import { AnswerReach } from "../truth/answer-reach.ts";
import type { EfCurve } from "../truth/ef-curve.ts";
import { RecallHold } from "../truth/recall-hold.ts";
import type { MeasuredBy, TruthSource } from "../truth/sampled-query.ts";
import type { CurveOptions, RecallOptions } from "../truth/truth-options.ts";
import { type RecallReport, TruthSample } from "../truth/truth-sample.ts";
import { EfChoice } from "./ef-choice.ts";
import { costOf } from "./filtered-ef.ts";
import { find, findByScan, findSurely, type Searched } from "./find.ts";
import type { GraphRows } from "./graph-rows.ts";
import type { HnswParts } from "./hnsw-parts.ts";
import type { Kept } from "./hnsw-snapshot.ts";
import type { Walked } from "./search-kernel.ts";

/** Measures the recall of a graph's searches and chooses their ef by it. */
export class GraphRecall {
  readonly efChoice: EfChoice;
  readonly #rows: GraphRows;
  readonly #parts: HnswParts;
  readonly #hold: RecallHold;
  readonly #reach = new AnswerReach();
  #truth: TruthSample;

  constructor(rows: GraphRows, parts: HnswParts) {
    this.#rows = rows;
    this.#parts = parts;
    this.#truth = TruthSample.create(this.#source(), { dimensions: rows.dimensions });
    this.#hold = new RecallHold({
      target: parts.recall,
      truth: () => this.#truth,
      search: (query, k, ef) => this.#searchUnseen(query, { k, ef }),
      clock: parts.clock,
      isWorth: (ef, count) => ef <= WIDEST && costOf(ef) < count,
      reach: this.#reach,
    });
    this.efChoice = new EfChoice({
      ...parts,
      efFor: (target, k) => this.#truth.efFor(target, k),
      held: (asked) => this.#heldEf(asked),
    });
  }

  /** Restores the state of a snapshot. */
  restore(truth: Uint8Array, { tuning, changed }: Pick<Kept, "tuning" | "changed">): void {
    this.#truth = TruthSample.fromBytes(truth, this.#source(), this.#rows.dimensions);
    this.efChoice.tuning = tuning;
    this.#hold.restoreCurve(this.#truth.curve, { count: this.#rows.count, changed });
  }

  toBytes(): Uint8Array {
    return this.#truth.toBytes();
  }

  /** Rows that have changed since the recall was measured. */
  get changed(): number {
    return this.#hold.changedSince;
  }

  observe(query: Float32Array): void {
    this.#truth.observe(query);
  }

  /**
   * The answer, or a better one if the search is held and its answer is unsure or beyond the reach of the measured ef. `query` is in
   * the form the kernel takes.
   */
  assured(answer: Walked, query: Float32Array, asked: NeighborQuery): Neighbors {
    const isNamed = asked.ef !== undefined || asked.target !== undefined || asked.deadline !== undefined;
    if (isNamed || !this.#isHeld) return neighborsOf(answer);
    if (this.#reach.isBeyond(answer.distances)) return findByScan(this.searched, query, asked);
    if (this.#isSure(answer)) return neighborsOf(answer);
    const ef = Math.max(asked.k, this.#hold.candidates(this.#rows.count) ?? 0);
    return neighborsOf(findSurely(this.searched, query, { ...asked, ef }, (walked) => this.#isSure(walked)));
  }

  #heldEf({ k, filter }: NeighborQuery): number | undefined {
    const ef = this.#hold.ef(k, this.#rows.count);
    // The nearest allowed rows lie among the rows beyond the nearest.
    return filter && this.#reach.beyond < this.#parts.recall ? undefined : ef;
  }

  get #isHeld(): boolean {
    const { latency, ef } = this.#parts;
    return latency === undefined && ef === undefined && this.efChoice.tuning === undefined;
  }

  #isSure({ isUnsure, late }: Walked): boolean {
    return !isUnsure && !this.#reach.isLate(late);
  }

  noteAdded(rows: Uint32Array): void {
    this.#truth.noteAdded(rows);
    this.#hold.noteChanged(rows.length);
  }

  noteRemoved(rows: Uint32Array, removed: number): void {
    this.#truth.noteRemoved(rows);
    this.#hold.noteChanged(removed);
  }

  /** Call it when another graph of the same rows has replaced this one. */
  noteRenewed(): void {
    this.#truth.forgetCurve();
    this.#hold.noteChanged(this.#rows.count);
  }

  get measuredBy(): MeasuredBy {
    return { queries: this.#truth.asked, rows: [] };
  }

  measureBy({ queries, rows }: MeasuredBy): void {
    for (const query of queries) this.#truth.observe(query);
    this.#truth.standIn(rows);
  }

  get expectedTime(): number | undefined {
    return this.#hold.expectedTime(this.#rows.count);
  }

  /**
   * The recall of searches that name no ef; undefined if they are not held to one, and if it is measured by vectors that are not quite
   * those that were given.
   */
  get now(): number | undefined {
    return this.#isHeld && this.#rows.keepsVectors ? this.#hold.recall(this.#rows.count) : undefined;
  }

  whenMeasured(): Promise<void> {
    return this.#hold.whenMeasured();
  }

  measureHeld(): Promise<void> {
    return this.#hold.measure();
  }

  report(options?: RecallOptions): Promise<RecallReport> {
    return this.#truth.recall((query, k, ef) => this.#searchUnseen(query, { k, ef }), options);
  }

  async measureCurve(options: CurveOptions): Promise<EfCurve | undefined> {
    const curve = await this.#truth.measureCurve((query, k, ef) => this.#searchUnseen(query, { k, ef }), options);
    this.#retune();
    return curve;
  }

  /** A curve over every kept query, to the full depth of their truths. */
  measureWhole(k: number, options: Pick<CurveOptions, "target" | "signal">): Promise<EfCurve | undefined> {
    const whole = { k: Math.min(k, this.#truth.depth), scans: Number.MAX_SAFE_INTEGER };
    return this.measureCurve({ ...whole, ...options, clock: this.#parts.clock });
  }

  /** The parts that a search reads. Throws `closed`. */
  get searched(): Searched {
    const { kernel, slots } = this.#rows;
    return { kernel, slots, efChoice: this.efChoice };
  }

  async #searchUnseen(query: Float32Array, asked: NeighborQuery): Promise<Neighbors> {
    return find(this.searched, this.#rows.unit(query), assertAsked(asked));
  }

  #source(): TruthSource {
    const rows = this.#rows;
    return {
      metric: rows.kernel.shape.metric,
      count: () => rows.count,
      scan: (query, k) => rows.scan(query, k),
      draw: (random) => rows.draw(random),
      pause: () => this.#hold.pause(),
    };
  }

  #retune(): void {
    const { tuning } = this.efChoice;
    const ef = tuning && this.#truth.efFor(tuning.recall, tuning.k);
    if (tuning && ef) this.efChoice.tuning = { ...tuning, ef };
  }
}

function neighborsOf({ isUnsure, late, ...found }: Walked): Neighbors {
  return found;
}
