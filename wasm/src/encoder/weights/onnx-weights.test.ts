import { type GraphNode, type GraphWeights, writeOnnx } from "@pipit/test/fixtures/onnx-writer";
import { describe, expect, test } from "vitest";
import { readOnnxWeights } from "./onnx-weights.ts";

type Weights = Record<string, GraphWeights>;
const floats = (dims: readonly number[], ...values: number[]) => ({ dims, data: Float32Array.from(values) });
const int8 = (dims: readonly number[], ...values: number[]) => ({ dims, data: Int8Array.from(values) });
const uint8 = (dims: readonly number[], ...values: number[]) => ({ dims, data: Uint8Array.from(values) });

function open(weights: Weights, ...nodes: Partial<GraphNode>[]) {
  const whole = nodes.map((node, i) => ({ op: "", inputs: [], output: `out${i}`, ...node }));
  return readOnnxWeights(writeOnnx({ nodes: whole, weights, inputs: {}, outputs: {} }));
}
const refusal = (got: string) => expect.objectContaining({ code: "bad-model", got: expect.stringContaining(got) });

const FOLDED = { "onnx::MatMul_7": floats([2, 3], 1, 2, 3, 4, 5, 6) };
const TURNED = [1, 4, 2, 5, 3, 6];
const product = (name: string) => ({ op: "MatMul", name, inputs: ["x", "onnx::MatMul_7"] });

describe("a linear layer", () => {
  test("is named by the path of its node and turned to [out, in]", () => {
    const source = open(FOLDED, product("/m/encoder/layer.0/attention/self/query/MatMul"));
    expect(source.names).toEqual(["encoder.layer.0.attention.self.query.weight"]);
    expect(source.dims("encoder.layer.0.attention.self.query.weight")).toEqual([3, 2]);
    expect([...source.read("encoder.layer.0.attention.self.query.weight")]).toEqual(TURNED);
  });

  test.each([
    "/encoder/fc/MatMul",
    "/bert/encoder/fc/MatMul",
    "/0/auto_model/encoder/fc/MatMul",
    "/model/bert/encoder/fc/MatMul_1",
  ])("has no wrapper in its name: %s", (name) => {
    expect(open(FOLDED, product(name)).names).toEqual(["encoder.fc.weight"]);
  });

  test("whose node has no path is named by the bias that is added", () => {
    const add = { op: "Add", name: "Add_9", inputs: ["p", "bert.pooler.dense.bias"] };
    const weights = { ...FOLDED, "bert.pooler.dense.bias": floats([3], 0, 0, 0) };
    const source = open(weights, { ...product("MatMul_8"), output: "p" }, add);
    expect([...source.read("pooler.dense.weight")]).toEqual(TURNED);
  });

  test("in integers whose node has no path is named by the bias added behind its scales", () => {
    const weights = { w_quantized: int8([1, 2], 3, -4), w_scale: floats([], 0.5), "fc.bias": floats([2], 0, 0) };
    const source = open(
      weights,
      { op: "MatMulInteger", name: "MatMul_8_quant", inputs: ["x", "w_quantized"], output: "sum" },
      { op: "Cast", inputs: ["sum"], output: "floats" },
      { op: "Mul", inputs: ["floats", "scales"], output: "p" },
      { op: "Add", inputs: ["fc.bias", "p"] },
    );
    expect([...source.read("fc.weight")]).toEqual([1.5, -2]);
  });

  test("that runs twice has the weights of its first run", () => {
    const weights = { ...FOLDED, "onnx::MatMul_8": floats([2, 3], 0, 0, 0, 0, 0, 0) };
    const again = { op: "MatMul", name: "/fc/MatMul_1", inputs: ["y", "onnx::MatMul_8"] };
    expect([...open(weights, product("/fc/MatMul"), again).read("fc.weight")]).toEqual(TURNED);
  });

  test("multiplies with a matrix: a stack of them has no place in a state dict", () => {
    const node = { op: "MatMul", name: "/a/MatMul", inputs: ["x", "onnx::MatMul_7"] };
    expect(open({ "onnx::MatMul_7": floats([1, 1, 2], 1, 2) }, node).names).toEqual([]);
  });

  test("is not looked for in circles", () => {
    const circle = { op: "Cast", inputs: ["p"], output: "p" };
    expect(open(FOLDED, { ...product("MatMul_8"), output: "p" }, circle).names).toEqual([]);
  });

  test("between two results, like scores of attention, has no weights", () => {
    expect(open(FOLDED, { op: "MatMul", name: "/a/MatMul", inputs: ["q", "k"] }).names).toEqual([]);
  });
});

