import type { IndexStats, NeighborQuery, Neighbors, VectorIndex } from "@pipit/core";
import type { ExactScan } from "../exact/exact.ts";
import type { HnswIndex } from "../graph/hnsw-index.ts";
import type { Clock } from "../truth/search-times.ts";
import { GraphGrowth } from "./graph-growth.ts";

export interface AdaptiveParts {
  readonly dimensions: number;
  /** Milliseconds that a search of the scan may take. */
  readonly budget: number;
  /** Fewer rows are always scanned. */
  readonly graphFrom: number;
  readonly clock: Clock;
  createGraph(): Promise<HnswIndex>;
}

// So many searches are timed before their middle one is believed.
const TIMED = 9;

/**
 * Scans while that is quick enough on this device, and goes on with a graph once it is not. Both hold the recall of their
 * options. The graph is built in the background while the scan answers, and takes over only if it is quicker at that
 * recall; else it is tried again when the rows have doubled.
 */
export class AdaptiveIndex implements VectorIndex {
  private readonly parts: AdaptiveParts;
  private active: ExactScan | HnswIndex;
  /** Undefined when the graph has taken over. */
  private scan: ExactScan | undefined;
  private growth: GraphGrowth | undefined;
  private growing: Promise<void> | undefined;
  private readonly ending = new AbortController();
  private nextGraph: number;
  private times: number[] = [];

  private constructor(parts: AdaptiveParts, active: ExactScan | HnswIndex, scan: ExactScan | undefined) {
    this.parts = parts;
    this.active = active;
    this.scan = scan;
    this.nextGraph = parts.graphFrom;
  }

  static scanning(scan: ExactScan, parts: AdaptiveParts): AdaptiveIndex {
    return new AdaptiveIndex(parts, scan, scan);
  }

  static walking(graph: HnswIndex, parts: AdaptiveParts): AdaptiveIndex {
    return new AdaptiveIndex(parts, graph, undefined);
  }

  async add(rows: Uint32Array, vectors: Float32Array): Promise<void> {
    // Both kinds work within the call: the growth hears of the rows before anything else can run.
    const adding = this.active.add(rows, vectors);
    this.growth?.noteAdded(rows);
    await adding;
  }

  async remove(rows: Uint32Array): Promise<number> {
    const removing = this.active.remove(rows);
    await this.growth?.noteRemoved(rows);
    return removing;
  }

  async search(query: Float32Array, asked: NeighborQuery): Promise<Neighbors> {
    const { clock } = this.parts;
    const began = clock();
    const answer = await this.active.search(query, asked);
    if (this.scan && asked.filter === undefined && asked.ef === undefined) this.noteTime(clock() - began);
    return answer;
  }

  stats(): IndexStats {
    return this.active.stats();
  }

  save(): Promise<Uint8Array<ArrayBuffer>> {
    return this.active.save();
  }

  /** The snapshot in pieces, for sets that should not be held twice. The index must not be changed meanwhile. */
  saved(): Iterable<Uint8Array> {
    return this.active.saved();
  }

  /** Resolves when nothing is measured or built in the background. Never rejects. */
  async whenSettled(): Promise<void> {
    await this.active.whenMeasured();
    await this.growing;
  }

  async close(): Promise<void> {
    this.ending.abort();
    await this.active.close();
    await this.growth?.graph.close();
  }

  private noteTime(time: number): void {
    // Searches before the first measure look at every vector, which says nothing of those that follow.
    if (!this.scan?.isSettled || this.growing) return;
    this.times.push(time);
    if (this.times.length < TIMED) return;
    const middle = this.times.sort((a, b) => a - b)[TIMED >> 1]!;
    this.times = [];
    if (middle <= this.parts.budget || this.scan.stats().count < this.nextGraph) return;
    this.growing = this.growGraph(this.scan, middle).finally(() => {
      this.growing = undefined;
      this.growth = undefined;
    });
  }

  /** Never rejects: what answers stays when no graph can be had. */
  private async growGraph(scan: ExactScan, time: number): Promise<void> {
    const { createGraph, dimensions } = this.parts;
    this.nextGraph = 2 * scan.stats().count;
    let graph: HnswIndex | undefined;
    try {
      graph = await createGraph();
      this.growth = new GraphGrowth({ scan, graph, dimensions, signal: this.ending.signal });
      await this.growth.run();
      const { expectedTime = Number.POSITIVE_INFINITY } = graph;
      if (expectedTime < time && this.growth.isWhole) await this.goOnWith(graph);
      else await graph.close();
    } catch {
      // Memory is full, or the index was closed.
      await graph?.close();
    }
  }

  private async goOnWith(graph: HnswIndex): Promise<void> {
    const { scan } = this;
    this.active = graph;
    this.scan = undefined;
    await scan?.close();
  }
}
