import type { ByteReader } from "../byte-reader.ts";
import type { PictureHead } from "./head.ts";

export interface BmpHead extends PictureHead {
  readonly bits: number;
  readonly compression: number;
  /** Rows are stored from the top, not from the bottom. */
  readonly isTopDown: boolean;
  /** Place of the pixels. */
  readonly pixelsAt: number;
  /** Place of the palette, or of the masks, behind the header. */
  readonly tableAt: number;
  /** Colours of the palette; 0: as many as the bits name. */
  readonly colors: number;
  /** Bytes of a colour of the palette. */
  readonly colorBytes: 3 | 4;
}

/** Size of the oldest header, of OS/2. */
const CORE = 12;
export const RGB = 0;
export const BIT_FIELDS = 3;
const ALPHA_BIT_FIELDS = 6;
const BITS = [1, 4, 8, 16, 24, 32];

export function readBmpHead(file: ByteReader): BmpHead {
  const size = file.u32(14);
  const pixelsAt = file.u32(10);
  if (size === CORE) return coreHead(file, pixelsAt);
  if (size < 40) throw new RangeError(`a header of ${size} bytes`);
  const height = file.i32(22);
  const [bits, compression] = [file.u16(28), file.u32(30)];
  const head = { width: file.i32(18), height: Math.abs(height), bits, isTopDown: height < 0, pixelsAt };
  const isMasked = compression === BIT_FIELDS || compression === ALPHA_BIT_FIELDS;
  return {
    ...head,
    compression: isMasked ? BIT_FIELDS : compression,
    // The masks of the shortest header come behind it; longer ones have room for them at the same place.
    tableAt: isMasked ? 54 : 14 + size,
    colors: file.u32(46),
    colorBytes: 4,
    foreign: foreignKind(bits, compression, isMasked),
  };
}

function coreHead(file: ByteReader, pixelsAt: number): BmpHead {
  const [width, height, bits] = [file.u16(18), file.u16(20), file.u16(24)];
  const rest = { compression: RGB, isTopDown: false, colors: 0, colorBytes: 3 } as const;
  return { width, height, bits, pixelsAt, tableAt: 14 + CORE, ...rest, foreign: foreignKind(bits, RGB, false) };
}

function foreignKind(bits: number, compression: number, isMasked: boolean): string | undefined {
  if (!BITS.includes(bits)) return `a BMP file of ${bits} bits a pixel`;
  if (isMasked && bits !== 16 && bits !== 32) return `a BMP file of ${bits} bits a pixel with masks`;
  return compression === RGB || isMasked ? undefined : `a BMP file with compression ${compression}`;
}
