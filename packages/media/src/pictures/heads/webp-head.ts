import type { ByteReader } from "../byte-reader.ts";
import type { PictureHead } from "./head.ts";

const ANIMATED = 0x02;

/** Reads the first chunk, which has the size in one of three forms, and looks for EXIF among the others. */
export function readWebpHead(file: ByteReader): PictureHead {
  const first = file.text(12, 4);
  if (first === "VP8 ") return lossySize(file);
  if (first === "VP8L") return losslessSize(file);
  if (first !== "VP8X") throw new RangeError(`its first chunk is ${JSON.stringify(first)}`);
  const foreign = (file.u8(20) & ANIMATED) !== 0 ? "an animated WebP file" : undefined;
  return { width: file.u24(24) + 1, height: file.u24(27) + 1, exif: exifIn(file), foreign };
}

function lossySize(file: ByteReader): PictureHead {
  if (file.u24(23) !== 0x2a019d) throw new RangeError("its key frame has no start code");
  return { width: file.u16(26) & 0x3fff, height: file.u16(28) & 0x3fff };
}

function losslessSize(file: ByteReader): PictureHead {
  if (file.u8(20) !== 0x2f) throw new RangeError("its lossless data has no signature");
  const bits = file.u32(21);
  return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
}

function exifIn(file: ByteReader): Uint8Array | undefined {
  for (let at = 12; at + 8 <= file.length; ) {
    const length = file.u32(at + 4);
    if (length > file.length - at - 8) return undefined;
    if (file.text(at, 4) === "EXIF") return tiffBlock(file.part(at + 8, length));
    at += 8 + length + (length & 1);
  }
  return undefined;
}

/** Some writers put the name of JPEG's segment before the block. */
function tiffBlock(chunk: Uint8Array): Uint8Array {
  return chunk[0] === 0x45 && chunk[1] === 0x78 ? chunk.subarray(6) : chunk;
}