describe("a Gemm", () => {
  const gemm = (attributes: NonNullable<GraphNode["attributes"]>) =>
    open({ w: floats([2, 3], 1, 2, 3, 4, 5, 6), b: floats([3], 7, 8, 9) } as Weights, {
      ...{ op: "Gemm", name: "/head/Gemm", inputs: ["x", "w", "b"], attributes },
    });

  test("with a turned matrix is as PyTorch has it", () => {
    expect([...gemm({ transB: 1 }).read("head.weight")]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test("without is turned, and its third input is the bias", () => {
    expect([...gemm({}).read("head.weight")]).toEqual(TURNED);
    expect([...gemm({}).read("head.bias")]).toEqual([7, 8, 9]);
  });

  test.each([{ alpha: { float: 0.5 } }, { beta: { float: 2 } }, { transA: 1 }])(
    "that does more than multiply and add gives no weights: %o",
    (attributes) => {
      expect(gemm(attributes).names).toEqual(["w", "b"]);
    },
  );

  test("that a quantiser turned under its old name is turned back", () => {
    const weights = { "head.weight_quantized": int8([1, 2], 2, 4), "head.weight_scale": floats([1], 1) };
    const node = { op: "MatMulInteger", name: "/head/Gemm_MatMul_quant", inputs: ["x", "head.weight_quantized"] };
    expect(open(weights, node).dims("head.weight")).toEqual([2, 1]);
  });
});

describe("codes", () => {
  const integer = { op: "MatMulInteger", name: "/fc/MatMul_quant", inputs: ["x", "w_quantized", "xz", "w_zero_point"] };

  test("of a product have a scale and a zero point for each column", () => {
    const weights = {
      w_quantized: int8([2, 2], 1, 2, 3, 4),
      w_scale: floats([2], 0.5, 2),
      w_zero_point: int8([2], 0, 1),
    };
    expect([...open(weights, integer).read("fc.weight")]).toEqual([0.5, 1.5, 2, 6]);
  });

  test("without a sign and with one scale for all are read", () => {
    const weights = {
      w_quantized: uint8([1, 2], 0, 255),
      w_scale: floats([], 0.5),
      w_zero_point: uint8([], 128),
    };
    expect([...open(weights, integer).read("fc.weight")]).toEqual([-64, 63.5]);
  });

  test("of a table have a scale for each row", () => {
    const weights = { "e.weight_quantized": int8([2, 2], 1, 2, 3, 4), "e.weight_scale": floats([2, 1], 1, 10) };
    const source = open(weights);
    expect(source.names).toEqual(["e.weight"]);
    expect([...source.read("e.weight")]).toEqual([1, 2, 30, 40]);
  });

  test("behind a DequantizeLinear have scales along its axis", () => {
    const weights = { codes: int8([2, 2], 1, 2, 3, 4), scales: floats([2], 1, 10) };
    const node = { op: "DequantizeLinear", inputs: ["codes", "scales"], output: "w" };
    const multiply = { op: "MatMul", name: "/fc/MatMul", inputs: ["x", "w"] };
    const read = (axis: number) => [...open(weights, { ...node, attributes: { axis } }, multiply).read("fc.weight")];
    expect([read(0), read(1), read(-1)]).toEqual([
      [1, 30, 2, 40],
      [1, 3, 20, 40],
      [1, 3, 20, 40],
    ]);
  });

  test("of weights that are there in floats too are passed over", () => {
    const codes = { "e.weight_quantized": int8([1], 1), "e.weight_scale": floats([], 1) };
    expect([...open({ ...codes, "e.weight": floats([1], 0.9) }).read("e.weight")]).toEqual([Math.fround(0.9)]);
  });

  test("with scales of another count are refused", () => {
    const weights = { "e.weight_quantized": int8([2, 2], 1, 2, 3, 4), "e.weight_scale": floats([3], 1, 1, 1) };
    const source = open(weights);
    expect(() => source.read("e.weight")).toThrow(refusal("3 scales and 3 zero points of e.weight"));
  });

  test("with zero points of another count than scales are refused", () => {
    const weights = {
      "e.weight_quantized": int8([2, 1], 1, 2),
      "e.weight_scale": floats([2], 1, 1),
      "e.weight_zero_point": int8([1], 0),
    };
    expect(() => open(weights).read("e.weight")).toThrow(refusal("2 scales and 1 zero points"));
  });
});

describe("names", () => {
  test("of a state dict are taken as they are, without wrappers", () => {
    const source = open({ "m.embeddings.word_embeddings.weight": floats([2, 1], 1, 2), logit_scale: floats([], 3) });
    expect(source.names).toEqual(["embeddings.word_embeddings.weight", "logit_scale"]);
  });

  test.each(["bert.a.bias", "0.auto_model.a.bias", "model.bert.a.bias", "a.bias"])("have no wrapper: %s", (name) => {
    expect(open({ [name]: floats([1], 1) }).names).toEqual(["a.bias"]);
  });

  test("that exporters made up, and integers, are no weights", () => {
    const ids = { dims: [1], data: BigInt64Array.of(1n) };
    expect(
      open({ "onnx::Add_3": floats([1], 1), "/m/Constant": floats([1], 1), "7": floats([1], 1), ids }).names,
    ).toEqual([]);
  });

  test("that an Identity gives are aliases, also of one another", () => {
    const source = open(
      { "m.a.bias": floats([2], 1, 2) },
      { op: "Identity", inputs: ["m.a.bias"], output: "m.b.bias" },
      { op: "Identity", inputs: ["m.b.bias"], output: "m.c.bias" },
    );
    expect(source.names).toEqual(["a.bias", "b.bias", "c.bias"]);
    expect([...source.read("c.bias")]).toEqual([1, 2]);
  });

  test("that are one without their wrappers are refused", () => {
    const weights = { "a.bias": floats([1], 1), "bert.a.bias": floats([1], 2) };
    expect(() => open(weights)).toThrow(refusal("two tensors that are called a.bias"));
  });
});

describe("what a node adds or multiplies with", () => {
  test("is its module's bias where a duplicate was named for another module", () => {
    const weights = { ...FOLDED, "other.bias": floats([3], 7, 8, 9) };
    const add = { op: "Add", name: "/fc/Add", inputs: ["other.bias", "p"] };
    expect([...open(weights, product("/fc/MatMul"), add).read("fc.bias")]).toEqual([7, 8, 9]);
  });

  test("is no bias when it is not as long as the weight has rows", () => {
    const weights = { ...FOLDED, c: floats([2], 7, 8) };
    const add = { op: "Add", name: "/fc/Add", inputs: ["c", "p"] };
    expect(open(weights, product("/fc/MatMul"), add).dims("fc.bias")).toBeUndefined();
  });

  test("is no bias when it is a table", () => {
    const add = { op: "Add", name: "/fc/Add", inputs: ["onnx::Add_3", "p"] };
    const weights = { ...FOLDED, "onnx::Add_3": floats([3, 1], 7, 8, 9) };
    expect(open(weights, product("/fc/MatMul"), add).names).toEqual(["fc.weight"]);
  });

  test("is the gain and the bias of a norm, by position", () => {
    const weights = { g: floats([2], 1, 2), b: floats([2], 3, 4) };
    const node = { op: "LayerNormalization", name: "/m/layer_norm1/LayerNormalization", inputs: ["x", "g", "b"] };
    const source = open(weights, node);
    expect([...source.read("layer_norm1.weight"), ...source.read("layer_norm1.bias")]).toEqual([1, 2, 3, 4]);
  });

  test("is the gain and the bias of a norm that an older exporter took apart", () => {
    const weights = { g: floats([2], 1, 2), b: floats([2], 3, 4), half: floats([1], 0.5), epsilon: floats([], 1e-12) };
    const source = open(
      weights,
      { op: "ReduceMean", name: "/LayerNorm/ReduceMean", inputs: ["x"], output: "mean" },
      { op: "Mul", name: "/LayerNorm/Mul", inputs: ["square", "half"] },
      { op: "Add", name: "/LayerNorm/Add", inputs: ["variance", "epsilon"] },
      { op: "Mul", name: "/LayerNorm/Mul_1", inputs: ["normal", "g"], output: "scaled" },
      { op: "Add", name: "/LayerNorm/Add_1", inputs: ["scaled", "b"] },
    );
    expect([...source.read("LayerNorm.weight"), ...source.read("LayerNorm.bias")]).toEqual([1, 2, 3, 4]);
  });

  test("is no weight outside a norm", () => {
    const mul = { op: "Mul", name: "/gate/Mul", inputs: ["x", "onnx::Mul_3"] };
    expect(open({ "onnx::Mul_3": floats([2], 1, 2) }, mul).names).toEqual([]);
  });
});

test("kernels of convolutions stay [out, channels, height, width]", () => {
  const node = { op: "Conv", name: "/m/patch_embedding/Conv", inputs: ["x", "onnx::Conv_3", "onnx::Conv_4"] };
  const weights = { "onnx::Conv_3": floats([2, 1, 1, 2], 1, 2, 3, 4), "onnx::Conv_4": floats([2], 5, 6) };
  const source = open(weights, node);
  expect(source.dims("patch_embedding.weight")).toEqual([2, 1, 1, 2]);
  expect([...source.read("patch_embedding.weight"), ...source.read("patch_embedding.bias")]).toEqual([
    1, 2, 3, 4, 5, 6,
  ]);
});

test("a table is named by the path of the node that looks up", () => {
  const node = { op: "Gather", name: "/m/token_embedding/Gather", inputs: ["onnx::Gather_3", "ids"] };
  expect([...open({ "onnx::Gather_3": floats([2, 1], 1, 2) }, node).read("token_embedding.weight")]).toEqual([1, 2]);
});

test("a file without a graph is refused", () => {
  expect(() => readOnnxWeights(Uint8Array.of(8, 8))).toThrow(refusal("a file without a graph"));
});
