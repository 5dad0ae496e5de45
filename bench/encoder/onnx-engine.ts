import type { OnnxSession, OnnxSessionOptions, OnnxTensor } from "@pipit/core";
import type { Asked, Engine, ModelKind } from "./engine.ts";

/** The parts of the runtimes that core does not use: files by path, and tensors of floats. */
interface Runtime {
  readonly InferenceSession: {
    create(model: Uint8Array | string, options?: OnnxSessionOptions): Promise<OnnxSession>;
  };
  readonly Tensor: new (
    type: "int64" | "float32",
    data: BigInt64Array | Float32Array,
    dims: readonly number[],
  ) => OnnxTensor;
}

interface Opening {
  readonly kind: ModelKind;
  readonly session: OnnxSessionOptions;
}

type Rows = readonly (readonly number[])[];

const PICTURE = 224;

/** A session of a graph as hubs ship it; rows of one call are padded to the longest, as usual with these runtimes. */
export async function openOnnx(
  runtime: unknown,
  model: Uint8Array | string,
  { kind, session }: Opening,
): Promise<Engine> {
  const { InferenceSession, Tensor } = runtime as Runtime;
  const opened = await InferenceSession.create(model, session);
  const feedsOf = (asked: Asked) =>
    asked instanceof Float32Array ? pixels(Tensor, asked) : ids(Tensor, asked as Rows);
  return {
    embed: async (asked) => {
      const feeds = feedsOf(asked);
      const outputs = await opened.run(Object.fromEntries(opened.inputNames.map((name) => [name, feeds[name]!])));
      const vectors = kind === "minilm" ? pooled(outputs.last_hidden_state!, asked as Rows) : embeds(outputs);
      for (const tensor of [...Object.values(feeds), ...Object.values(outputs)]) tensor.dispose();
      return vectors;
    },
  };
}

type Tensors = Readonly<Record<string, OnnxTensor>>;

function ids(Tensor: Runtime["Tensor"], rows: Rows): Tensors {
  const tokens = Math.max(...rows.map((row) => row.length));
  const dims = [rows.length, tokens];
  const [id, mask, type] = Array.from({ length: 3 }, () => new BigInt64Array(rows.length * tokens));
  rows.forEach((row, r) => {
    for (let t = 0; t < row.length; t++) id![r * tokens + t] = BigInt(row[t]!);
    mask!.fill(1n, r * tokens, r * tokens + row.length);
  });
  return {
    input_ids: new Tensor("int64", id!, dims),
    attention_mask: new Tensor("int64", mask!, dims),
    token_type_ids: new Tensor("int64", type!, dims),
  };
}

function pixels(Tensor: Runtime["Tensor"], values: Float32Array): Tensors {
  const dims = [values.length / (3 * PICTURE ** 2), 3, PICTURE, PICTURE];
  return { pixel_values: new Tensor("float32", values, dims) };
}

/** The mean of each row's own tokens, of unit length. */
function pooled({ data, dims }: OnnxTensor, rows: Rows): Float32Array {
  const [, tokens = 0, width = 0] = dims;
  const out = new Float32Array(rows.length * width);
  rows.forEach((row, r) => {
    for (let t = 0; t < row.length; t++) {
      const from = (r * tokens + t) * width;
      for (let i = 0; i < width; i++) out[r * width + i]! += (data as Float32Array)[from + i]!;
    }
  });
  return toUnits(out, width);
}

function embeds(outputs: Tensors): Float32Array {
  const { data, dims } = outputs.text_embeds ?? outputs.image_embeds!;
  return toUnits(Float32Array.from(data as Float32Array), dims[1]!);
}

function toUnits(rows: Float32Array, width: number): Float32Array {
  for (let from = 0; from < rows.length; from += width) {
    const row = rows.subarray(from, from + width);
    const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    for (let i = 0; i < width; i++) row[i]! /= length;
  }
  return rows;
}
