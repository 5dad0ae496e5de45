import { Tokenizer } from "@huggingface/tokenizers";
import { bertText } from "../bert-text.ts";
import { PipitError } from "../errors.ts";
import type { TextModelSpec } from "../models/text-model.ts";
import { contentOf } from "../pieces.ts";
import type { Piece, TokenWindow } from "../ports/embedder.ts";
import type { TextRange } from "../ports/evidence.ts";
import { tokenRanges } from "./token-ranges.ts";

export interface TextTokenizer {
  readonly window: TokenWindow;
  /** Tokens of a text that a model computes, without special ones. */
  readonly cost: (piece: Piece) => number;
  /** Ids of the content cut to the window, then wrapped in the special tokens, so that the last one is never cut off. */
  encode(text: string): readonly number[];
  /** Of each id between the special ones, the range of the word or sign that it is a part of. */
  ranges(text: string): readonly TextRange[];
}

/** The number of ids between the special ones. */
export const tokensIn = (ids: readonly number[]): number => ids.length - 2;

/** Reads a hub `tokenizer.json`. Throws `bad-model` for other data, or if the model's special tokens are missing. */
export function createTextTokenizer(file: Uint8Array, spec: TextModelSpec): TextTokenizer {
  const tokenizer = readTokenizer(file);
  const { specialTokens, padding, maxTokens } = spec;
  const [before, after] = [specialTokens.first, specialTokens.last].map((token) =>
    token === undefined ? [] : [specialId(tokenizer, token)],
  ) as [number[], number[]];
  const fill = padding === undefined ? undefined : specialId(tokenizer, padding);
  const limit = maxTokens - before.length - after.length;
  const ruled = spec.rules === "none" ? (text: string) => text : bertText;
  const idsOf: Encode = (text) => tokenizer.encode(ruled(text), { add_special_tokens: false }).ids;
  const [content, contentOfPart] = [remembered(idsOf), remembered(idsOf)];
  const within = (text: string) => contentWithin(text, limit, content).slice(0, limit);
  const count = (text: string) => content(text).length;
  return {
    window: { limit, count },
    cost: (piece) => Math.min(limit, count(contentOf(piece))),
    encode(text) {
      const ids = [...before, ...within(text), ...after];
      return fill === undefined ? ids : [...ids, ...new Array<number>(maxTokens - ids.length).fill(fill)];
    },
    ranges: (text) => tokenRanges(text, within(text), contentOfPart),
  };
}

function readTokenizer(file: Uint8Array): Tokenizer {
  try {
    const json: object = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(file));
    return new Tokenizer(json, {});
  } catch (cause) {
    throw new PipitError("bad-model", {
      got: `a tokenizer file of ${file.length} bytes that cannot be read`,
      expected: "a hub tokenizer.json",
      do: "Fetch the model's files again.",
      cause,
    });
  }
}

function specialId(tokenizer: Tokenizer, token: string): number {
  const id = tokenizer.token_to_id(token);
  if (id !== undefined) return id;
  throw new PipitError("bad-model", {
    got: `a tokenizer without ${token}`,
    expected: "the tokenizer that the model was trained with",
    do: "Fetch the tokenizer.json that belongs to the model.",
  });
}

type Encode = (text: string) => readonly number[];

// Longer than any window of tokens in running text, and short enough that most of a pasted book is cut off before it is tokenized.
const HEAD_UNITS_PER_TOKEN = 24;

// Words are tokenized one by one, so the ids of a head that ends at a space begin the ids of the whole text.
function contentWithin(text: string, limit: number, encode: Encode): readonly number[] {
  const end = text.length > limit * HEAD_UNITS_PER_TOKEN ? text.lastIndexOf(" ", limit * HEAD_UNITS_PER_TOKEN) : -1;
  if (end <= 0) return encode(text);
  const head = encode(text.slice(0, end));
  return head.length >= limit ? head : encode(text);
}

const REMEMBERED = 1024;

// A text is counted when it is split and when it is batched, and encoded when it runs; with this it is tokenized once.
function remembered(encode: Encode): Encode {
  const known = new Map<string, readonly number[]>();
  return (text) => {
    const ids = known.get(text) ?? encode(text);
    if (known.size >= REMEMBERED) known.clear();
    known.set(text, ids);
    return ids;
  };
}
