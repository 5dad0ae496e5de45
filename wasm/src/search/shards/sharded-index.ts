import {
  closedError,
  type IndexStats,
  isPipitError,
  type NeighborQuery,
  type Neighbors,
  PipitError,
  Turns,
  type VectorIndex,
} from "@pipit/core";
import { lastOfEach, pickVectors } from "../../shared/last-of-each.ts";
import { SlotMap } from "../../shared/slot-map.ts";
import type { HashPieces } from "../../shared/snapshot/container.ts";
import { badSnapshot } from "../../shared/snapshot/container-reader.ts";
import { assertRowVectors } from "../../shared/vector-check.ts";
import { mergeNeighbors } from "../merge-neighbors.ts";
import { MOST_SHARDS, saveShards } from "./sharded-snapshot.ts";

export interface ShardedParts {
  readonly name: string;
  readonly dimensions: number;
  /** The most rows of a shard. */
  readonly rows: number;
  readonly hash: HashPieces;
  /** Makes an empty shard. */
  begin(): Promise<VectorIndex>;
}

interface Shard {
  readonly index: VectorIndex;
  /** It had no memory for another row, and no row was removed since. */
  isFull: boolean;
}

interface Batch {
  readonly rows: Uint32Array;
  readonly vectors: Float32Array;
}

/**
 * An index of several shards. A row lies in one shard and is updated there. A call that is refused changes nothing. One exception:
 * when no further shard can be made, a part of the call may have been added.
 */
export class ShardedIndex implements VectorIndex {
  readonly #parts: ShardedParts;
  readonly #shards: Shard[];
  /** The number of the shard that a row lies in. */
  #owners = new SlotMap();
  /** One change at a time: a row must not come into two shards. */
  readonly #turns = new Turns();
  #isClosed = false;

  private constructor(shards: Shard[], parts: ShardedParts) {
    this.#shards = shards;
    this.#parts = parts;
  }

  /** `rows` lists the rows of each index. */
  static over(indexes: readonly VectorIndex[], parts: ShardedParts, rows: readonly Uint32Array[] = []): ShardedIndex {
    const sharded = new ShardedIndex(
      indexes.map((index) => ({ index, isFull: false })),
      parts,
    );
    for (const [number, owned] of rows.entries()) for (const row of owned) sharded.#adopt(row, number);
    return sharded;
  }

