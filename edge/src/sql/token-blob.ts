import { type Passage, type StoredTokens, whyNotStoredTokens } from "@pipit/core";

/**
 * Token vectors of an entry as one blob, little endian:
 *
 *   0   version u32, first row u32, passages u32, bytes of the token space's id u32
 *   16  counts u32 [passages], id of the token space in UTF-8, bits to the end
 *
 * A Pipit that does not know this column leaves it as it is when it puts an entry again. The first row tells: it is another one then,
 * because no row number is given out twice.
 */
const VERSION = 1;
const HEAD_BYTES = 16;
const NO_ROW = 0xffff_ffff;

type Passages = readonly Pick<Passage, "row">[];

export function writeTokenBlob({ space, counts, bits }: StoredTokens, passages: Passages): Uint8Array<ArrayBuffer> {
  const id = new TextEncoder().encode(space);
  const words = [VERSION, firstRow(passages), counts.length, id.length, ...counts];
  const blob = new Uint8Array(words.length * 4 + id.length + bits.length);
  const view = new DataView(blob.buffer);
  for (const [i, word] of words.entries()) view.setUint32(i * 4, word, true);
  blob.set(id, words.length * 4);
  blob.set(bits, words.length * 4 + id.length);
  return blob;
}

/** Undefined if the blob belongs to former passages of the entry. Throws `TypeError` if it is damaged. */
export function readTokenBlob(blob: Uint8Array, passages: Passages): StoredTokens | undefined {
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
  const word = (i: number) => view.getUint32(i * 4, true);
  if (blob.length < HEAD_BYTES || word(0) !== VERSION) throw new TypeError("token vectors of an unknown layout");
  if (word(1) !== firstRow(passages)) return undefined;
  const [idAt, bitsAt] = [HEAD_BYTES + word(2) * 4, HEAD_BYTES + word(2) * 4 + word(3)];
  if (bitsAt > blob.length) throw new TypeError("token vectors that are cut off");
  const counts = Array.from({ length: word(2) }, (_, i) => word(HEAD_BYTES / 4 + i));
  const space = new TextDecoder().decode(blob.subarray(idAt, bitsAt));
  const tokens = { space, counts, bits: blob.slice(bitsAt) };
  const why = whyNotStoredTokens(tokens, passages.length);
  if (why) throw new TypeError(`token vectors with ${why}`);
  return tokens;
}

function firstRow(passages: Passages): number {
  return passages[0] ? passages[0].row >>> 0 : NO_ROW;
}
