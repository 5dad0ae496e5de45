import type { ByteReader } from "../byte-reader.ts";
import type { PictureHead } from "./head.ts";

/** Reads the first chunk, which has the size, and looks for EXIF among the others. */
export function readPngHead(file: ByteReader): PictureHead {
  if (file.text(12, 4) !== "IHDR") throw new RangeError("its first chunk is not IHDR");
  return { width: file.u32(16), height: file.u32(20), exif: exifIn(file) };
}

function exifIn(file: ByteReader): Uint8Array | undefined {
  for (let at = 8; at + 12 <= file.length; ) {
    const length = file.u32(at);
    if (length > file.length - at - 12) return undefined;
    if (file.text(at + 4, 4) === "eXIf") return file.part(at + 8, length);
    at += 12 + length;
  }
  return undefined;
}
