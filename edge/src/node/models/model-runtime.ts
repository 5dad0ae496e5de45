/** "native": ONNX Runtime's library, if it is installed and a source has its file. "kernel": the encoder kernel, on any machine. */
export type ModelRuntime = "native" | "kernel";
