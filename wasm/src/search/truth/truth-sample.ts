import { PipitError } from "@pipit/core";
import { checkedShare, checkedWhole } from "../../shared/option-check.ts";
import { type CurvePoint, type EfCurve, efOnCurve, measureCurve } from "./ef-curve.ts";
import { without } from "./found-share.ts";
import { type Probed, type ProbeSearch, type Probing, probe } from "./probe.ts";
import { QuerySample } from "./query-sample.ts";
import type { StoredVector, TruthSource } from "./sampled-query.ts";
import { summarize } from "./search-times.ts";
import { readTruth, type TruthState, writeTruth } from "./truth-bytes.ts";
import { type CurveOptions, emptyState, type RecallOptions, type TruthOptions } from "./truth-options.ts";

export interface RecallReport {
  /** Share of the true neighbours found, 0 to 1; undefined if no query could be counted. */
  readonly recall: number | undefined;
  readonly k: number;
  /** Queries counted. */
  readonly queries: number;
  /** Queries left out: the budget of scans did not suffice, or the set changed meanwhile. */
  readonly stale: number;
}

/** The measurement of a query whose neighbours were all found. */
export interface FoundTruth {
  /** To the neighbours, nearest first. */
  readonly distances: Float32Array;
  /** `late` of the answer that found them (`Answer`). */
  readonly late: number;
}

const K = 10;
const SCANS = 8;

/**
 * The truth kept beside an approximate index: queries with their exact neighbours, and which ef gives which recall.
 * The index reports its queries (`observe`) and the changes of its set (`noteAdded`, `noteRemoved`).
 */
export class TruthSample {
  readonly #sample: QuerySample;
  readonly #source: TruthSource;
  readonly #dimensions: number;
  /** The largest k that recall can be asked for. */
  readonly depth: number;
  #measured: EfCurve | undefined;

  private constructor(source: TruthSource, state: TruthState) {
    this.#source = source;
    this.#dimensions = state.dimensions;
    this.depth = state.depth;
    this.#measured = state.curve;
    this.#sample = new QuerySample(source, state);
  }

  /** Throws `bad-input` for options outside their ranges. */
  static create(source: TruthSource, options: TruthOptions): TruthSample {
    return new TruthSample(source, emptyState(options));
  }

  /** Reads a sample that `toBytes` wrote, with the state of its random numbers. Throws `bad-snapshot`. */
  static fromBytes(bytes: Uint8Array, source: TruthSource, dimensions: number): TruthSample {
    return new TruthSample(source, readTruth(bytes, dimensions));
  }

