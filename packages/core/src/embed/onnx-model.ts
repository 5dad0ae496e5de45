import { badInput } from "../bad-input.ts";
import { joinedValues } from "../computed-text.ts";
import { throwIfAborted } from "../errors.ts";
import { producerOf } from "../models/producer-of.ts";
import type { ModelFiles, OnnxVariant, TextModelSpec, VariantSpec } from "../models/text-model.ts";
import { variantOf } from "../models/variant-of.ts";
import { textsOf } from "../pieces.ts";
import type { TokenForm, TokenForms } from "../ports/embedder.ts";
import { projectTokens } from "../tokens/project-tokens.ts";
import { assertProjects, type TokenProjection } from "../tokens/token-projection.ts";
import { signBits } from "../tokens/token-vectors.ts";
import type { BatchModel, BatchShape, TokenModel } from "./batch-model.ts";
import { type HiddenStates, innerStates, poolFirst, poolRow } from "./mean-pool.ts";
import { createRunner, type OnnxRunner } from "./onnx-runner.ts";
import type { OnnxRuntime, OnnxSessionOptions } from "./onnx-runtime.ts";
import { openSession } from "./onnx-session.ts";
import { createTextTokenizer, type TextTokenizer, tokensIn } from "./text-tokenizer.ts";

export interface OnnxTextModelOptions {
  readonly runtime: OnnxRuntime;
  readonly spec: TextModelSpec;
  readonly variant: OnnxVariant;
  readonly files: ModelFiles;
  readonly session?: OnnxSessionOptions;
  /** Makes token vectors with it. It belongs to the model whose space it names. */
  readonly projection?: TokenProjection | undefined;
  /** For a variant whose texts may share runs. Smaller batches make a query wait less. Default: 16 rows of 512 tokens. */
  readonly batchShape?: BatchShape;
}

const BATCH_SHAPE: BatchShape = { maxTokens: 512, maxRows: 16 };

/**
 * A text encoder on an ONNX runtime that is passed in.
 *
 * A text's bits must not depend on its batch, or a cached vector would differ from a fresh one. Measured to the bit on
 * all-MiniLM-L6-v2 by test/runtimes/node/measure-sharing.ts (padded by 1 to 16 tokens; 2 to 16 texts of one length):
 * dynamic int8 takes its scale from the whole tensor, so any neighbor or padding moves hidden states (by up to .7); fp32 on WASM
 * moves by up to 2e-6 when padded, because its sums run in another order; fp32 texts of one token count agree exactly
 * alone and together, native (up to 256 tokens) and WASM. Hence no padding ever: int8 runs alone, fp32 shares by length.
 *
 * Fails with `model-unavailable` (a variant the model does not have), `bad-model` (files the runtime cannot read) and `space-mismatch`
 * (a projection of another model).
 */
export async function createOnnxTextModel(options: OnnxTextModelOptions): Promise<BatchModel> {
  const { spec, files, projection } = options;
  if (projection) assertProjected(projection, spec);
  const variant = variantOf(spec, options.variant);
  const tokenizer = createTextTokenizer(files.tokenizer, spec);
  const { runtime } = options;
  const name = `${spec.hubName} ${options.variant}`;
  const session = await openSession({ runtime, weights: files.weights, name, session: options.session });
  const runner = createRunner(runtime, session, spec);
  const model = { spec, variant, tokenizer, runner };
  return {
    space: spec.space,
    producer: producerOf(variant.producer, variant, files.weightsDigest),
    modality: "text",
    window: tokenizer.window,
    cost: tokenizer.cost,
    batchShape:
      variant.sharing === "alone" ? { maxTokens: spec.maxTokens, maxRows: 1 } : (options.batchShape ?? BATCH_SHAPE),
    run: (pieces, signal) => runRows(model, textsOf(pieces).map(tokenizer.encode), { signal }),
    tokens: projection && tokensOf(model, projection),
    close: () => session.release(),
  };
}

/** A model that pools by itself shows no hidden states of tokens. */
function assertProjected(projection: TokenProjection, { space, pooling }: TextModelSpec): void {
  assertProjects(projection, { space, width: space.dimensions });
  if (typeof pooling !== "object") return;
  throw badInput(
    `a projection for a model with the output ${pooling.output}`,
    "hidden states to project",
    "Leave it out.",
  );
}

interface OpenModel {
  readonly spec: TextModelSpec;
  readonly variant: VariantSpec;
  readonly tokenizer: TextTokenizer;
  readonly runner: OnnxRunner;
}

function tokensOf(model: OpenModel, projection: TokenProjection): TokenModel {
  return {
    space: projection.tokenSpace,
    async run(pieces, form, signal) {
      const rows = textsOf(pieces).map(model.tokenizer.encode);
      const floats = rows.map(() => new Float32Array());
      const seen = (hidden: HiddenStates, row: number, member: number) => {
        floats[member] = projectTokens(innerStates(hidden, row), projection);
      };
      const vectors = await runRows(model, rows, { signal, seen });
      return { vectors, tokens: formed(joinedValues(floats, "floats"), form), counts: rows.map(tokensIn) };
    },
    ranges: model.tokenizer.ranges,
  };
}

function formed<Form extends TokenForm>(floats: Float32Array<ArrayBuffer>, form: Form): TokenForms[Form] {
  const tokens: TokenForms[TokenForm] = form === "bits" ? signBits(floats) : floats;
  return tokens as TokenForms[Form];
}

interface Running {
  readonly signal: AbortSignal;
  /** Sees the hidden states of each text: `row` is its place in its run, `member` in the call. */
  readonly seen?: (hidden: HiddenStates, row: number, member: number) => void;
}

async function runRows(model: OpenModel, rows: readonly (readonly number[])[], { signal, seen }: Running) {
  const { dimensions } = model.spec.space;
  const pool = model.spec.pooling === "first-token" ? poolFirst : poolRow;
  const out = new Float32Array(rows.length * dimensions);
  for (const members of runsOf(rows, model.variant.sharing)) {
    throwIfAborted(signal);
    const shared = members.map((member) => rows[member]!);
    await model.runner.run(shared, (hidden) => {
      members.forEach((member, row) => {
        pool(hidden, row, out, member * dimensions);
        seen?.(hidden, row, member);
      });
    });
  }
  return out;
}

/** The rows that run together, as indexes into `rows`. */
function runsOf(rows: readonly (readonly number[])[], sharing: VariantSpec["sharing"]): readonly number[][] {
  if (sharing === "alone") return rows.map((_, index) => [index]);
  const byLength = new Map<number, number[]>();
  rows.forEach((row, index) => {
    const members = byLength.get(row.length);
    if (members) members.push(index);
    else byLength.set(row.length, [index]);
  });
  return [...byLength.values()];
}
