import { badEncoder } from "./encoder-file.ts";
import type { EncoderKernel } from "./encoder-kernel.ts";

/**
 * A packed file, whole or while it is received: pieces in order, and their total number of bytes. Where the caller does not know
 * that number, the file's first bytes contain it.
 */
export type EncoderBytes =
  | Uint8Array
  | { readonly bytes?: number | undefined; readonly pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array> };

// The container's head: bytes of the whole file, u64.
const TOTAL_AT = 32;
const MOST_BYTES = 2 ** 32;

/** Writes the file into the kernel's memory, piece by piece. Throws `bad-model`, `storage-full`. */
export async function placeBytes(kernel: EncoderKernel, file: EncoderBytes): Promise<Uint8Array> {
  if (file instanceof Uint8Array) {
    const place = kernel.placeFile(file.length);
    place.set(file);
    return place;
  }
  let place = file.bytes === undefined ? undefined : kernel.placeFile(file.bytes);
  let waiting: Uint8Array<ArrayBufferLike> = new Uint8Array();
  let at = 0;
  for await (const piece of file.pieces) {
    waiting = waiting.length === 0 ? piece : joined(waiting, piece);
    place ??= placeFor(kernel, waiting);
    if (!place) continue;
    if (at + waiting.length > place.length) throw badEncoder("more bytes than were announced", `${place.length}`);
    place.set(waiting, at);
    at += waiting.length;
    waiting = new Uint8Array();
  }
  if (!place || at !== place.length) throw badEncoder(`${at + waiting.length} bytes`, `${place?.length ?? "a head"}`);
  return place;
}

/** Undefined until the whole head has been received. */
function placeFor(kernel: EncoderKernel, head: Uint8Array): Uint8Array | undefined {
  if (head.length < TOTAL_AT + 8) return undefined;
  const total = new DataView(head.buffer, head.byteOffset, head.byteLength).getBigUint64(TOTAL_AT, true);
  if (total > BigInt(MOST_BYTES)) throw badEncoder(`${total} bytes by its own account`, "what a kernel can hold");
  return kernel.placeFile(Number(total));
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
