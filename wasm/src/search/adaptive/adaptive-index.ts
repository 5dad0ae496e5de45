import type { IndexStats, NeighborQuery, Neighbors, VectorIndex } from "@pipit/core";
import type { ExactScan } from "../exact/exact.ts";
import type { HnswIndex } from "../graph/hnsw-index.ts";
import type { Clock } from "../truth/search-times.ts";
import { evenlyShuffled, shuffled } from "./shuffled.ts";
import { Succession } from "./succession.ts";

export interface AdaptiveParts {
  readonly dimensions: number;
  /** Milliseconds that a search of the scan may take. */
  readonly budget: number;
  /** Fewer rows are always scanned; a graph that is there stays until they are half as many. */
  readonly graphFrom: number;
  readonly clock: Clock;
  createScan(): Promise<ExactScan>;
  createGraph(): Promise<HnswIndex>;
}

// The median of so many searches is compared with the budget.
const TIMED = 9;
// Between half of `graphFrom` and all of it the index stays as it is, so that a few added or removed rows do not change it each time.
const SHRUNKEN = 1 / 2;

/**
 * Scans while that is quick enough on this device, changes to a graph when it is not, and to a scan when few rows are
 * left. Both hold the recall of their options. The other one is made in the background while the first answers. A
 * graph takes over only if it is quicker at that recall; else it is tried again when the rows have doubled.
 */
export class AdaptiveIndex implements VectorIndex {
  readonly #parts: AdaptiveParts;
  readonly #succession: Succession;
  /** Either the scan or the graph answers. */
  #scan: ExactScan | undefined;
  #graph: HnswIndex | undefined;
  /** Rows from which a graph is tried, and down to which one stays. */
  #nextGraph: number;
  #nextScan: number;
  #times: number[] = [];

  private constructor(parts: AdaptiveParts) {
    this.#parts = parts;
    this.#succession = new Succession(parts.dimensions);
    this.#nextGraph = parts.graphFrom;
    this.#nextScan = parts.graphFrom * SHRUNKEN;
  }

  static scanning(scan: ExactScan, parts: AdaptiveParts): AdaptiveIndex {
    const index = new AdaptiveIndex(parts);
    index.#scan = scan;
    return index;
  }

  static walking(graph: HnswIndex, parts: AdaptiveParts): AdaptiveIndex {
    const index = new AdaptiveIndex(parts);
    index.#graph = graph;
    return index;
  }

  add(rows: Uint32Array, vectors: Float32Array): Promise<void> {
    return this.#succession.noteAdded(rows, this.#active.add(rows, vectors));
  }

  async remove(rows: Uint32Array): Promise<number> {
    const removed = await this.#succession.noteRemoved(rows, this.#active.remove(rows));
    this.#scanIfShrunken();
    return removed;
  }

  async search(query: Float32Array, asked: NeighborQuery): Promise<Neighbors> {
    this.#calibrateIfDrifted();
    const { clock } = this.#parts;
    const scan = this.#scan;
    const began = clock();
    const answer = await this.#active.search(query, asked);
    if (scan && asked.filter === undefined && asked.ef === undefined) this.#noteTime(scan, clock() - began);
    this.#scanIfShrunken();
    return answer;
  }

  stats(): IndexStats {
    return this.#active.stats();
  }

  save(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#active.save();
  }

  /** Candidates that a scan's codes choose for a search of ten; undefined where every row is measured, and for a graph. */
  get candidates(): number | undefined {
    return this.#scan?.candidates;
  }

  /** The snapshot in pieces, for sets that should not be held twice. The index must not be changed meanwhile. */
  saved(): Iterable<Uint8Array> {
    return this.#active.saved();
  }

  /** Resolves when nothing is measured or built in the background. Never rejects. */
  async whenSettled(): Promise<void> {
    await this.#active.whenMeasured();
    await this.#succession.whenDone();
  }

  async close(): Promise<void> {
    await this.#succession.close();
    await this.#active.close();
  }

  get #active(): ExactScan | HnswIndex {
    return (this.#graph ?? this.#scan)!;
  }

  #noteTime(scan: ExactScan, time: number): void {
    // Searches before the first measure read every vector, so that their times do not predict those of later searches.
    if (!scan.isSettled || this.#succession.isUnderWay) return;
    this.#times.push(time);
    if (this.#times.length < TIMED) return;
    const middle = this.#times.sort((a, b) => a - b)[TIMED >> 1]!;
    this.#times = [];
    const { count } = scan.stats();
    if (middle > this.#parts.budget && count >= this.#nextGraph) this.#growGraph(scan, middle);
  }

  #growGraph(scan: ExactScan, time: number): void {
    this.#nextGraph = 2 * scan.stats().count;
    this.#succession.begin({
      from: scan,
      order: (rows) => rows,
      make: () => this.#parts.createGraph(),
      isBetter: ({ expectedTime = Number.POSITIVE_INFINITY }) => expectedTime < time,
      takeOver: (graph) => this.#goOnWith(undefined, graph),
    });
  }

  /** Codes by a sample of all rows come with a scan of their own. Until it is measured the present one answers without its codes. */
  #calibrateIfDrifted(): void {
    const scan = this.#scan;
    if (!scan?.isDrifted || this.#succession.isUnderWay) return;
    const candidates = candidatesOf(scan);
    scan.distrustCodes();
    this.#succession.begin({
      from: scan,
      // A scan calibrates its codes by the first rows that it gets: as many early ones as late ones, so that the codes fit the fewer too.
      order: (rows) => evenlyShuffled(rows, scan.calibratedFor),
      make: () => this.#parts.createScan(),
      isBetter: (made) => candidatesOf(made) < candidates,
      takeOver: (made) => {
        // The first rows represent all: calibrating by them once more would give codes that are no better.
        made.noteCalibrated();
        this.#goOnWith(made, undefined);
      },
      passOver: () => scan.noteCalibrated(),
    });
  }

  #scanIfShrunken(): void {
    const graph = this.#graph;
    if (!graph?.keepsVectors || this.#succession.isUnderWay || graph.stats().count > this.#nextScan) return;
    this.#succession.begin({
      from: graph,
      order: shuffled,
      make: () => this.#parts.createScan(),
      isBetter: (scan) => scan.stats().count < this.#parts.graphFrom,
      takeOver: (scan) => {
        this.#goOnWith(scan, undefined);
        this.#nextGraph = this.#parts.graphFrom;
      },
      // It is tried again when there are half as many rows to move.
      passOver: () => {
        this.#nextScan = graph.stats().count * SHRUNKEN;
      },
    });
  }

  #goOnWith(scan: ExactScan | undefined, graph: HnswIndex | undefined): void {
    const active = this.#active;
    this.#scan = scan;
    this.#graph = graph;
    this.#times = [];
    this.#nextScan = this.#parts.graphFrom * SHRUNKEN;
    void active.close();
  }
}

function candidatesOf({ candidates = Number.POSITIVE_INFINITY }: ExactScan): number {
  return candidates;
}
