import { toWireError, type WireError } from "@pipit/core";
import { loadHnswIndex } from "@pipit/wasm/web";
import { rowsFrom } from "../../../fixtures/recall.ts";
import { seeded, uniformVectors } from "../../../fixtures/seeded.ts";

const [DIMENSIONS, COUNT] = [48, 3000];

export interface Built {
  /** The number of threads that the index got. */
  readonly threads: number;
  /** XXH64 of its snapshot. */
  readonly sum: string;
  /** XXH64 of the snapshot of the index opened from that one, after the same threads have added more rows. */
  readonly grown: string;
}

export type BuildAnswer = Built | { readonly error: WireError };

/** Builds a seeded graph with `threads` threads, opens its snapshot and adds more rows. */
export function build(threads: number): Promise<BuildAnswer> {
  return buildTwice(threads).catch((error) => ({ error: toWireError(error) }));
}

async function buildTwice(threads: number): Promise<Built> {
  const kind = await loadHnswIndex({ threads });
  const vectors = uniformVectors(seeded(71), COUNT, DIMENSIONS);
  const index = await kind.create(DIMENSIONS);
  await index.add(rowsFrom(0, COUNT), vectors);
  const snapshot = await index.save();
  await index.close();
  const opened = await kind.open(snapshot, DIMENSIONS);
  await opened.add(rowsFrom(COUNT, COUNT), vectors);
  const [sum, grown] = [snapshot, await opened.save()].map((bytes) => kind.hash([bytes]).toString(16));
  await opened.close();
  return { threads: kind.threads, sum: sum!, grown: grown! };
}