  async add(rows: Uint32Array, vectors: Float32Array): Promise<void> {
    this.#assertOpen();
    const { dimensions } = this.#parts;
    assertRowVectors(rows, vectors, { dimensions, originals: "none" });
    const [kept, values] = lastOfEach(rows.slice(), vectors.slice(), dimensions);
    return this.#turns.take(async () => {
      for (const [owner, places] of this.#byOwner(kept)) {
        const part = { rows: pickRows(kept, places), vectors: pickVectors(values, places, dimensions) };
        if (owner === undefined) await this.#place(part);
        else await this.#replace(owner, part);
      }
    });
  }

  async remove(rows: Uint32Array): Promise<number> {
    this.#assertOpen();
    const unique = Uint32Array.from(new Set(rows));
    return this.#turns.take(async () => {
      let removed = 0;
      for (const [owner, places] of this.#byOwner(unique)) {
        if (owner !== undefined) removed += await this.#drop(owner, pickRows(unique, places));
      }
      return removed;
    });
  }

  /** The deadline applies to all shards together: each gets its share of the remaining time. */
  async search(query: Float32Array, asked: NeighborQuery): Promise<Neighbors> {
    this.#assertOpen();
    const shards = [...this.#shards];
    const began = performance.now();
    const answers: Neighbors[] = [];
    for (const [number, { index }] of shards.entries()) {
      const deadline = shareOfTime(
        asked.deadline,
        number === 0 ? 0 : performance.now() - began,
        shards.length - number,
      );
      const answer = await index.search(query, { ...asked, deadline });
      answers.push(this.#ownedBy(number, answer));
    }
    return mergeNeighbors(answers, asked.k);
  }

  stats(): IndexStats {
    const { name, dimensions } = this.#parts;
    const each = this.#shards.map(({ index }) => index.stats());
    const sum = (of: "count" | "bytes") => each.reduce((total, stats) => total + stats[of], 0);
    // The recall of the worst shard is a lower bound of the whole.
    const recall = Math.min(...each.map((stats) => stats.recall ?? Number.NaN));
    const known = Number.isNaN(recall) ? undefined : recall;
    return { kind: name, count: sum("count"), dimensions, bytes: sum("bytes"), recall: known };
  }

  /** All shards in one snapshot. Meanwhile the snapshot and those of the shards are in memory. */
  async save(): Promise<Uint8Array<ArrayBuffer>> {
    this.#assertOpen();
    const { hash } = this.#parts;
    return this.#turns.take(async () => {
      const indexes = this.#shards.map(({ index }) => index);
      return saveShards({ indexes, rows: this.#rowsOfEach() }, hash);
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#turns.take(() => Promise.all(this.#shards.map(({ index }) => index.close())));
    this.#owners = new SlotMap();
  }

  /** Updates rows in their shard. If it has no room for that, the rows move to another shard. */
  async #replace(owner: number, batch: Batch): Promise<void> {
    const refusal = await storageRefusal(this.#shards[owner]!.index, batch);
    if (!refusal) return;
    this.#shards[owner]!.isFull = true;
    await this.#place(batch);
    await this.#shards[owner]!.index.remove(batch.rows);
  }

  /** Adds rows to the first shard with room, and on to the next. */
  async #place(batch: Batch): Promise<void> {
    const { dimensions, rows } = this.#parts;
    for (let at = 0; at < batch.rows.length; ) {
      const number = await this.#shardWithRoom();
      const room = rows - this.#shards[number]!.index.stats().count;
      at += await this.#fill(number, sliceOf(batch, at, room), dimensions);
    }
  }

  /** Adds as many rows as fit into memory, from the first on: a batch that does not fit is halved. Returns how many. */
  async #fill(number: number, batch: Batch, dimensions: number): Promise<number> {
    const shard = this.#shards[number]!;
    let refusal: PipitError | undefined;
    for (let count = batch.rows.length; count >= 1; count >>>= 1) {
      const part = { rows: batch.rows.subarray(0, count), vectors: batch.vectors.subarray(0, count * dimensions) };
      refusal = await storageRefusal(shard.index, part);
      if (!refusal) {
        for (const row of part.rows) this.#own(row, number);
        return count;
      }
    }
    if (refusal && shard.index.stats().count === 0) throw refusal;
    shard.isFull = true;
    return 0;
  }

  async #shardWithRoom(): Promise<number> {
    const { rows, begin } = this.#parts;
    const found = this.#shards.findIndex(({ index, isFull }) => !isFull && index.stats().count < rows);
    if (found >= 0) return found;
    if (this.#shards.length === MOST_SHARDS) throw noMore(`${MOST_SHARDS} full shards`);
    const index = await begin().catch((cause) => {
      // Engines throw it when no address space is left for another memory.
      throw cause instanceof RangeError
        ? noMore(`${this.#shards.length} shards and no memory for another`, cause)
        : cause;
    });
    return this.#shards.push({ index, isFull: false }) - 1;
  }

  async #drop(owner: number, rows: Uint32Array): Promise<number> {
    const shard = this.#shards[owner]!;
    const removed = await shard.index.remove(rows);
    for (const row of rows) this.#owners.delete(row);
    shard.isFull = false;
    return removed;
  }

  #adopt(row: number, number: number): void {
    if (this.#owners.get(row) !== undefined) throw badSnapshot(`row ${row} twice`, "each row once");
    this.#owners.set(row, number);
  }

  #own(row: number, number: number): void {
    if (this.#owners.get(row) !== undefined) this.#owners.delete(row);
    this.#owners.set(row, number);
  }

  /** Positions in `rows`, grouped by the shard of the row. */
  #byOwner(rows: Uint32Array): Map<number | undefined, number[]> {
    const byOwner = new Map<number | undefined, number[]>();
    for (const [place, row] of rows.entries()) {
      const owner = this.#owners.get(row);
      const present = byOwner.get(owner);
      if (present) present.push(place);
      else byOwner.set(owner, [place]);
    }
    return byOwner;
  }

  #rowsOfEach(): Uint32Array[] {
    const rows = this.#shards.map(({ index }) => new Uint32Array(index.stats().count));
    const filled = rows.map(() => 0);
    for (const [row, owner] of this.#owners.entries()) rows[owner]![filled[owner]!++] = row;
    return rows;
  }

  // While a row moves it lies in two shards; only its owner's vector counts.
  #ownedBy(number: number, answer: Neighbors): Neighbors {
    const isOwned = (row: number) => this.#owners.get(row) === number;
    if (answer.rows.every(isOwned)) return answer;
    const { rows, distances, partial } = answer;
    return { rows: rows.filter(isOwned), distances: distances.filter((_, i) => isOwned(rows[i]!)), partial };
  }

  #assertOpen(): void {
    if (!this.#isClosed) return;
    throw closedError("index", "collection");
  }
}

/** The index's `storage-full` error if it has no room; undefined if it took all rows. */
async function storageRefusal(index: VectorIndex, { rows, vectors }: Batch): Promise<PipitError | undefined> {
  try {
    await index.add(rows, vectors);
    return undefined;
  } catch (error) {
    if (isPipitError(error, "storage-full")) return error;
    throw error;
  }
}

/** The share of one shard in the remaining milliseconds. An invalid deadline is passed to the first shard, which refuses it. */
function shareOfTime(deadline: number | undefined, passed: number, shards: number): number | undefined {
  if (deadline === undefined) return undefined;
  return (passed > 0 ? Math.max(0, deadline - passed) : deadline) / shards;
}

function pickRows(rows: Uint32Array, places: readonly number[]): Uint32Array {
  return Uint32Array.from(places, (place) => rows[place]!);
}

function sliceOf({ rows, vectors }: Batch, from: number, most: number): Batch {
  const dimensions = vectors.length / rows.length;
  const to = Math.min(rows.length, from + most);
  return { rows: rows.subarray(from, to), vectors: vectors.subarray(from * dimensions, to * dimensions) };
}

function noMore(got: string, cause?: unknown): PipitError {
  return new PipitError("storage-full", {
    got,
    expected: "room for another",
    do: "Remove rows, or split the collection over more machines; rows that were there are still there.",
    cause,
  });
}
