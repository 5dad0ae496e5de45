import { badModel } from "./bad-model.ts";
import { type Constants, findConstants } from "./onnx-constants.ts";
import { readGraph } from "./onnx-graph.ts";
import { moduleWeights } from "./onnx-modules.ts";
import { stateName } from "./state-name.ts";
import { type StoredTensor, type WeightSource, weightSource } from "./weight-source.ts";

// Names that PyTorch gave; exporters' own hold "::", "/" or are a number.
const STATE_NAME = /^(?:0\.)?[A-Za-z_]\w*(?:\.\w+)*$/;

/**
 * Weights of an ONNX file as PyTorch exports it, in floats or dynamically quantised to 8 bits. A weight of a linear layer is found
 * by the node that multiplies, since some quantisers transpose a weight and keep its name; others by names, then by other nodes.
 * Throws `bad-model`.
 */
export function readOnnxWeights(bytes: Uint8Array): WeightSource {
  const graph = readGraph(bytes);
  const constants = findConstants(graph);
  const { linear, others } = moduleWeights(graph, constants);
  return weightSource(new Map([...others, ...byName(constants), ...linear]));
}

function byName({ named }: Constants): Map<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  for (const [fullName, tensor] of named) {
    if (!STATE_NAME.test(fullName)) continue;
    const name = stateName(fullName);
    if (tensors.has(name)) throw badModel(`two tensors that are called ${name} without wrappers`, "one of each name");
    tensors.set(name, tensor);
  }
  return tensors;
}
