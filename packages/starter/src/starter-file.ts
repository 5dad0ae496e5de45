import { PipitError } from "@pipit/core";
import { crc32 } from "./crc32.ts";
import { blockOf, blockReader } from "./rans.ts";

/** The fields of the file's header (JSON), as the trainer wrote them. */
export interface StarterHeader {
  readonly space: { readonly name: string; readonly id: string };
  readonly producer: { readonly name: string; readonly fidelity: { readonly mean: number; readonly min: number } };
  readonly dimensions: number;
  readonly rank: number;
  readonly places: number;
  readonly hidden: number;
  readonly tokens: number;
  readonly vocabularyBytes: number;
  /** Rows of the table that were coded together. */
  readonly blockRows: number;
  /** Each section's offset in the file and its length, in bytes. */
  readonly sections: Readonly<Record<string, readonly [number, number]>>;
}

/** The parsed file; see `train/pack.py` for the layout. */
export interface StarterParts {
  readonly header: StarterHeader;
  /** In the order of their ids. */
  readonly tokens: readonly string[];
  readonly rows: Rows;
  /** [tokens]: the factor of a row's integers. */
  readonly scales: Float32Array;
  readonly section: (name: string) => Uint8Array<ArrayBuffer>;
}

/** The table of tokens. It is decoded block by block, up to the requested rows: most pages contain few of all words. */
export interface Rows {
  /** [tokens, dimensions + rank]: a token's row, then its key. Zeros until `need` was called for the token. */
  readonly integers: Int8Array;
  need(token: number): void;
}

const MAGIC = "PIPS";
const VERSION = 2;
const REACH = 15;
const BYTES_A_ROW = 64;

/** Throws `bad-model` unless the bytes are a complete, undamaged starter file of this version. */
export function readStarterFile(file: Uint8Array): StarterParts {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  assertReadable(file, view);
  const headerLength = view.getUint32(8, true);
  const header = JSON.parse(new TextDecoder().decode(file.subarray(16, 16 + headerLength))) as StarterHeader;
  const section = (name: string) => {
    const [offset, length] = header.sections[name] ?? fail(`no section ${name}`, "every section of its version");
    return new Uint8Array(file.slice(offset, offset + length));
  };
  const tokens = readVocabulary(header, section);
  return { header, tokens, rows: openRows(header, section), scales: readScales(section), section };
}

function assertReadable(file: Uint8Array, view: DataView): void {
  if (file.length < 16) fail(`${file.length} bytes`, "a whole starter file");
  const magic = String.fromCharCode(...file.subarray(0, 4));
  if (magic !== MAGIC)
    fail(`a file that begins with ${JSON.stringify(magic)}`, `a starter file, which begins with "${MAGIC}"`);
  const version = view.getUint32(4, true);
  if (version !== VERSION) fail(`v${version}`, `v${VERSION}: update Pipit, or make the file again with its trainer`);
  const sum = crc32(file.subarray(16));
  if (sum !== view.getUint32(12, true))
    fail(`checksum ${sum.toString(16)}`, `${view.getUint32(12, true).toString(16)}: the file is damaged`);
}

function readVocabulary(header: StarterHeader, section: StarterParts["section"]): string[] {
  const tables = { symbols: 256, frequencies: new Uint16Array(section("vocabulary.table").buffer) };
  // The vocabulary's bytes have no rows. In rows of some bytes each, the decoder runs long enough at a time; the last row is padded.
  const rows = Math.ceil(header.vocabularyBytes / BYTES_A_ROW);
  const layout = { groups: new Uint8Array(rows), columns: new Uint8Array(BYTES_A_ROW) };
  const code = new Uint16Array(section("vocabulary.code").buffer);
  const bytes = new Int8Array(rows * BYTES_A_ROW);
  blockReader({ code, tables, layout, bias: 0 }, bytes)(blockOf(0, 0), rows);
  return unfold(new Uint8Array(bytes.buffer, 0, header.vocabularyBytes), header.tokens);
}

const LINE_END = 10;

/**
 * Front-coded: the number of bytes shared with the token before, the number of bytes that follow, and these bytes. The tokens are laid
 * out as lines, so that text is decoded once and not per token.
 */
function unfold(bytes: Uint8Array, count: number): string[] {
  const lines = new Uint8Array(unfoldedLength(bytes));
  let start = 0;
  let end = 0;
  for (let at = 0; at < bytes.length; ) {
    const shared = bytes[at++]!;
    const own = bytes[at++]!;
    const next = end;
    for (let i = 0; i < shared; i++) lines[end++] = lines[start + i]!;
    for (let i = 0; i < own; i++) lines[end++] = bytes[at++]!;
    lines[end++] = LINE_END;
    start = next;
  }
  const tokens = new TextDecoder().decode(lines.subarray(0, -1)).split("\n");
  return tokens.length === count ? tokens : fail(`${tokens.length} tokens`, `${count}`);
}

function unfoldedLength(bytes: Uint8Array): number {
  let length = 0;
  for (let at = 0; at < bytes.length; at += 2 + bytes[at + 1]!) length += bytes[at]! + bytes[at + 1]! + 1;
  return length;
}

function openRows({ tokens, blockRows }: StarterHeader, section: StarterParts["section"]): Rows {
  const tables = { symbols: 2 * REACH + 1, frequencies: new Uint16Array(section("rows.table").buffer) };
  const layout = { groups: section("rows.groups"), columns: section("rows.classes") };
  const integers = new Int8Array(tokens * layout.columns.length);
  const read = blockReader(
    { code: new Uint16Array(section("rows.code").buffer), tables, layout, bias: REACH },
    integers,
  );
  const starts = new Uint32Array(section("rows.blocks").buffer);
  const blocks = Array.from(starts, (at, i) => blockOf(i * blockRows, at));
  const need = (token: number) => {
    const block = blocks[Math.floor(token / blockRows)]!;
    if (token >= block.next) read(block, token + 1);
  };
  return { integers, need };
}

function readScales(section: StarterParts["section"]): Float32Array {
  const [smallest = 0, ratio = 1] = new Float32Array(section("numbers").buffer).subarray(-2);
  const levels = Float32Array.from({ length: 256 }, (_, level) => smallest * ratio ** level);
  const chosen = section("rows.scale");
  const scales = new Float32Array(chosen.length);
  for (let i = 0; i < scales.length; i++) scales[i] = levels[chosen[i]!]!;
  return scales;
}

function fail(got: string, expected: string): never {
  throw new PipitError("bad-model", { got, expected, do: "Fetch or make the starter file again." });
}
