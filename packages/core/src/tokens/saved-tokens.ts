import { checksumOfPieces } from "../checksum.ts";
import { PipitError } from "../errors.ts";
import { TokenTable } from "./token-table.ts";

/**
 * A table of token vectors in one buffer, little-endian:
 *
 *   u32 magic "PIPB" | u32 version | u32 spaces | u32 passages | u32 checksum of this head, with 0 in its place, and of all that follows
 *   for each space its id in 32 ASCII bytes
 *   for each passage u32 row | u32 space | u32 bytes of a token | u32 tokens
 *   the bits of all passages
 *
 * It is a cache of the store's entries: if anything in it is wrong, it is discarded.
 */
const MAGIC = 0x42504950;
const VERSION = 1;
const HEAD_BYTES = 20;
const CHECKSUM_AT = 16;
const SPACE_BYTES = 32;
const PASSAGE_WORDS = 4;

/** The pieces of a table, most of which are views of its memory: it must not change until they are written. */
export async function savedTokens(table: TokenTable): Promise<Uint8Array[]> {
  const spaces = [...new Set(Array.from(table.all(), ([, { space }]) => space))];
  const head = Uint32Array.of(MAGIC, VERSION, spaces.length, table.size, 0);
  const ids = new TextEncoder().encode(spaces.map((space) => space.padEnd(SPACE_BYTES).slice(0, SPACE_BYTES)).join(""));
  const passages = new Uint32Array(table.size * PASSAGE_WORDS);
  const bits: Uint8Array[] = [];
  for (const [row, passage] of table.all()) {
    const { space, tokenBytes } = passage;
    const tokens = passage.bits.length / tokenBytes;
    passages.set([row, spaces.indexOf(space), tokenBytes, tokens], bits.length * PASSAGE_WORDS);
    bits.push(passage.bits);
  }
  const pieces = [bytesOf(head), ids, bytesOf(passages), ...bits];
  head[CHECKSUM_AT / 4] = await checksumOfPieces(pieces);
  return pieces;
}

/** Fails with `bad-snapshot` on anything torn, foreign or of another version. */
export async function openSavedTokens(section: Uint8Array): Promise<TokenTable> {
  // Copied: a view would keep the whole snapshot in memory, and words must be aligned.
  const bytes = Uint8Array.from(section);
  if (bytes.length < HEAD_BYTES) throw badTokenTable(`${bytes.length} bytes`, `at least ${HEAD_BYTES}`);
  const [magic, version, spaces, passages, sum] = new Uint32Array(bytes.buffer, 0, HEAD_BYTES / 4);
  if (magic !== MAGIC) throw badTokenTable("data that does not begin with PIPB", "saved token vectors");
  if (version !== VERSION) throw badTokenTable(`v${version}`, `v${VERSION}`);
  const passagesAt = HEAD_BYTES + spaces! * SPACE_BYTES;
  const bitsAt = passagesAt + passages! * PASSAGE_WORDS * 4;
  if (bytes.length < bitsAt) throw badTokenTable(`${bytes.length} bytes`, `at least ${bitsAt}`);
  new DataView(bytes.buffer).setUint32(CHECKSUM_AT, 0, true);
  if ((await checksumOfPieces([bytes])) !== sum) throw badTokenTable("a checksum that differs", "the one written");
  const ids = new TextDecoder().decode(bytes.subarray(HEAD_BYTES, passagesAt));
  return tableOf(new Uint32Array(bytes.buffer, passagesAt, passages! * PASSAGE_WORDS), {
    spaces: Array.from({ length: spaces! }, (_, i) => ids.slice(i * SPACE_BYTES, (i + 1) * SPACE_BYTES).trimEnd()),
    bits: bytes.subarray(bitsAt),
  });
}

interface Listed {
  readonly spaces: readonly string[];
  readonly bits: Uint8Array;
}

function tableOf(passages: Uint32Array, { spaces, bits }: Listed): TokenTable {
  const table = new TokenTable();
  let end = 0;
  for (let at = 0; at < passages.length; at += PASSAGE_WORDS) {
    const [row, space, tokenBytes, tokens] = passages.subarray(at, at + PASSAGE_WORDS) as unknown as Passage;
    const from = end;
    end += tokenBytes * tokens;
    const id = spaces[space];
    if (id === undefined || end > bits.length) throw badTokenTable(`passage ${row} beyond its end`, "whole passages");
    table.put(row, { space: id, tokenBytes, bits: bits.subarray(from, end) });
  }
  return table;
}

type Passage = readonly [row: number, space: number, tokenBytes: number, tokens: number];

function bytesOf(words: Uint32Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
}

function badTokenTable(got: string, expected: string): PipitError {
  return new PipitError("bad-snapshot", {
    got,
    expected,
    do: "Take the tokens from the store again; nothing is lost.",
  });
}
