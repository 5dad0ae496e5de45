import type { ByteReader } from "../byte-reader.ts";
import type { PictureHead } from "./head.ts";

export interface JpegHead extends PictureHead {
  /** 1 grey, 3 colour, 4 CMYK or YCCK. */
  readonly channels: number;
}

const FILL = 0xff;
const SCAN = 0xda;
const END = 0xd9;
const APP1 = 0xe1;
const EXIF = "Exif\0\0";
const LOSSLESS_OR_ARITHMETIC = new Set([0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf]);

/** Walks the segments before the first scan. */
export function readJpegHead(file: ByteReader): JpegHead {
  let frame: JpegHead | undefined;
  let exif: Uint8Array | undefined;
  for (let at = 2; ; ) {
    if (file.u8(at) !== 0xff) throw new RangeError(`no segment begins at byte ${at}`);
    const marker = file.u8(at + 1);
    if (marker === FILL || isAlone(marker)) {
      at += marker === FILL ? 1 : 2;
      continue;
    }
    if (marker === SCAN || marker === END) break;
    const length = file.u16(at + 2);
    if (length < 2) throw new RangeError(`a segment of ${length} bytes at byte ${at}`);
    if (isFrame(marker)) frame ??= frameOf(file, at, marker);
    if (marker === APP1 && length > 8 && file.text(at + 4, 6) === EXIF) exif ??= file.part(at + 10, length - 8);
    at += 2 + length;
  }
  if (!frame) throw new RangeError("it ends before the size of the picture");
  return { ...frame, exif };
}

/** Markers without a length: TEM and the restart markers. */
function isAlone(marker: number): boolean {
  return marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7);
}

/** Start of frame: 0xC0 to 0xCF but for tables of codes, the extension mark and arithmetic conditions. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

function frameOf(file: ByteReader, at: number, marker: number): JpegHead {
  const bits = file.u8(at + 4);
  const [height, width, channels] = [file.u16(at + 5), file.u16(at + 7), file.u8(at + 9)];
  const kind = LOSSLESS_OR_ARITHMETIC.has(marker) && `process ${marker.toString(16)}`;
  const foreign = kind || (bits !== 8 && `${bits} bits a channel`) || undefined;
  return { width, height, channels, foreign: foreign && `a JPEG file of ${foreign}` };
}
