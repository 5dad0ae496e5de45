import { PipitError } from "@pipit/core";
import {
  AT,
  CONTAINER_VERSION,
  type ContainerHeader,
  ENTRY_BYTES,
  FIXED_BYTES,
  type HashPieces,
  headBytes,
  layContainer,
  MAGIC,
  numbersAt,
  type Parameters,
  tableAt,
} from "./container.ts";

const MOST_PARAMETERS = 4096;
const MOST_SECTIONS = 64;

/** Bytes that can be read from anywhere: a file, a blob, memory. */
export interface ByteReader {
  readonly size: number;
  /** Fills `target` with the bytes from `offset` on, or rejects. */
  read(offset: number, target: Uint8Array): Promise<void>;
}

/** A container whose head and padding are verified. Its sections are not read yet. */
export interface Container extends ContainerHeader {
  /** By tag, in the file's order. */
  readonly sections: ReadonlyMap<number, StoredSection>;
  readonly reader: ByteReader;
}

export interface StoredSection {
  readonly tag: number;
  readonly offset: number;
  readonly bytes: number;
  readonly hash: bigint;
}

/** Reads and verifies everything but the contents of the sections. Fails with `bad-snapshot`. */
export async function readContainer(
  source: Uint8Array | ByteReader,
  kind: number,
  hash: HashPieces,
): Promise<Container> {
  const reader = source instanceof Uint8Array ? readerOf(source) : source;
  const counts = readFixed(await readBytes(reader, 0, FIXED_BYTES), reader.size, kind);
  const head = await readBytes(reader, 0, headBytes(counts.words, counts.numbers, counts.sections));
  const container = { ...readHead(head, counts, hash), reader };
  await assertPadding(container, head.length);
  return container;
}

/** The kind of index that wrote a container; 0 for data that is too short. It verifies nothing. */
export async function kindOf(source: Uint8Array | ByteReader): Promise<number> {
  const reader = source instanceof Uint8Array ? readerOf(source) : source;
  if (reader.size < FIXED_BYTES) return 0;
  const head = await readBytes(reader, 0, FIXED_BYTES);
  return new DataView(head.buffer).getUint32(AT.kind, true);
}

/**
 * Reads a section into `pieces`, which together have its length, and verifies the checksum in place. `pieces` is called twice and
 * must return the same views. Fails with `bad-snapshot`.
 */
export async function readSection(
  { reader }: Container,
  section: StoredSection,
  { pieces, hash }: { readonly pieces: () => Iterable<Uint8Array>; readonly hash: HashPieces },
): Promise<void> {
  const room = [...pieces()].reduce((sum, piece) => sum + piece.length, 0);
  if (room !== section.bytes) throw badSnapshot(`${section.bytes} bytes in section ${section.tag}`, `${room}`);
  let at = section.offset;
  for (const piece of pieces()) {
    await reader.read(at, piece);
    at += piece.length;
  }
  if (hash(pieces()) !== section.hash)
    throw badSnapshot(`another checksum of section ${section.tag}`, "the one written");
}

/** Who opens an encoder turns it into `bad-model`. */
export function badSnapshot(got: string, expected: string): PipitError {
  return new PipitError("bad-snapshot", {
    got,
    expected,
    do: "Rebuild the index from its entries; they are the truth.",
  });
}

interface Counts {
  readonly words: number;
  readonly numbers: number;
  readonly sections: number;
}

