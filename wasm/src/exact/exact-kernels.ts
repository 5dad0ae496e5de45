import { ExactKernel, type ExactShape } from "./exact-kernel.ts";
import { codedShape, collectedShape, type ExactPlan } from "./exact-options.ts";
import type { SharedScans } from "./scan-pool.ts";

/** Makes the kernels of one kind of index. */
export class ExactKernels {
  readonly plan: ExactPlan;
  /** Of kernels that compute for a while and do not answer. */
  readonly module: WebAssembly.Module;
  private readonly shared: SharedScans | undefined;

  constructor(module: WebAssembly.Module, plan: ExactPlan, shared?: SharedScans) {
    this.plan = plan;
    this.module = module;
    this.shared = shared;
  }

  /** One that answers, and shares its scans where threads were given. */
  answering(shape: ExactShape): ExactKernel {
    const { module, shared, plan } = this;
    return shared
      ? new ExactKernel(shared.module, shape, plan.maxBytes, shared.pool)
      : new ExactKernel(module, shape, plan.maxBytes);
  }

  /** One that only sums bytes. */
  summing(): ExactKernel {
    return new ExactKernel(this.module, collectedShape(this.plan, 1), this.plan.maxBytes);
  }

  /** An empty one whose rows are to be coded. */
  coded(dimensions: number): ExactKernel {
    return this.answering(codedShape(this.plan, dimensions));
  }
}
