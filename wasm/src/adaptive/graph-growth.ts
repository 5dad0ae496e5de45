import { letOthersRun, throwIfAborted } from "@pipit/core";
import type { ExactScan } from "../exact/exact.ts";
import type { HnswIndex } from "../graph/hnsw-index.ts";

export interface GrowthParts {
  readonly scan: ExactScan;
  readonly graph: HnswIndex;
  readonly dimensions: number;
  readonly signal: AbortSignal;
}

// Some ten milliseconds of building: a search that comes meanwhile waits no longer.
const VALUES_A_STEP = 64 * 384;

/**
 * Builds a graph of the rows of a scan, which answers meanwhile and takes every change first. Rows that came or changed
 * after the build began are put in at its end; rows that went are taken out at once.
 */
export class GraphGrowth {
  readonly graph: HnswIndex;
  private readonly parts: GrowthParts;
  private readonly late = new Set<number>();

  constructor(parts: GrowthParts) {
    this.parts = parts;
    this.graph = parts.graph;
  }

  noteAdded(rows: Uint32Array): void {
    for (const row of rows) this.late.add(row);
  }

  async noteRemoved(rows: Uint32Array): Promise<void> {
    for (const row of rows) this.late.delete(row);
    await this.graph.remove(rows);
  }

  /** Whether the graph holds what the scan holds. */
  get isWhole(): boolean {
    return this.late.size === 0 && this.graph.stats().count === this.parts.scan.stats().count;
  }

  /** Resolves when the graph has caught up and its recall is measured. Fails with `storage-full`, `closed` and `aborted`. */
  async run(): Promise<void> {
    await this.putAll(this.parts.scan.allRows());
    await this.catchUp();
    await this.graph.holdRecall();
    await this.catchUp();
  }

  private async catchUp(): Promise<void> {
    while (this.late.size > 0) {
      const rows = Uint32Array.from(this.late);
      this.late.clear();
      await this.putAll(rows);
    }
  }

  private async putAll(rows: Uint32Array): Promise<void> {
    const step = Math.max(1, Math.floor(VALUES_A_STEP / this.parts.dimensions));
    for (let from = 0; from < rows.length; from += step) {
      throwIfAborted(this.parts.signal);
      await this.put(rows.subarray(from, from + step));
      await letOthersRun();
    }
  }

  private async put(rows: Uint32Array): Promise<void> {
    const { scan, graph, dimensions } = this.parts;
    const found = [...rows].flatMap((row) => {
      const vector = scan.vectorOf(row);
      return vector ? [{ row, vector }] : [];
    });
    const vectors = new Float32Array(found.length * dimensions);
    for (const [i, { vector }] of found.entries()) vectors.set(vector, i * dimensions);
    await graph.add(
      Uint32Array.from(found, ({ row }) => row),
      vectors,
    );
  }
}