function readFixed(fixed: Uint8Array, size: number, kind: number): Counts {
  const view = new DataView(fixed.buffer, fixed.byteOffset, fixed.byteLength);
  const word = (offset: number) => view.getUint32(offset, true);
  if (word(AT.magic) !== MAGIC) throw badSnapshot("data that does not begin with PIPX", "a snapshot of an index");
  if (word(AT.version) !== CONTAINER_VERSION) throw badSnapshot(`v${word(AT.version)}`, `v${CONTAINER_VERSION}`);
  if (word(AT.kind) !== kind) throw badSnapshot(`an index of kind ${word(AT.kind)}`, `kind ${kind}`);
  const total = view.getBigUint64(AT.total, true);
  if (total !== BigInt(size)) throw badSnapshot(`${size} bytes`, `${total}`);
  const counts = { words: word(AT.words), numbers: word(AT.numbers), sections: word(AT.sections) };
  const { words, numbers, sections } = counts;
  const isSensible = words <= MOST_PARAMETERS && numbers <= MOST_PARAMETERS && sections <= MOST_SECTIONS;
  if (!isSensible)
    throw badSnapshot(`${words} words, ${numbers} numbers, ${sections} sections`, "a head of sensible size");
  return counts;
}

function readHead(head: Uint8Array<ArrayBuffer>, counts: Counts, hash: HashPieces) {
  const view = new DataView(head.buffer);
  const written = view.getBigUint64(AT.hash, true);
  view.setBigUint64(AT.hash, 0n, true);
  if (hash([head]) !== written) throw badSnapshot("another checksum of the head", "the one written");
  assertZero(head.subarray(AT.reserved, AT.hash), "reserved places");
  const words = range(counts.words).map((i) => view.getUint32(FIXED_BYTES + i * 4, true));
  assertZero(head.subarray(FIXED_BYTES + counts.words * 4, numbersAt(counts.words)), "padding of words");
  const numbers = range(counts.numbers).map((i) => view.getFloat64(numbersAt(counts.words) + i * 8, true));
  const sections = readTable(view, counts);
  assertLayout({ words, numbers }, sections, Number(view.getBigUint64(AT.total, true)));
  return {
    kind: view.getUint32(AT.kind, true),
    sequence: view.getBigUint64(AT.sequence, true),
    words,
    numbers,
    sections: new Map(sections.map((section) => [section.tag, section])),
  };
}

function readTable(view: DataView, { words, numbers, sections }: Counts): StoredSection[] {
  return range(sections).map((i) => {
    const at = tableAt(words, numbers) + i * ENTRY_BYTES;
    if (view.getUint32(at + 4, true) !== 0) throw badSnapshot("a reserved place that is taken", "zero");
    return {
      tag: view.getUint32(at, true),
      offset: Number(view.getBigUint64(at + 8, true)),
      bytes: Number(view.getBigUint64(at + 16, true)),
      hash: view.getBigUint64(at + 24, true),
    };
  });
}

/** Offsets are redundant: they must agree with the lengths. */
function assertLayout(parameters: Parameters, sections: readonly StoredSection[], size: number): void {
  const { offsets, total } = layContainer(parameters, sections);
  if (total !== size) throw badSnapshot(`${size} bytes for sections that take ${total}`, "sections that fill the file");
  const isInPlace = sections.every(({ offset }, i) => offset === offsets[i]);
  if (!isInPlace) throw badSnapshot("sections that lie elsewhere", "each from the next multiple of 64");
  const tags = new Set(sections.map(({ tag }) => tag));
  if (tags.size !== sections.length) throw badSnapshot("a section twice", "each tag once");
}

async function assertPadding({ sections, reader }: Container, headLength: number): Promise<void> {
  let at = headLength;
  for (const { offset, bytes } of sections.values()) {
    assertZero(await readBytes(reader, at, offset - at), "padding");
    at = offset + bytes;
  }
  assertZero(await readBytes(reader, at, reader.size - at), "padding");
}

function assertZero(bytes: Uint8Array, what: string): void {
  if (bytes.some((byte) => byte !== 0)) throw badSnapshot(`${what} that is not zero`, "zero");
}

async function readBytes(reader: ByteReader, offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  if (offset + length > reader.size) throw badSnapshot(`${reader.size} bytes`, `at least ${offset + length}`);
  const bytes = new Uint8Array(length);
  if (length > 0) await reader.read(offset, bytes);
  return bytes;
}

function readerOf(bytes: Uint8Array): ByteReader {
  return {
    size: bytes.length,
    read: async (offset, target) => target.set(bytes.subarray(offset, offset + target.length)),
  };
}

function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}
