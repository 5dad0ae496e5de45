/**
 * The one file format of index snapshots, little-endian. Checksums cover everything: the head has its own, that of each section
 * is in the head, and padding must be zero.
 *
 *   0 "PIPX"   4 version   8 kind of index   12 words   16 numbers   20 sections   24 sequence u64   32 file's bytes u64
 *   40 zeros   56 XXH64 of the head, itself as zero
 *   64 words u32, to a multiple of 8   numbers f64   table, 32 bytes a section: tag u32, zero u32, offset, bytes, XXH64 u64
 *   then the sections, each from the next multiple of 64
 *
 * The checksums of sections come before them, so that a reader can verify while it reads; a writer computes them in place first,
 * at memory speed, and nothing is held twice.
 */
export const MAGIC = 0x58504950;
export const CONTAINER_VERSION = 2;
export const FIXED_BYTES = 64;
export const ENTRY_BYTES = 32;
const ALIGNMENT = 64;
export const AT = {
  magic: 0,
  version: 4,
  kind: 8,
  words: 12,
  numbers: 16,
  sections: 20,
  sequence: 24,
  total: 32,
  reserved: 40,
  hash: 56,
} as const;

/** XXH64 with seed 0 of the pieces as if they lay one after another. */
export type HashPieces = (pieces: Iterable<Uint8Array>) => bigint;

/** The state of an index, in its own order: integers of 32 bits, and numbers. */
export interface Parameters {
  readonly words: readonly number[];
  readonly numbers: readonly number[];
}

export interface ContainerHeader extends Parameters {
  /** Which index wrote it. */
  readonly kind: number;
  /** The owner's sequence number, up to which the snapshot covers changes. */
  readonly sequence: bigint;
}

/** `pieces` is called twice, for the checksum and for writing; their bytes must not change in between. */
export interface Section {
  readonly tag: number;
  readonly bytes: number;
  pieces(): Iterable<Uint8Array>;
}

export interface Layout {
  /** Bytes of the whole file. */
  readonly total: number;
  /** The offset of each section. */
  readonly offsets: readonly number[];
}

/** Computes the offsets of the sections. */
export function layContainer(parameters: Parameters, sections: readonly { readonly bytes: number }[]): Layout {
  let end = headBytes(parameters.words.length, parameters.numbers.length, sections.length);
  const offsets = sections.map(({ bytes }) => {
    const offset = align(end);
    end = offset + bytes;
    return offset;
  });
  return { total: align(end), offsets };
}

/** The file in order, in pieces. Some are views of the sections' own memory. */
export function* writeContainer(
  header: ContainerHeader,
  sections: readonly Section[],
  hash: HashPieces,
): Generator<Uint8Array> {
  const { offsets, total } = layContainer(header, sections);
  const head = makeHead(header, sections, hash);
  yield head;
  let at = head.length;
  for (const [i, section] of sections.entries()) {
    yield* zeros(offsets[i]! - at);
    yield* section.pieces();
    at = offsets[i]! + section.bytes;
  }
  yield* zeros(total - at);
}

/** The file in one piece. */
export function joinContainer(
  header: ContainerHeader,
  sections: readonly Section[],
  hash: HashPieces,
): Uint8Array<ArrayBuffer> {
  const file = new Uint8Array(layContainer(header, sections).total);
  let at = 0;
  for (const piece of writeContainer(header, sections, hash)) {
    file.set(piece, at);
    at += piece.length;
  }
  return file;
}

function* zeros(count: number): Generator<Uint8Array> {
  if (count > 0) yield new Uint8Array(count);
}

function makeHead(header: ContainerHeader, sections: readonly Section[], hash: HashPieces): Uint8Array {
  const { words, numbers } = header;
  const { offsets, total } = layContainer(header, sections);
  const head = new Uint8Array(headBytes(words.length, numbers.length, sections.length));
  const view = new DataView(head.buffer);
  view.setUint32(AT.magic, MAGIC, true);
  view.setUint32(AT.version, CONTAINER_VERSION, true);
  view.setUint32(AT.kind, header.kind, true);
  view.setUint32(AT.words, words.length, true);
  view.setUint32(AT.numbers, numbers.length, true);
  view.setUint32(AT.sections, sections.length, true);
  view.setBigUint64(AT.sequence, header.sequence, true);
  view.setBigUint64(AT.total, BigInt(total), true);
  for (const [i, word] of words.entries()) view.setUint32(FIXED_BYTES + i * 4, word, true);
  for (const [i, number] of numbers.entries()) view.setFloat64(numbersAt(words.length) + i * 8, number, true);
  for (const [i, { tag, bytes, pieces }] of sections.entries()) {
    const at = tableAt(words.length, numbers.length) + i * ENTRY_BYTES;
    view.setUint32(at, tag, true);
    view.setBigUint64(at + 8, BigInt(offsets[i]!), true);
    view.setBigUint64(at + 16, BigInt(bytes), true);
    view.setBigUint64(at + 24, hash(pieces()), true);
  }
  view.setBigUint64(AT.hash, hash([head]), true);
  return head;
}

export function headBytes(words: number, numbers: number, sections: number): number {
  return tableAt(words, numbers) + sections * ENTRY_BYTES;
}

export function numbersAt(words: number): number {
  return FIXED_BYTES + Math.ceil(words / 2) * 8;
}

export function tableAt(words: number, numbers: number): number {
  return numbersAt(words) + numbers * 8;
}

function align(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
