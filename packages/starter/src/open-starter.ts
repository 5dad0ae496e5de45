import { createEncoder } from "./encoder.ts";
import { readNetwork } from "./network.ts";
import { readStarterFile, type StarterHeader } from "./starter-file.ts";
import { wordRows } from "./word-rows.ts";
import { wordPiece } from "./wordpiece.ts";

/** MiniLM reads 256 tokens, two of which are special tokens. */
export const TOKEN_LIMIT = 254;

/** A text encoder that consists of a table and three small matrices: no session, no warm-up, microseconds per query. */
export interface Starter {
  readonly header: StarterHeader;
  /** Unit vector [dimensions], in new memory. A text without a token ("", spaces) gets the vector of the bias alone. */
  encode(text: string): Float32Array<ArrayBuffer>;
  /**
   * Unit vector of a word in lower case, in new memory: its row of the table without the network, to be compared with other words only.
   * Undefined for a word in several tokens, whose rows say how it is written rather than what it means.
   */
  wordVector(word: string): Float32Array<ArrayBuffer> | undefined;
  /** The number of tokens of a text; `encode` reads the first 254. */
  count(text: string): number;
}

/** Opens the bytes of starter.pipit, in about a fifth of a second. Throws `bad-model` for a foreign, newer or damaged file. */
export function openStarter(file: Uint8Array): Starter {
  const parts = readStarterFile(file);
  const pieces = wordPiece(parts.tokens);
  const encode = createEncoder(parts, readNetwork(parts));
  const rowOf = wordRows(parts);
  return {
    header: parts.header,
    encode: (text) => encode(pieces.ids(text, TOKEN_LIMIT)),
    wordVector: (word) => {
      const id = pieces.idOf(word);
      return id === undefined ? undefined : rowOf(id);
    },
    count: (text) => pieces.ids(text, Number.POSITIVE_INFINITY).length,
  };
}
