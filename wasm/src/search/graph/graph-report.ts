import { PipitError, type VectorIndex } from "@pipit/core";
import { HnswIndex } from "./hnsw-index.ts";
import type { SearchKernel } from "./search-kernel.ts";

export interface LevelReport {
  /** Nodes in the graph, removed ones that still lead on among them. */
  readonly nodes: number;
  /** Nodes that a walk from the level's first one can come to; less than `nodes` means that some are lost. */
  readonly reachable: number;
  /** Nodes that no other has a link to. */
  readonly inDegreeZero: number;
  /** Links that lead back as well, and all links. */
  readonly mutualLinks: number;
  readonly links: number;
  readonly meanDegree: number;
  readonly maxDegree: number;
}

export interface GraphReport {
  /** Slots in use or free. */
  readonly slots: number;
  readonly free: number;
  /** Removed rows that still lead on until the next sweep. */
  readonly removed: number;
  /** Level 0 first. */
  readonly levels: readonly LevelReport[];
  /** In words: links out of the level, to themselves or double, parents that do not link back. Empty in a sound graph. */
  readonly faults: readonly string[];
}

type Links = ReadonlyMap<number, readonly number[]>;

/** Examines every link of an HNSW index: for tests and for finding out why recall is low. Throws `unsupported` for other indexes. */
export function inspectGraph(index: VectorIndex): GraphReport {
  if (!(index instanceof HnswIndex)) throw notAGraph(index);
  const kernel = index.opened();
  const levels = slotsByLevel(kernel).map(
    (slots, level): Links => new Map(slots.map((slot) => [slot, kernel.linksOf(slot, level)])),
  );
  return {
    slots: kernel.slots,
    free: kernel.slots - kernel.count - kernel.removed,
    removed: kernel.removed,
    levels: levels.map(reportLevel),
    faults: levels.flatMap((links) => [...links.keys()].flatMap((slot) => faultsOf(slot, links))),
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

function reportLevel(links: Links): LevelReport {
  const others = [...links].map(([slot, listed]) => listed.filter((other) => other !== slot));
  const led = new Set(others.flat());
  const count = others.reduce((sum, { length }) => sum + length, 0);
  return {
    nodes: links.size,
    reachable: countReachable(links),
    inDegreeZero: links.size === 1 ? 0 : [...links.keys()].filter((slot) => !led.has(slot)).length,
    mutualLinks: [...links].reduce((sum, [slot, listed]) => sum + countMutual(slot, listed, links), 0),
    links: count,
    meanDegree: count / links.size,
    maxDegree: others.reduce((most, { length }) => Math.max(most, length), 0),
  };
}

function countMutual(slot: number, listed: readonly number[], links: Links): number {
  return listed.filter((other) => other !== slot && links.get(other)?.includes(slot)).length;
}

/** Counts the nodes that links lead to from the root, which is its own parent. */
function countReachable(links: Links): number {
  const root = [...links].find(([slot, [parent]]) => parent === slot)?.[0];
  const seen = new Set(root === undefined ? [] : [root]);
  for (const slot of seen) for (const next of links.get(slot) ?? []) seen.add(next);
  return seen.size;
}

function faultsOf(slot: number, links: Links): string[] {
  const [parent, ...rest] = links.get(slot)!;
  const strangers = rest.filter((other) => other === slot || !links.has(other));
  const faults = strangers.map((other) => `slot ${slot} has a link to ${other}`);
  if (new Set(links.get(slot)).size < rest.length + 1) faults.push(`slot ${slot} has a link twice`);
  if (parent === undefined || !links.get(parent)?.includes(slot)) {
    faults.push(`slot ${slot} hangs from ${parent}, which does not link back`);
  }
  return faults;
}

function notAGraph(index: VectorIndex): PipitError {
  return new PipitError("unsupported", {
    got: `an index of kind ${index.stats().kind}`,
    expected: "an HNSW index of this package",
    do: "Inspect the index that createHnsw made.",
  });
}
