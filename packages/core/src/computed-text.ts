import type { TokenForm, TokenForms } from "./ports/embedder.ts";

/** What a call asks of a text: its vector, or that and its tokens' vectors in one form. */
export type ComputedForm = "vector" | TokenForm;

/** Token vectors of one text or of several, in either form. */
export type TokenValues = TokenForms[TokenForm];

/** What is computed of a batch. Without token vectors a text has only its row of `vectors`. */
export interface Computed {
  /** [texts, dimensions] */
  readonly vectors: Float32Array<ArrayBuffer>;
  readonly tokens?: TokenValues | undefined;
  /** Of each text. */
  readonly counts?: readonly number[] | undefined;
}

/** What is computed of one text. */
export interface ComputedText {
  readonly vector: Float32Array<ArrayBuffer>;
  readonly tokens?: TokenValues | undefined;
  readonly count?: number | undefined;
}

/** The texts of a batch, in order, as views of its arrays: a call copies what it keeps. */
export function* computedTexts({ vectors, tokens, counts }: Computed, dimensions: number): Generator<ComputedText> {
  const all = counts?.reduce((sum, count) => sum + count, 0) ?? 0;
  const valuesOfToken = tokens && all > 0 ? tokens.length / all : 0;
  let at = 0;
  for (let row = 0; row * dimensions < vectors.length; row++) {
    const values = (counts?.[row] ?? 0) * valuesOfToken;
    const vector = vectors.subarray(row * dimensions, (row + 1) * dimensions);
    yield { vector, tokens: tokens?.subarray(at, at + values) as TokenValues | undefined, count: counts?.[row] };
    at += values;
  }
}

/** The values of several texts in new memory, one after another. */
export function joinedValues<Form extends TokenForm>(parts: readonly TokenValues[], form: Form): TokenForms[Form] {
  const values = parts.reduce((sum, part) => sum + part.length, 0);
  const all = form === "bits" ? new Uint8Array(values) : new Float32Array(values);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all as TokenForms[Form];
}
