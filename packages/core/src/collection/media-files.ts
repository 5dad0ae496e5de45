import type { ByteStore } from "../ports/byte-store.ts";
import type { EmbeddedMedium } from "../ports/collection.ts";
import type { StoredMedium } from "../ports/entry-store.ts";
import type { Directory } from "./directory.ts";

/**
 * The bytes of media, under their digests: equal files of several entries are one. They are written before the entry that names them, and freed
 * after the last one is gone, both in the store's exclusive turn. A process that ends between the two leaves bytes that nothing names.
 */
export class MediaFiles {
  readonly #bytes: ByteStore;

  /** The collection alone uses these bytes. */
  constructor(bytes: ByteStore) {
    this.#bytes = bytes;
  }

  async put(media: readonly EmbeddedMedium[]): Promise<void> {
    const files = new Map(media.flatMap(({ digest, bytes }) => (bytes ? [[digest, bytes] as const] : [])));
    if (files.size > 0) await this.#bytes.putMany([...files]);
  }

  async get(digest: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const [bytes] = await this.#bytes.getMany([digest]);
    return bytes;
  }

  close(): Promise<void> {
    return this.#bytes.close();
  }

  /** Frees those of these media that no entry names. */
  async free(media: readonly StoredMedium[], directory: Directory): Promise<void> {
    const gone = new Set(media.map(({ digest }) => digest).filter((digest) => !directory.names(digest)));
    if (gone.size > 0) await this.#bytes.deleteMany([...gone]);
  }
}
