import type { Constants } from "./onnx-constants.ts";
import type { OnnxGraph, OnnxNode } from "./onnx-graph.ts";
import { modulePath, stateName } from "./state-name.ts";
import type { StoredTensor } from "./weight-source.ts";

/**
 * Weights by the modules whose nodes use them. Exporters fold the transposition of a linear layer's weights, which
 * gives them names like `onnx::MatMul_714`, but a node's name still says where it stands in the model.
 */
export interface ModuleWeights {
  /** Of linear layers, turned back to [out, in]. */
  readonly linear: ReadonlyMap<string, StoredTensor>;
  /** All others: biases, gains of norms, kernels, tables. */
  readonly others: ReadonlyMap<string, StoredTensor>;
}

export function moduleWeights({ nodes }: OnnxGraph, constants: Constants): ModuleWeights {
  const linear = new Map<string, StoredTensor>();
  const others = new Map<string, StoredTensor>();
  const readers = firstReaders(nodes);
  const norms = new Set(nodes.filter(({ op }) => op === "ReduceMean").map(({ name }) => modulePath(name)));
  for (const node of nodes) {
    const module = modulePath(node.name) ?? moduleOfBias(node, readers);
    if (module === undefined || (node.op === "Mul" && !norms.has(module))) continue;
    const used = weightsOf(node, constants);
    keep(linear, `${module}.weight`, used.linear);
    keep(others, `${module}.weight`, used.other);
    keep(others, `${module}.bias`, used.bias);
  }
  for (const node of nodes) keepSum(node, { linear, others, constants });
  return { linear, others };
}

interface Used {
  readonly linear?: StoredTensor | undefined;
  readonly other?: StoredTensor | undefined;
  readonly bias?: StoredTensor | undefined;
}

function weightsOf(node: OnnxNode, constants: Constants): Used {
  const [first, second, third] = node.inputs.map(constants.find);
  switch (node.op) {
    case "MatMul":
    case "MatMulInteger":
      return { linear: turned(matrix(second)) };
    case "Gemm":
      return gemmWeights(node, matrix(second), third);
    case "LayerNormalization":
    case "Conv":
      return { other: second, bias: third };
    case "ConvInteger":
      return { other: second };
    case "Gather":
      return { other: matrix(first) };
    case "Mul":
      return { other: vectorOf(node, constants) };
    default:
      return {};
  }
}

function gemmWeights({ attributes }: OnnxNode, weight?: StoredTensor, bias?: StoredTensor): Used {
  const isPlain = ["alpha", "beta"].every((name) => (attributes.get(name)?.float ?? 1) === 1);
  if (!isPlain || attributes.get("transA")?.integer) return {};
  return { linear: attributes.get("transB")?.integer ? weight : turned(weight), bias };
}

interface Sums extends ModuleWeights {
  readonly others: Map<string, StoredTensor>;
  readonly constants: Constants;
}

/** A module's addend is its bias, when it is as long as the module's weight has rows. */
function keepSum(node: OnnxNode, { linear, others, constants }: Sums): void {
  const module = node.op === "Add" ? modulePath(node.name) : undefined;
  if (module === undefined) return;
  const weight = linear.get(`${module}.weight`) ?? others.get(`${module}.weight`);
  const bias = vectorOf(node, constants);
  if (bias && weight?.dims[0] === bias.dims[0]) keep(others, `${module}.bias`, bias);
}

/** Exporters without paths in node names fold weights too; the addend of the product then names the module. */
function moduleOfBias({ op, outputs }: OnnxNode, readers: ReadonlyMap<string, OnnxNode>): string | undefined {
  if (op !== "MatMul" && op !== "MatMulInteger") return undefined;
  let reader = readers.get(outputs[0] ?? "");
  for (let steps = 0; steps < 3 && (reader?.op === "Cast" || reader?.op === "Mul"); steps++)
    reader = readers.get(reader.outputs[0] ?? "");
  const bias = reader?.op === "Add" ? reader.inputs.find((input) => input.endsWith(".bias")) : undefined;
  return bias && stateName(bias.slice(0, -".bias".length));
}

function firstReaders(nodes: readonly OnnxNode[]): Map<string, OnnxNode> {
  const readers = new Map<string, OnnxNode>();
  for (const node of nodes) for (const input of node.inputs) if (!readers.has(input)) readers.set(input, node);
  return readers;
}

/** The constant input that is a vector: a bias or a gain, and no scalar of an activation. */
function vectorOf({ inputs }: OnnxNode, constants: Constants): StoredTensor | undefined {
  return inputs.map(constants.find).find((tensor) => tensor?.dims.length === 1 && tensor.dims[0]! > 1);
}

function matrix(tensor: StoredTensor | undefined): StoredTensor | undefined {
  return tensor?.dims.length === 2 ? tensor : undefined;
}

function turned(tensor: StoredTensor | undefined): StoredTensor | undefined {
  if (!tensor) return undefined;
  const { dims, read } = tensor;
  const [rows, columns] = dims as readonly [number, number];
  return { dims: [columns, rows], read: () => transposed(read(), rows) };
}

function transposed(values: Float32Array<ArrayBuffer>, rows: number): Float32Array<ArrayBuffer> {
  const columns = values.length / rows;
  const turned = new Float32Array(values.length);
  for (let i = 0, row = 0; i < values.length; row++)
    for (let column = 0; column < columns; column++, i++) turned[column * rows + row] = values[i]!;
  return turned;
}

function keep(weights: Map<string, StoredTensor>, name: string, tensor: StoredTensor | undefined): void {
  if (tensor && !weights.has(name)) weights.set(name, tensor);
}
