import type { EncoderKernel } from "./encoder-kernel.ts";
import type { EncoderShape } from "./encoder-shape.ts";

/**
 * One forward pass, step by step, after which the kernel holds the batch's vectors. It yields between layers, so that its
 * caller may run other work or end the pass.
 */
export function* encoderPass(kernel: EncoderKernel, shape: EncoderShape): Generator<number> {
  const { input, norm, layers, embeddingNorm } = shape;
  if (input === "tokens") kernel.embedTokens();
  else kernel.embedPatches();
  const addend = input === "tokens" ? "nothing" : "answer";
  if (embeddingNorm === "yes") kernel.normAfter(0, addend, "normed");
  for (let layer = 0; layer < layers; layer++) {
    if (norm === "after") layerNormedAfter(kernel, shape, layer);
    else layerNormedBefore(kernel, shape, layer);
    yield layer;
  }
  kernel.poolTokens();
  if (norm === "before") kernel.normPooled(firstNorm(shape) + 2 * layers);
}

/** BERT: a block's answer is added to the stream, and their sum is normed. */
function layerNormedAfter(kernel: EncoderKernel, shape: EncoderShape, layer: number): void {
  const matrix = firstMatrix(shape) + 4 * layer;
  const norm = firstNorm(shape) + 2 * layer;
  kernel.multiply(matrix, "normed");
  kernel.attend();
  kernel.multiply(matrix + 1, "mixed");
  kernel.normAfter(norm, "answer", "smoothed");
  kernel.multiply(matrix + 2, "smoothed");
  kernel.activate(layer);
  kernel.multiply(matrix + 3, "activated");
  kernel.normAfter(norm + 1, "answer", "normed");
}

/** CLIP: a block reads the stream normed, and its answer is added to the stream when the next norm passes over it. */
function layerNormedBefore(kernel: EncoderKernel, shape: EncoderShape, layer: number): void {
  const matrix = firstMatrix(shape) + 4 * layer;
  const norm = firstNorm(shape) + 2 * layer;
  kernel.normBefore(norm, layer === 0 ? "nothing" : "answer", "normed");
  kernel.multiply(matrix, "normed");
  kernel.attend();
  kernel.multiply(matrix + 1, "mixed");
  kernel.normBefore(norm + 1, "answer", "smoothed");
  kernel.multiply(matrix + 2, "smoothed");
  kernel.activate(layer);
  kernel.multiply(matrix + 3, "activated");
}

const firstMatrix = ({ patch }: EncoderShape) => (patch > 0 ? 1 : 0);
const firstNorm = ({ embeddingNorm }: EncoderShape) => (embeddingNorm === "yes" ? 1 : 0);
