import { badModel } from "./bad-model.ts";
import { readOnnxWeights } from "./onnx-weights.ts";
import { readSafetensors } from "./safetensors.ts";
import type { WeightSource } from "./weight-source.ts";

const BRACE = 0x7b;
// A ModelProto begins with one of its fields: ir_version, producer, domain, version, graph, opset.
const ONNX_BEGINNINGS: ReadonlySet<number> = new Set([0x08, 0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42]);

/** The weights in a file's bytes, safetensors or ONNX. They stay in use: do not change them. Throws `bad-model`. */
export function openWeights(bytes: Uint8Array): WeightSource {
  if (isSafetensors(bytes)) return readSafetensors(bytes);
  if (ONNX_BEGINNINGS.has(bytes[0] ?? -1)) return readOnnxWeights(bytes);
  throw badModel(`a file that begins with ${beginning(bytes)}`, "safetensors or ONNX");
}

// The length of its header, 64 bits of which no real one needs the upper half, then the header as JSON.
function isSafetensors(bytes: Uint8Array): boolean {
  return bytes[8] === BRACE && bytes.subarray(4, 8).every((byte) => byte === 0);
}

function beginning(bytes: Uint8Array): string {
  return bytes.length === 0 ? "nothing" : JSON.stringify(new TextDecoder().decode(bytes.subarray(0, 12)));
}
