import { throwIfAborted } from "@pipit/core";
import { without } from "./found-share.ts";
import { Random } from "./random.ts";
import { type SampledQuery, type StoredVector, sampledQuery, type TruthSource } from "./sampled-query.ts";
import type { SampleState } from "./truth-bytes.ts";

// Draws of a row for each missing one. If these all hit sampled rows, the set is too small.
const DRAWS = 4;

export interface ScanBudget {
  /** The most scans of the whole set in this call. */
  readonly scans: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A sample of queries with their true neighbours. Asked queries are kept by algorithm R (reservoir sampling): after n queries each
 * is in the sample with the same probability. Stored vectors stand in for missing queries and are replaced one by one.
 */
export class QuerySample {
  readonly #source: TruthSource;
  readonly #random: Random;
  readonly #start: SampleState;
  readonly #asked: SampledQuery[];
  readonly #standIns: SampledQuery[];
  #seen: number;
  #scans: number;
  // Counts changes that make the result of a running scan invalid.
  #changes = 0;
  #holders: ReadonlyMap<number, readonly SampledQuery[]> | undefined;

  constructor(source: TruthSource, state: SampleState) {
    this.#source = source;
    this.#start = state;
    this.#random = new Random(state.random);
    this.#asked = [...state.asked];
    this.#standIns = [...state.standIns];
    this.#seen = state.seen;
    this.#scans = state.scans;
  }

  get all(): readonly SampledQuery[] {
    return [...this.#asked, ...this.#standIns];
  }

  get state(): SampleState {
    const start = this.#start;
    const random = this.#random;
    const seen = this.#seen;
    const scans = this.#scans;
    const asked = this.#asked;
    const standIns = this.#standIns;
    return { ...start, random: random.state, seen, scans, asked, standIns };
  }

  observe(query: Float32Array): void {
    // Probes run through the index's own search must not enter the sample again.
    const isProbe = (sampled: SampledQuery) => sampled.query === query;
    if (this.#asked.some(isProbe) || this.#standIns.some(isProbe)) return;
    const nth = this.#seen++;
    const place = nth < this.#start.size ? nth : this.#random.below(this.#seen);
    if (place >= this.#start.size) return;
    this.#asked[place] = sampledQuery(query);
    if (this.#asked.length + this.#standIns.length > this.#start.size) this.#standIns.pop();
  }

  /** Takes these stored rows as stand-ins, in place of random ones, as far as there is room. */
  standIn(stored: readonly StoredVector[]): void {
    const taken = new Set(this.#standIns.map(({ row }) => row));
    const fresh = stored.filter(({ row }) => !taken.has(row));
    const room = this.#start.size - this.#asked.length - this.#standIns.length;
    for (const { row, vector } of fresh.slice(0, Math.max(0, room))) this.#standIns.push(sampledQuery(vector, row));
    this.#holders = undefined;
  }

  /** A row that was present is an update: it invalidates the truths that hold it, and counts as an addition for all others. */
  noteAdded(rows: Uint32Array): void {
    this.noteRemoved(rows);
    for (const sampled of this.all) sampled.added += rows.length;
  }

  /** Drops truths that hold one of the rows, and stand-ins whose vector is no longer the stored one. */
  noteRemoved(rows: Uint32Array): void {
    this.#changes++;
    this.#holders ??= holdersOf(this.all);
    for (const row of rows) {
      for (const sampled of this.#holders.get(row) ?? []) this.#forget(sampled, row);
    }
  }

  /** False once more rows were added since the scan than a share of the set: then the truth is stale. */
  isTrue(sampled: SampledQuery): boolean {
    return sampled.truth !== undefined && sampled.added <= this.#start.drift * this.#source.count();
  }

  /** Fills the sample, then renews stale truths by scans, the oldest first. */
  async refresh({ scans, signal }: ScanBudget): Promise<void> {
    this.#fill();
    const stale = this.all.filter((sampled) => !this.isTrue(sampled)).sort((one, other) => one.scan - other.scan);
    for (const sampled of stale.slice(0, scans)) {
      throwIfAborted(signal);
      await this.#scan(sampled);
      await this.#source.pause?.();
    }
  }

  async #scan(sampled: SampledQuery): Promise<void> {
    const changes = this.#changes;
    const { depth } = this.#start;
    const k = sampled.row === undefined ? depth : depth + 1;
    const found = await this.#source.scan(sampled.query, k);
    sampled.scan = ++this.#scans;
    // The set changed during the scan, whose result mixes both states.
    if (changes !== this.#changes) return;
    sampled.truth = without(found, sampled.row, depth);
    sampled.added = 0;
    this.#holders = undefined;
  }

  #fill(): void {
    const taken = new Set(this.#standIns.map(({ row }) => row));
    const missing = this.#start.size - this.#asked.length - this.#standIns.length;
    for (let draws = missing * DRAWS; draws > 0 && this.all.length < this.#start.size; draws--) {
      const drawn = this.#source.draw(this.#random);
      if (!drawn) return;
      if (taken.has(drawn.row)) continue;
      taken.add(drawn.row);
      this.#standIns.push(sampledQuery(drawn.vector, drawn.row));
      this.#holders = undefined;
    }
  }

  #forget(sampled: SampledQuery, row: number): void {
    sampled.truth = undefined;
    const at = sampled.row === row ? this.#standIns.indexOf(sampled) : -1;
    if (at >= 0) this.#standIns.splice(at, 1);
  }
}

function holdersOf(sample: readonly SampledQuery[]): Map<number, SampledQuery[]> {
  const holders = new Map<number, SampledQuery[]>();
  for (const sampled of sample) {
    for (const row of [...(sampled.truth?.rows ?? []), sampled.row]) {
      if (row === undefined) continue;
      const present = holders.get(row);
      if (present) present.push(sampled);
      else holders.set(row, [sampled]);
    }
  }
  return holders;
}
