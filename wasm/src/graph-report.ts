import { PipitError, type VectorIndex } from "@pipit/core";
import { HnswIndex } from "./hnsw.ts";
import type { SearchKernel } from "./search-kernel.ts";

export interface LevelReport {
  readonly nodes: number;
  /** Nodes that a walk from one of them can come to; less than `nodes` means that some are lost. */
  readonly reachable: number;
  readonly meanDegree: number;
  readonly maxDegree: number;
}

export interface GraphReport {
  /** Slots ever used and how many of them are free. */
  readonly slots: number;
  readonly free: number;
  /** Level 0 first. */
  readonly levels: readonly LevelReport[];
  /** In words: links to free slots or to themselves, one-way and double links. Empty in a sound graph. */
  readonly faults: readonly string[];
}

/** Looks at every link of an HNSW index: for tests and for finding out why recall is low. Throws `unsupported` for other indexes. */
export function inspectGraph(index: VectorIndex): GraphReport {
  if (!(index instanceof HnswIndex)) throw notAGraph(index);
  const kernel = index.opened();
  const levels = slotsByLevel(kernel).map((slots, level) => reportLevel(kernel, slots, level));
  return {
    slots: kernel.slots,
    free: kernel.slots - kernel.count,
    levels: levels.map(({ report }) => report),
    faults: levels.flatMap(({ faults }) => faults),
  };
}

function slotsByLevel(kernel: SearchKernel): number[][] {
  const byLevel: number[][] = [];
  for (let slot = 0; slot < kernel.slots; slot++) {
    const top = kernel.levelOf(slot) ?? -1;
    while (byLevel.length <= top) byLevel.push([]);
    for (let level = 0; level <= top; level++) byLevel[level]!.push(slot);
  }
  return byLevel;
}

function reportLevel(kernel: SearchKernel, slots: readonly number[], level: number) {
  const links = new Map(slots.map((slot) => [slot, new Set(kernel.linksOf(slot, level))]));
  const degrees = [...links.values()].map((neighbors) => neighbors.size);
  const report: LevelReport = {
    nodes: slots.length,
    reachable: countReachable(links, slots[0]!),
    meanDegree: degrees.reduce((sum, degree) => sum + degree, 0) / degrees.length,
    maxDegree: degrees.reduce((most, degree) => Math.max(most, degree), 0),
  };
  return { report, faults: slots.flatMap((slot) => faultsOf(slot, links, kernel.linksOf(slot, level).length)) };
}

function faultsOf(slot: number, links: ReadonlyMap<number, ReadonlySet<number>>, listed: number): string[] {
  const neighbors = links.get(slot)!;
  const faults = [...neighbors].filter((other) => other === slot || !links.get(other)?.has(slot));
  const doubled = listed > neighbors.size ? [`slot ${slot} has a link twice`] : [];
  return [...doubled, ...faults.map((other) => `slot ${slot} has a link to ${other} that does not lead back`)];
}

function countReachable(links: ReadonlyMap<number, ReadonlySet<number>>, start: number): number {
  const seen = new Set([start]);
  for (const slot of seen) for (const next of links.get(slot) ?? []) seen.add(next);
  return seen.size;
}

function notAGraph(index: VectorIndex): PipitError {
  return new PipitError("unsupported", {
    got: `an index of kind ${index.stats().kind}`,
    expected: "an HNSW index of this package",
    do: "Inspect the index that createHnsw made.",
  });
}
