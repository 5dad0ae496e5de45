/**
 * Keyed bytes: the embedding cache, index snapshots and model files live in one. Keys are any string.
 *
 * `getMany` answers in the order asked, undefined for what is not there. `putMany` writes all or, when it rejects with
 * `storage-full`, nothing. Stored bytes are copies: the caller may reuse its buffers.
 */
export interface ByteStore {
  /** What happens when the store is full: old keys make room, or the write is refused with `storage-full`. */
  readonly whenFull: "evicts" | "refuses";
  getMany(keys: readonly string[]): Promise<(Uint8Array<ArrayBuffer> | undefined)[]>;
  putMany(records: readonly (readonly [key: string, bytes: Uint8Array])[]): Promise<void>;
  deleteMany(keys: readonly string[]): Promise<void>;
  close(): Promise<void>;
}
