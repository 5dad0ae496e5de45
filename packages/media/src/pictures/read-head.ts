import { ByteReader } from "./byte-reader.ts";
import { type Exif, readExif } from "./exif.ts";
import { readBmpHead } from "./heads/bmp-head.ts";
import { readGifHead } from "./heads/gif-head.ts";
import type { PictureHead } from "./heads/head.ts";
import { type JpegHead, readJpegHead } from "./heads/jpeg-head.ts";
import { readPngHead } from "./heads/png-head.ts";
import { readWebpHead } from "./heads/webp-head.ts";
import { damaged } from "./media-error.ts";
import type { PictureFormat } from "./picture-format.ts";

export interface ReadHead extends PictureHead, Pick<Partial<JpegHead>, "channels">, Pick<Exif, "takenAt"> {
  readonly format: PictureFormat;
  /** As EXIF numbers it, 1 to 8. */
  readonly orientation: number;
}

type HeadReader = (file: ByteReader) => PictureHead & Pick<Partial<JpegHead>, "channels">;

const READERS: Readonly<Record<PictureFormat, { readonly isLittle: boolean; readonly read: HeadReader }>> = {
  jpeg: { isLittle: false, read: readJpegHead },
  png: { isLittle: false, read: readPngHead },
  webp: { isLittle: true, read: readWebpHead },
  gif: { isLittle: true, read: readGifHead },
  bmp: { isLittle: true, read: readBmpHead },
};

/** Reads size, orientation and date without decoding a pixel. Throws `bad-media`. */
export function readHead(bytes: Uint8Array, format: PictureFormat): ReadHead {
  const { isLittle, read } = READERS[format];
  const head = readOrRefuse(() => read(new ByteReader(bytes, isLittle)), format);
  if (!(head.width > 0 && head.height > 0)) throw damaged(format, `it is ${head.width} x ${head.height} pixels large`);
  return { format, ...head, ...readExif(head.exif) };
}

function readOrRefuse<T>(read: () => T, format: PictureFormat): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw damaged(format, cause.message || "its header is cut off", cause);
  }
}
