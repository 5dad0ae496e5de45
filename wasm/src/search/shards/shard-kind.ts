import type { IndexKind, VectorIndex } from "@pipit/core";
import type { HashPieces } from "../../shared/snapshot/container.ts";
import type { ByteReader } from "../../shared/snapshot/container-reader.ts";

/** A kind of index that can be sharded: `createHnsw` and `createExact` make such kinds. */
export interface ShardKind extends IndexKind {
  readonly hash: HashPieces;
  open(snapshot: Uint8Array | ByteReader, dimensions: number): Promise<VectorIndex>;
}
