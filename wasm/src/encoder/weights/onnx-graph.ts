import { badModel } from "./bad-model.ts";
import { type OnnxTensor, readTensor } from "./onnx-tensor.ts";
import { readFields, readText } from "./protobuf.ts";

/** The parts of an ONNX file that name its weights. */
export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly initializers: ReadonlyMap<string, OnnxTensor>;
}

export interface OnnxNode {
  readonly op: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

export interface OnnxAttribute {
  readonly float: number | undefined;
  readonly integer: number | undefined;
  readonly tensor: OnnxTensor | undefined;
}

// Field numbers of onnx.proto.
const MODEL = { graph: 7 };
const GRAPH = { node: 1, initializer: 5 };
const NODE = { input: 1, output: 2, name: 3, op: 4, attribute: 5 };
const ATTRIBUTE = { name: 1, float: 2, integer: 3, tensor: 5 };

/** Throws `bad-model` of bytes that are no ONNX model, or not a whole one. */
export function readGraph(bytes: Uint8Array): OnnxGraph {
  const nodes: OnnxNode[] = [];
  const initializers = new Map<string, OnnxTensor>();
  for (const field of readFields(graphOf(bytes))) {
    if (!field.bytes) continue;
    if (field.number === GRAPH.node) nodes.push(readNode(field.bytes));
    if (field.number !== GRAPH.initializer) continue;
    const tensor = readTensor(field.bytes);
    initializers.set(tensor.name, tensor);
  }
  return { nodes, initializers };
}

function graphOf(model: Uint8Array): Uint8Array {
  let graph: Uint8Array | undefined;
  for (const { number, bytes } of readFields(model)) if (number === MODEL.graph) graph = bytes;
  if (!graph) throw badModel("a file without a graph", "an ONNX model");
  return graph;
}

function readNode(bytes: Uint8Array): OnnxNode {
  const node = { op: "", name: "", inputs: [] as string[], outputs: [] as string[] };
  const attributes = new Map<string, OnnxAttribute>();
  for (const { number, bytes: value } of readFields(bytes)) {
    if (number === NODE.input) node.inputs.push(readText(value));
    else if (number === NODE.output) node.outputs.push(readText(value));
    else if (number === NODE.name) node.name = readText(value);
    else if (number === NODE.op) node.op = readText(value);
    else if (number === NODE.attribute && value) attributes.set(...readAttribute(value));
  }
  return { ...node, attributes };
}

function readAttribute(bytes: Uint8Array): [string, OnnxAttribute] {
  let name = "";
  let float: number | undefined;
  let integer: number | undefined;
  let tensor: OnnxTensor | undefined;
  for (const { number, value, bytes: data } of readFields(bytes)) {
    if (number === ATTRIBUTE.name) name = readText(data);
    else if (number === ATTRIBUTE.float && data?.length === 4)
      float = new DataView(data.buffer, data.byteOffset, 4).getFloat32(0, true);
    else if (number === ATTRIBUTE.integer && !data) integer = value;
    else if (number === ATTRIBUTE.tensor && data) tensor = readTensor(data);
  }
  return [name, { float, integer, tensor }];
}
