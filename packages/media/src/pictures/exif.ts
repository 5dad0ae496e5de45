import { ByteReader } from "./byte-reader.ts";

/** What a camera noted beside the pixels. */
export interface Exif {
  /** 1 to 8, as EXIF numbers them; 1 is upright. */
  readonly orientation: number;
  /** When the picture was taken, "YYYY-MM-DDThh:mm:ss", in the local time of the camera. */
  readonly takenAt?: string | undefined;
}

const UPRIGHT: Exif = { orientation: 1 };

const ORIENTATION = 0x0112;
const CHANGED = 0x0132;
const EXIF_BLOCK = 0x8769;
const TAKEN = 0x9003;

const SHORT = 3;

/** Reads the TIFF block of an EXIF segment. Most damage of a picture's notes does no harm to its pixels: what cannot be read is left out. */
export function readExif(block: Uint8Array | undefined): Exif {
  if (!block) return UPRIGHT;
  try {
    return readBlock(block);
  } catch {
    return UPRIGHT;
  }
}

function readBlock(block: Uint8Array): Exif {
  const reader = new ByteReader(block, block[0] === 0x49);
  if (reader.u16(2) !== 42) return UPRIGHT;
  const main = readDirectory(reader, reader.u32(4));
  const orientation = main.get(ORIENTATION);
  const turned = orientation?.type === SHORT ? reader.u16(orientation.at) : 1;
  const takenAt = takenIn(reader, main) ?? dateOf(reader, main.get(CHANGED));
  return { orientation: turned >= 1 && turned <= 8 ? turned : 1, ...(takenAt ? { takenAt } : {}) };
}

interface Tag {
  readonly type: number;
  readonly count: number;
  /** Place of the value, or of the offset of a value of more than four bytes. */
  readonly at: number;
}

function readDirectory(reader: ByteReader, start: number): Map<number, Tag> {
  const tags = new Map<number, Tag>();
  const count = reader.u16(start);
  for (let each = 0; each < count; each += 1) {
    const at = start + 2 + each * 12;
    if (at + 12 > reader.length) break;
    tags.set(reader.u16(at), { type: reader.u16(at + 2), count: reader.u32(at + 4), at: at + 8 });
  }
  return tags;
}

function takenIn(reader: ByteReader, main: ReadonlyMap<number, Tag>): string | undefined {
  const block = main.get(EXIF_BLOCK);
  if (!block) return undefined;
  try {
    return dateOf(reader, readDirectory(reader, reader.u32(block.at)).get(TAKEN));
  } catch {
    return undefined;
  }
}

function dateOf(reader: ByteReader, tag: Tag | undefined): string | undefined {
  if (!tag || tag.count < 19) return undefined;
  const at = reader.u32(tag.at);
  if (at + 19 > reader.length) return undefined;
  const [, year, month, day, time] = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)$/.exec(reader.text(at, 19)) ?? [];
  const isDate = Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= 31;
  return isDate ? `${year}-${month}-${day}T${time}` : undefined;
}
