import type { ByteReader } from "../byte-reader.ts";
import type { PictureHead } from "./head.ts";

export interface GifHead extends PictureHead {
  /** Red, green, blue of each shared colour; empty if there are none. */
  readonly palette: Uint8Array;
  /** Place of the first frame. */
  readonly frameAt: number;
}

const SCREEN = 13;
const EXTENSION = 0x21;
const IMAGE = 0x2c;

/** The logical screen, as large as its first frame needs it to be, as in Pillow. */
export function readGifHead(file: ByteReader): GifHead {
  const palette = paletteAt(file, SCREEN, file.u8(10));
  const at = frameStart(file, SCREEN + palette.length);
  const [right, bottom] = [file.u16(at + 1) + file.u16(at + 5), file.u16(at + 3) + file.u16(at + 7)];
  return { width: Math.max(file.u16(6), right), height: Math.max(file.u16(8), bottom), palette, frameAt: at };
}

export function paletteAt(file: ByteReader, at: number, flags: number): Uint8Array {
  return file.part(at, flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
}

function frameStart(file: ByteReader, start: number): number {
  let at = start;
  while (file.u8(at) === EXTENSION) at = afterBlocks(file, at + 2);
  if (file.u8(at) !== IMAGE) throw new RangeError(`no frame begins at byte ${at}`);
  return at;
}

/** Blocks of at most 255 bytes, each behind its length, until an empty one. */
function afterBlocks(file: ByteReader, start: number): number {
  let at = start;
  while (file.u8(at) > 0) at += 1 + file.u8(at);
  return at + 1;
}
