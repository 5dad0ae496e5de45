import { badModel } from "./bad-model.ts";
import type { OnnxGraph, OnnxNode } from "./onnx-graph.ts";
import type { OnnxTensor } from "./onnx-tensor.ts";
import { type StoredTensor, sizeOf } from "./weight-source.ts";

/** The constants of a graph, which may be weights, by the names that its nodes use. */
export interface Constants {
  /** Float tensors: initializers, aliases of them, and quantised ones by their name before. */
  readonly named: ReadonlyMap<string, StoredTensor>;
  /** The constant that an input stands for, or undefined; `X_quantized` stands for X. */
  find(input: string | undefined): StoredTensor | undefined;
}

const QUANTIZED = "_quantized";

interface Quantized {
  readonly codes: OnnxTensor;
  readonly scale: OnnxTensor;
  readonly zeroPoint: OnnxTensor | undefined;
  /** Which of the codes' axes the scales run along, when there are several. */
  readonly axis: number;
}

export function findConstants(graph: OnnxGraph): Constants {
  const stored = new Map<string, OnnxTensor>(graph.initializers);
  const named = new Map<string, StoredTensor>();
  for (const [name, tensor] of stored) if (tensor.isFloat && !isCompanion(name, stored)) named.set(name, tensor);
  addAliases(graph.nodes, stored, named);
  for (const [name, tensor] of quantizedByName(graph, stored)) if (!named.has(name)) named.set(name, tensor);
  const unnamed = new Map<string, StoredTensor>();
  for (const node of graph.nodes) {
    const tensor = node.op === "Constant" ? stored.get(node.outputs[0] ?? "") : dequantized(node, stored);
    if (tensor) unnamed.set(node.outputs[0] ?? "", tensor);
  }
  const find = (name: string) => named.get(name) ?? unnamed.get(name);
  return { named, find: (input) => (input ? (find(input) ?? find(withoutSuffix(input))) : undefined) };
}

/** Exporters keep one of several equal tensors and let `Identity` nodes give it the other names. */
function addAliases(
  nodes: readonly OnnxNode[],
  stored: Map<string, OnnxTensor>,
  named: Map<string, StoredTensor>,
): void {
  for (const { op, inputs, outputs, attributes } of nodes) {
    const output = outputs[0] ?? "";
    const value = op === "Constant" ? attributes.get("value")?.tensor : undefined;
    const tensor = op === "Identity" ? stored.get(inputs[0] ?? "") : value;
    if (!tensor) continue;
    stored.set(output, tensor);
    if (op === "Identity" && tensor.isFloat) named.set(output, tensor);
  }
}

/** Dynamic quantisation makes `X_quantized`, `X_scale` and `X_zero_point` of X. */
function* quantizedByName(
  { nodes }: OnnxGraph,
  stored: ReadonlyMap<string, OnnxTensor>,
): Generator<[string, StoredTensor]> {
  const axes = scaleAxes(nodes);
  for (const [name, codes] of stored) {
    if (!name.endsWith(QUANTIZED)) continue;
    const base = withoutSuffix(name);
    const scale = stored.get(`${base}_scale`);
    const zeroPoint = stored.get(`${base}_zero_point`);
    if (scale) yield [base, tensorOf({ codes, scale, zeroPoint, axis: axes.get(name) ?? 0 }, base)];
  }
}

/** A matrix that is multiplied with has its scales by column; tables and kernels have them by row. */
function scaleAxes(nodes: readonly OnnxNode[]): Map<string, number> {
  const axes = new Map<string, number>();
  for (const { op, inputs, attributes } of nodes) {
    if (op === "MatMulInteger") axes.set(inputs[1] ?? "", 1);
    if (op === "DequantizeLinear") axes.set(inputs[0] ?? "", attributes.get("axis")?.integer ?? 1);
  }
  return axes;
}

function dequantized(node: OnnxNode, stored: ReadonlyMap<string, OnnxTensor>): StoredTensor | undefined {
  if (node.op !== "DequantizeLinear") return undefined;
  const [codes, scale, zeroPoint] = node.inputs.map((input) => stored.get(input));
  const axis = node.attributes.get("axis")?.integer ?? 1;
  return codes && scale ? tensorOf({ codes, scale, zeroPoint, axis }, codes.name) : undefined;
}

function tensorOf(quantized: Quantized, name: string): StoredTensor {
  const { dims } = quantized.codes;
  return { dims, read: () => dequantize(quantized, name) };
}

/** (code - zero point) x scale, in place of the codes: no second array is needed. */
function dequantize({ codes, scale, zeroPoint, axis }: Quantized, name: string): Float32Array<ArrayBuffer> {
  const values = codes.read();
  const scales = scale.read();
  const zeros = zeroPoint?.read() ?? new Float32Array(scales.length);
  const along = codes.dims.at(axis) ?? 1;
  const fits = scales.length === zeros.length && (scales.length === 1 || scales.length === along);
  if (!fits) throw badModel(`${scales.length} scales and ${zeros.length} zero points of ${name}`, `1 or ${along}`);
  const inner = axis === -1 ? 1 : sizeOf(codes.dims.slice(axis + 1), name);
  for (let i = 0; i < values.length; i++) {
    const at = scales.length === 1 ? 0 : Math.floor(i / inner) % along;
    values[i] = (values[i]! - zeros[at]!) * scales[at]!;
  }
  return values;
}

function isCompanion(name: string, stored: ReadonlyMap<string, OnnxTensor>): boolean {
  return name.endsWith("_scale") && stored.has(name.slice(0, -"_scale".length) + QUANTIZED);
}

function withoutSuffix(name: string): string {
  return name.endsWith(QUANTIZED) ? name.slice(0, -QUANTIZED.length) : name;
}
