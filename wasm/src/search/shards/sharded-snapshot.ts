import type { VectorIndex } from "@pipit/core";
import { type HashPieces, joinContainer } from "../../shared/snapshot/container.ts";
import {
  type ByteReader,
  badSnapshot,
  type Container,
  readContainer,
  readSection,
  type StoredSection,
} from "../../shared/snapshot/container-reader.ts";
import type { ShardKind } from "./shard-kind.ts";

/**
 * Shards in a container: words are each shard's number of rows. One section a shard, tagged with its
 * number, is that shard's own snapshot; the last one is every shard's row numbers, which the port cannot list.
 */
export const SHARDED_KIND = 0x44524853; // "SHRD"
const ROWS_TAG = 0xffff;

// One less than the most sections of a container.
export const MOST_SHARDS = 63;

export interface Shards {
  readonly indexes: readonly VectorIndex[];
  /** Of each index; they are put in order. */
  readonly rows: readonly Uint32Array[];
}

export async function saveShards({ indexes, rows }: Shards, hash: HashPieces): Promise<Uint8Array<ArrayBuffer>> {
  const snapshots: Uint8Array[] = [];
  for (const index of indexes) snapshots.push(await index.save());
  const owned = rows.map((each) => new Uint8Array(each.sort().buffer));
  const section = (tag: number, pieces: readonly Uint8Array[]) => ({
    tag,
    bytes: pieces.reduce((sum, { length }) => sum + length, 0),
    pieces: () => pieces,
  });
  return joinContainer(
    { kind: SHARDED_KIND, sequence: 0n, words: rows.map(({ length }) => length), numbers: [] },
    [...snapshots.map((snapshot, number) => section(number, [snapshot])), section(ROWS_TAG, owned)],
    hash,
  );
}

/** Throws `bad-snapshot` when it is not one of shards of this kind and width, or not as it was written. */
export async function openShards(
  source: Uint8Array | ByteReader,
  kind: ShardKind,
  dimensions: number,
): Promise<{ indexes: VectorIndex[]; rows: Uint32Array[] }> {
  const { hash } = kind;
  const container = await readContainer(source, SHARDED_KIND, hash);
  const { words: counts } = container;
  const isSensible = counts.length >= 1 && container.sections.size === counts.length + 1;
  if (!isSensible) throw badSnapshot(`${container.sections.size} sections`, `${counts.length} shards and their rows`);
  const rows = await readRows(container, counts, hash);
  const indexes: VectorIndex[] = [];
  for (const [number, count] of counts.entries()) {
    const index = await kind.open(readerOf(container, sectionAt(container, number)), dimensions);
    const held = index.stats().count;
    if (held !== count) throw badSnapshot(`${held} rows in shard ${number}`, `${count}`);
    indexes.push(index);
  }
  return { indexes, rows };
}

async function readRows(container: Container, counts: readonly number[], hash: HashPieces): Promise<Uint32Array[]> {
  const section = sectionAt(container, ROWS_TAG);
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (section.bytes !== total * 4) throw badSnapshot(`${section.bytes} bytes of row numbers`, `${total * 4}`);
  const rows = counts.map((count) => new Uint32Array(count));
  const pieces = () => rows.map(({ buffer }) => new Uint8Array(buffer));
  await readSection(container, section, { pieces, hash });
  return rows;
}

/** A shard's own snapshot, which sums itself: it is read once, straight to where it belongs. */
function readerOf({ reader }: Container, { offset, bytes }: StoredSection): ByteReader {
  return { size: bytes, read: (from, target) => reader.read(offset + from, target) };
}

function sectionAt({ sections }: Container, tag: number): StoredSection {
  const section = sections.get(tag);
  if (section) return section;
  throw badSnapshot(`no section ${tag}`, "one for each shard and one for their rows");
}
