import type { Producer } from "../ports/embedder.ts";
import { PREPROCESSING } from "../prepare/text-piece.ts";
import { type Space, spaceOf } from "../space.ts";
import type { FileDigest, TextModelSpec } from "./text-model.ts";

const FP32: FileDigest = {
  sha256: "7049acc3ed91d07b23ab4aeaea1519195f11294240cc612a57d76f2008abd8e6",
  bytes: 90_359_607,
};
const Q8: FileDigest = {
  sha256: "5dacf24cb070442077ab72d5ab28d9701dd0711d62b760ef3db851d8e2aaf246",
  bytes: 22_944_452,
};
const TOKENIZER: FileDigest = {
  sha256: "da0e79933b9ed51798a3ae27893d3c5fa4a201126cef75586296df9b4d2c62a0",
  bytes: 711_661,
};

/** The file that `pipit models pack` makes of the fp32 weights, whichever of their files it reads. */
const PACKED: FileDigest = {
  sha256: "9be0994c87b10c0fe8617940de08c19796cda0f897d172767ac6726db353372d",
  bytes: 22_961_728,
};

// The public hub's own exports of the same weights (revision 751bff37). These files differ, and the last bits of their vectors may
// differ too: they have a producer name of their own (see `producerOf`).
const HUB_FP32: FileDigest = {
  sha256: "759c3cd2b7fe7e93933ad23c4c9181b7396442a2ed746ec7c1d46192c469c46e",
  bytes: 90_387_606,
};
const HUB_Q8: FileDigest = {
  sha256: "afdb6f1a0e45b715d0bb9b11772f032c399babd23bfc31fed1c170afc848bdb1",
  bytes: 22_972_370,
};

/** The space of all-MiniLM-L6-v2. Its producers are the fp32 and q8 files, the encoder kernel and the starter. */
export const MINILM_SPACE: Space = spaceOf({
  name: "all-MiniLM-L6-v2",
  weights: FP32.sha256,
  tokenizer: TOKENIZER.sha256,
  preprocessing: PREPROCESSING,
  pooling: "mean",
  normalization: "l2",
  dimensions: 384,
  // Its vocabulary has letters of many scripts, but it was trained on English: other words become letters or [UNK].
  scripts: ["Latin"],
});

const KERNEL: Producer = { name: "minilm-kernel", fidelity: { mean: 0.9976, min: 0.9919 } };
const KERNEL_FROM_Q8: Producer = { name: "minilm-kernel-q8", fidelity: { mean: 0.9952, min: 0.9863 } };

/** Fidelities are cosines to the PyTorch fp32 reference over its 102 texts, on onnxruntime-node and in the encoder kernel. */
export const MINILM: TextModelSpec = {
  hubName: "Xenova/all-MiniLM-L6-v2",
  space: MINILM_SPACE,
  maxTokens: 256,
  specialTokens: { first: "[CLS]", last: "[SEP]" },
  pooling: "mean",
  tokenizer: { path: "tokenizer.json", accepts: [TOKENIZER] },
  variants: {
    fp32: {
      weights: { path: "onnx/model.onnx", accepts: [FP32, HUB_FP32] },
      producer: { name: "minilm-fp32", fidelity: { mean: 1, min: 0.9999 } },
      sharing: "same-length",
      packedAs: KERNEL,
    },
    q8: {
      weights: { path: "onnx/model_quantized.onnx", accepts: [Q8, HUB_Q8] },
      producer: { name: "minilm-q8", fidelity: { mean: 0.9897, min: 0.9689 } },
      sharing: "alone",
      packedAs: KERNEL_FROM_Q8,
    },
    packed: {
      weights: { path: "pipit/encoder.pipit", accepts: [PACKED] },
      producer: KERNEL,
      sharing: "any",
    },
  },
};
