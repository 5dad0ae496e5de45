import type { ByteReader } from "../byte-reader.ts";
import { crc32 } from "../crc32.ts";
import type { PictureHead } from "./head.ts";

/** Length and name before a chunk's data, checksum behind it. */
const BEFORE = 8;
const AROUND = 12;

/**
 * Reads the first chunk, which has the size, and EXIF. The chunks that pixels depend on must have their checksums: the codec does not
 * compare them, and would make other pixels of a damaged file.
 */
export function readPngHead(file: ByteReader): PictureHead {
  if (file.text(12, 4) !== "IHDR") throw new RangeError("its first chunk is not IHDR");
  let exif: Uint8Array | undefined;
  for (let at = 8; at + AROUND <= file.length; ) {
    const length = file.u32(at);
    if (length > file.length - at - AROUND) break;
    const name = file.text(at + 4, 4);
    if (isCritical(name)) assertChecksum(file, at, length);
    if (name === "eXIf") exif ??= file.part(at + BEFORE, length);
    if (name === "IEND") break;
    at += AROUND + length;
  }
  return { width: file.u32(16), height: file.u32(20), exif };
}

/** As the format has it: its name begins with a capital letter. */
function isCritical(name: string): boolean {
  return /^[A-Z]/.test(name);
}

function assertChecksum(file: ByteReader, at: number, length: number): void {
  const sum = crc32(file.part(at + 4, length + 4));
  if (sum !== file.u32(at + BEFORE + length)) throw new RangeError("the checksum of a chunk differs");
}