  toBytes(): Uint8Array<ArrayBuffer> {
    return writeTruth({ ...this.#sample.state, curve: this.#measured });
  }

  /** Reports a query that the index accepted. It is copied if it is kept. The sample's own probes are ignored. */
  observe(query: Float32Array): void {
    if (query.length !== this.#dimensions) throw otherWidth(query.length, this.#dimensions);
    this.#sample.observe(query);
  }

  /** The observed queries that are kept. */
  get asked(): readonly Float32Array[] {
    return this.#sample.all.filter(({ row }) => row === undefined).map(({ query }) => query);
  }

  /** Takes stored rows as stand-ins for queries until there are enough. */
  standIn(stored: readonly StoredVector[]): void {
    this.#sample.standIn(stored);
  }

  /** Reports rows that were added or got another vector. */
  noteAdded(rows: Uint32Array): void {
    this.#sample.noteAdded(rows);
  }

  noteRemoved(rows: Uint32Array): void {
    this.#sample.noteRemoved(rows);
  }

  /**
   * Renews stale truths by scans, the oldest first, within the budget, then measures the search's recall. Fails with `bad-input` (k
   * beyond the depth) or `aborted`, and as scan and search fail; truths renewed by then are kept.
   */
  async recall(search: ProbeSearch, options: RecallOptions = {}): Promise<RecallReport> {
    const k = await this.#prepare(options);
    const { found, expected, times } = await this.#probe(search, { ...options, k });
    const recall = expected === 0 ? undefined : found / expected;
    return { recall, k, queries: times.length, stale: this.#sample.all.length - times.length };
  }

  /**
   * Measures which ef gives which recall and time, and keeps the curve for `efFor`. Fails as `recall` does. Undefined if no query could be
   * counted.
   */
  async measureCurve(search: ProbeSearch, options: CurveOptions): Promise<EfCurve | undefined> {
    checkedShare("a target", options.target);
    const k = await this.#prepare(options);
    if (!this.#sample.all.some((sampled) => this.#sample.isTrue(sampled))) return undefined;
    const goal = { k, count: this.#source.count(), target: options.target };
    this.#measured = await measureCurve((ef) => this.#measurePoint(search, { ...options, k, ef }), goal);
    return this.#measured;
  }

  /** Each kept query whose k neighbours a search of that ef finds completely. Fails as the search does. */
  async foundTruths(
    search: ProbeSearch,
    { k, ef }: { readonly k: number; readonly ef: number },
  ): Promise<FoundTruth[]> {
    const found: FoundTruth[] = [];
    for (const sampled of this.#sample.all.filter((each) => this.#sample.isTrue(each))) {
      const { truth } = sampled;
      let late = 0;
      const watched: ProbeSearch = async (...asked) => {
        const answer = await search(...asked);
        late = answer.late ?? 0;
        return answer;
      };
      const probed = await probe([sampled], watched, this.#untimed({ k, ef }));
      if (truth && probed.expected > 0 && probed.found === probed.expected)
        found.push({ distances: truth.distances.slice(0, k), late });
      await this.#source.pause?.();
    }
    return found;
  }

  /**
   * Share of the k nearest rows, which may be more than are kept, that a search of that ef finds. Measures every row for each of the
   * first `queries` of the sample. Undefined without any. Fails as scan and search do.
   */
  async recallBeyond(search: ProbeSearch, { k, ef, queries }: DeepAsked): Promise<number | undefined> {
    let [found, expected] = [0, 0];
    for (const sampled of this.#sample.all.slice(0, queries)) {
      const { query, row } = sampled;
      const truth = without(await this.#source.scan(query, row === undefined ? k : k + 1), row, k);
      const probed = await probe([{ ...sampled, truth }], search, this.#untimed({ k, ef }));
      found += probed.found;
      expected += probed.expected;
      await this.#source.pause?.();
    }
    return expected === 0 ? undefined : found / expected;
  }

  get curve(): EfCurve | undefined {
    return this.#measured;
  }

  /** Call it when the same set is searched in another way: truths stay valid, the curve does not. */
  forgetCurve(): void {
    this.#measured = undefined;
  }

  /**
   * The least ef expected to reach that recall (0 to 1): at least k, at most 4096 unless k is more. Undefined without a curve, and if
   * the curve ends below the target and could be continued.
   */
  efFor(target: number, k: number = this.#measured?.k ?? K): number | undefined {
    checkedShare("a target", target);
    return this.#measured && efOnCurve(this.#measured, target, k);
  }

  #untimed(asked: Pick<Probing, "k" | "ef">): Probing {
    return { ...asked, clock: () => 0, signal: undefined, metric: this.#source.metric };
  }

  async #prepare({ k = Math.min(K, this.depth), scans = SCANS, signal }: RecallOptions): Promise<number> {
    checkedWhole("k", k, [1, this.depth]);
    checkedWhole("scans", scans, [0, Number.MAX_SAFE_INTEGER]);
    await this.#sample.refresh({ scans, signal });
    return k;
  }

  // The first round warms caches and compilers for the second, which is timed.
  async #measurePoint(search: ProbeSearch, probing: Asking & { readonly ef: number }): Promise<CurvePoint> {
    await this.#probe(search, probing);
    const { found, expected, times } = await this.#probe(search, probing);
    return { ef: probing.ef, recall: expected === 0 ? 0 : found / expected, ...summarize(times) };
  }

  async #probe(search: ProbeSearch, { k, ef, signal, clock = () => 0 }: Asking): Promise<Probed> {
    const known = this.#sample.all.filter((sampled) => this.#sample.isTrue(sampled));
    const { metric } = this.#source;
    const probed = await probe(known, search, { k, ef, signal, clock, metric });
    await this.#source.pause?.();
    return probed;
  }
}

interface DeepAsked {
  readonly k: number;
  readonly ef: number;
  readonly queries: number;
}

interface Asking extends Partial<Probing> {
  readonly k: number;
}

function otherWidth(got: number, expected: number): PipitError {
  return new PipitError("bad-vector", {
    got: `a query of ${got} values`,
    expected: `${expected}`,
    do: "Observe queries that the index accepts.",
  });
}
