import { joinedBytes } from "../joined-bytes.ts";

/**
 * Bytes by key: a store holds the embedding cache, index snapshots or model files. Keys are any string.
 *
 * `getMany` returns values in the order asked, undefined for a missing key. `putMany` writes all or, when it rejects with
 * `storage-full`, nothing. Stored bytes are copies: the caller may reuse its buffers.
 *
 * `putPieces` is `putMany` of one record whose bytes arrive piece by piece; each piece is copied or written before the
 * next is requested. When the pieces fail, it rejects with their error and the old bytes stay.
 *
 * A store with a size limit of its own is a cache: it evicts its oldest keys. One without a limit refuses a write with `storage-full`.
 */
export interface ByteStore {
  getMany(keys: readonly string[]): Promise<(Uint8Array<ArrayBuffer> | undefined)[]>;
  putMany(records: readonly (readonly [key: string, bytes: Uint8Array])[]): Promise<void>;
  putPieces(key: string, pieces: AsyncIterable<Uint8Array>): Promise<void>;
  deleteMany(keys: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** The bytes of all pieces, for a store that takes a record whole. */
export async function joinPieces(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const copies: Uint8Array[] = [];
  let total = 0;
  for await (const piece of pieces) {
    copies.push(piece.slice());
    total += piece.length;
  }
  return joinedBytes(copies, total);
}
