/** The small part of ONNX Runtime that Pipit calls; onnxruntime-node and onnxruntime-web both have this shape. */
export interface OnnxRuntime {
  readonly InferenceSession: {
    create(model: Uint8Array, options?: OnnxSessionOptions): Promise<OnnxSession>;
  };
  readonly Tensor: OnnxTensorConstructor;
}

export interface OnnxTensorConstructor {
  new (type: "int64", data: BigInt64Array, dims: readonly number[]): OnnxTensor;
  new (type: "float32", data: Float32Array, dims: readonly number[]): OnnxTensor;
}

export interface OnnxTensor {
  readonly dims: readonly number[];
  readonly data: unknown;
  dispose(): void;
}

export interface OnnxSession {
  readonly inputNames: readonly string[];
  run(feeds: Readonly<Record<string, OnnxTensor>>): Promise<Readonly<Record<string, OnnxTensor>>>;
  release(): Promise<void>;
}

/** Passed to the runtime unchanged. */
export interface OnnxSessionOptions {
  readonly executionProviders?: readonly ("cpu" | "wasm" | "webgpu")[];
  readonly intraOpNumThreads?: number;
  readonly interOpNumThreads?: number;
  readonly graphOptimizationLevel?: "disabled" | "basic" | "extended" | "all";
  readonly logSeverityLevel?: 0 | 1 | 2 | 3 | 4;
}
