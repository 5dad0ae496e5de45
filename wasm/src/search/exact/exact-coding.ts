import type { ExactKernel } from "./exact-kernel.ts";
import type { ExactKernels } from "./exact-kernels.ts";
import { type Quantizer, type QuantizerLoss, trainQuantizer } from "./quantizer.ts";

export interface Coded {
  readonly kernel: ExactKernel;
  readonly loss: QuantizerLoss;
}

/** Whether a kernel without codes has enough rows to train a quantizer, once `more` rows are added. */
export function isCodingDue({ plan }: ExactKernels, kernel: ExactKernel, more: number): boolean {
  const isCollecting = plan.codes !== undefined && kernel.shape.codes === "none";
  return isCollecting && kernel.count + more >= (plan.quantizer ? 0 : plan.calibrateAt);
}

/**
 * A second kernel with codes, which has the rows of this one in the same slots (positions in memory), and room for the coming ones, which
 * are not added yet. The quantizer is trained by both. Throws `storage-full`; the first kernel is never changed.
 */
export function codedKernel(kernels: ExactKernels, kernel: ExactKernel, coming: Float32Array): Coded {
  const { dimensions } = kernel.shape;
  const made = kernels.coded(dimensions);
  made.reserve(kernel.count + coming.length / dimensions);
  const quantizer = kernels.plan.quantizer ?? train(kernels, kernel, coming);
  made.writeQuantizer(quantizer.values);
  for (const [slot, row] of kernel.allRows().entries()) {
    const vectors = kernel.decode(slot, "originals");
    made.put({ rows: Uint32Array.of(row), slots: Uint32Array.of(slot), vectors });
  }
  return { kernel: made, loss: quantizer.loss };
}

/** Trains by the stored rows and, up to `calibrateAt` in all, by coming ones that are evenly chosen. */
function train({ module, plan }: ExactKernels, kernel: ExactKernel, coming: Float32Array): Quantizer {
  const { dimensions } = kernel.shape;
  const { codes, metric, seed, calibrateAt } = plan;
  const missing = Math.max(calibrateAt - kernel.count, 0);
  const sample = new Float32Array((kernel.count + missing) * dimensions);
  for (let slot = 0; slot < kernel.count; slot++) sample.set(kernel.decode(slot, "originals"), slot * dimensions);
  for (let i = 0; i < missing; i++) {
    const from = Math.floor((i * coming.length) / dimensions / missing) * dimensions;
    sample.set(coming.subarray(from, from + dimensions), (kernel.count + i) * dimensions);
  }
  return trainQuantizer(module, { kind: codes!, dimensions, metric, seed }, sample);
}
