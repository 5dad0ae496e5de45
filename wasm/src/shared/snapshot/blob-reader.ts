import type { ByteReader } from "./container-reader.ts";

// A blob's bytes mostly lie in another process: asking takes a millisecond, however little is asked for.
const CHUNK_BYTES = 8 * 2 ** 20;
const FEW_BYTES = 4096;

/**
 * Reads a blob, such as a file of the user or of the origin, and holds at most two chunks of 8 MiB of it: the next one is
 * requested while one is used. Consecutive reads are the fastest.
 */
export function blobReader(blob: Blob): ByteReader {
  const chunks = new Map<number, Promise<Uint8Array>>();

  function chunkAt(number: number): Promise<Uint8Array> {
    const present = chunks.get(number);
    if (present) return present;
    const fetched = bytesOf(blob.slice(number * CHUNK_BYTES, (number + 1) * CHUNK_BYTES));
    // The read that needs the chunk fails; a later read tries again.
    fetched.catch(() => chunks.delete(number));
    chunks.set(number, fetched);
    return fetched;
  }

  async function take(from: number, into: Uint8Array): Promise<number> {
    const number = Math.floor(from / CHUNK_BYTES);
    for (const other of chunks.keys()) if (other !== number && other !== number + 1) chunks.delete(other);
    const chunk = chunkAt(number);
    if ((number + 1) * CHUNK_BYTES < blob.size) chunkAt(number + 1);
    const start = from - number * CHUNK_BYTES;
    const part = (await chunk).subarray(start, start + into.length);
    into.set(part);
    return part.length;
  }

  return {
    size: blob.size,
    async read(offset, target) {
      if (target.length <= FEW_BYTES) return target.set(await bytesOf(blob.slice(offset, offset + target.length)));
      for (let done = 0; done < target.length; ) done += await take(offset + done, target.subarray(done));
    },
  };
}

async function bytesOf(blob: Blob): Promise<Uint8Array> {
  return new Uint8Array(await blob.arrayBuffer());
}
