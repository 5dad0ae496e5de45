import type { IndexKind } from "@pipit/core";
import { checkedWhole } from "../../shared/option-check.ts";
import type { ByteReader } from "../../shared/snapshot/container-reader.ts";
import type { ShardKind } from "./shard-kind.ts";
import { ShardedIndex } from "./sharded-index.ts";
import { openShards } from "./sharded-snapshot.ts";

export interface ShardOptions {
  /** Rows in a shard, at most. Default: as many as fit into what one index of the kind may hold. */
  readonly rows?: number | undefined;
}

export interface ShardedKind extends IndexKind {
  create(dimensions: number): Promise<ShardedIndex>;
  /** Read by ranges, each shard straight into its own memory. */
  open(snapshot: Uint8Array | ByteReader, dimensions: number): Promise<ShardedIndex>;
}

/**
 * One index over several of a kind, for sets beyond the 4 GiB that one memory can have. Every search asks every shard, so
 * that its time grows with their number. At most 63 shards.
 */
export function createSharded(kind: ShardKind, { rows = Number.MAX_SAFE_INTEGER }: ShardOptions = {}): ShardedKind {
  checkedWhole("rows", rows, [1, Number.MAX_SAFE_INTEGER]);
  const name = `${kind.name}-sharded`;
  const parts = (dimensions: number) => ({
    ...{ name, dimensions, rows },
    begin: () => kind.create(dimensions),
    // Made when it is needed and then dropped: hashing needs a kernel of its own.
    hash: (pieces: Iterable<Uint8Array>) => kind.hash(pieces),
  });
  return {
    name,
    create: async (dimensions) => ShardedIndex.over([await kind.create(dimensions)], parts(dimensions)),
    open: async (snapshot, dimensions) => {
      const { indexes, rows } = await openShards(snapshot, kind, dimensions);
      return ShardedIndex.over(indexes, parts(dimensions), rows);
    },
  };
}
