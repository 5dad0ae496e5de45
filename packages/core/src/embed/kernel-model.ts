import type { TextModelSpec } from "../models/text-model.ts";
import { textsOf } from "../pieces.ts";
import type { EmbeddedTokens, Producer, TokenForm, TokenSpace } from "../ports/embedder.ts";
import { assertSameSpace, type Space } from "../space.ts";
import type { BatchModel, BatchShape, TokenModel } from "./batch-model.ts";
import { createTextTokenizer, type TextTokenizer, tokensIn } from "./text-tokenizer.ts";

/** Computes vectors of token ids: an encoder of `@pipit/wasm`, passed in. */
export interface TokenEncoder {
  readonly about: { readonly space: Space; readonly producer: Producer };
  /** The number of threads that share a call's rows. Default 1. */
  readonly threads?: number;
  /** Token ids, special ones included, to unit rows [rows, dimensions], whose bits do not depend on their neighbors. */
  encodeTokens(rows: readonly (readonly number[])[], signal?: AbortSignal): Promise<Float32Array<ArrayBuffer>>;
  /** The space of its token vectors. Missing from one without a projection. */
  readonly tokenSpace?: TokenSpace | undefined;
  /** As `encodeTokens`, with a vector for each id between the first and the last of a row. */
  encodeWithTokens?<Form extends TokenForm>(
    rows: readonly (readonly number[])[],
    form: Form,
    signal?: AbortSignal,
  ): Promise<Omit<EmbeddedTokens<Form>, "counts">>;
  close(): void;
}

export interface KernelTextModelOptions {
  readonly encoder: TokenEncoder;
  readonly spec: TextModelSpec;
  /** The model's tokenizer.json. */
  readonly tokenizer: Uint8Array;
  /** Default: 16 rows of 128 tokens per thread. Larger batches take the same time per text, and a query would wait longer. */
  readonly batchShape?: BatchShape | undefined;
}

const ROWS = 16;
const TOKENS = 128;

/**
 * A text encoder on the encoder kernel. The packed file names its space and producer. Fails with `space-mismatch` if the space is
 * not the spec's, and with `bad-model` if the tokenizer cannot be read; the encoder is closed then.
 */
export function createKernelTextModel(options: KernelTextModelOptions): BatchModel {
  try {
    return modelOf(options);
  } catch (error) {
    // Otherwise its threads would keep running.
    options.encoder.close();
    throw error;
  }
}

function modelOf({ encoder, spec, tokenizer, batchShape }: KernelTextModelOptions): BatchModel {
  const { space, producer } = encoder.about;
  assertSameSpace(space, spec.space);
  const text = createTextTokenizer(tokenizer, spec);
  const { threads = 1 } = encoder;
  return {
    space: spec.space,
    producer,
    modality: "text",
    window: text.window,
    cost: text.cost,
    batchShape: batchShape ?? { maxTokens: TOKENS * threads, maxRows: ROWS * threads },
    run: (pieces, signal) => encoder.encodeTokens(textsOf(pieces).map(text.encode), signal),
    tokens: tokensOf(encoder, text),
    close: async () => encoder.close(),
  };
}

function tokensOf(encoder: TokenEncoder, { encode, ranges }: TextTokenizer): TokenModel | undefined {
  const { tokenSpace: space } = encoder;
  if (!space || !encoder.encodeWithTokens) return undefined;
  return {
    space,
    async run(pieces, form, signal) {
      const rows = textsOf(pieces).map(encode);
      const encoded = await encoder.encodeWithTokens!(rows, form, signal);
      return { ...encoded, counts: rows.map(tokensIn) };
    },
    ranges,
  };
}
