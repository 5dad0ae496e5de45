import { ExactKernel, type ExactShape } from "./exact-kernel.ts";
import { codedShape, collectedShape, type ExactPlan } from "./exact-options.ts";
import type { SharedScans } from "./scan-pool.ts";

/** Makes the kernels of one kind of index. */
export class ExactKernels {
  readonly plan: ExactPlan;
  /** For kernels that compute and do not answer searches. */
  readonly module: WebAssembly.Module;
  readonly #shared: SharedScans | undefined;

  constructor(module: WebAssembly.Module, plan: ExactPlan, shared?: SharedScans) {
    this.plan = plan;
    this.module = module;
    this.#shared = shared;
  }

  /** A kernel that answers searches, and shares scans if there is a pool. */
  answering(shape: ExactShape): ExactKernel {
    const { module, plan } = this;
    const shared = this.#shared;
    return shared
      ? new ExactKernel(shared.module, shape, plan.maxBytes, shared.pool)
      : new ExactKernel(module, shape, plan.maxBytes);
  }

  /** A kernel that only computes checksums. */
  summing(): ExactKernel {
    return new ExactKernel(this.module, collectedShape(this.plan, 1), this.plan.maxBytes);
  }

  /** An empty kernel with codes. */
  coded(dimensions: number): ExactKernel {
    return this.answering(codedShape(this.plan, dimensions));
  }
}
