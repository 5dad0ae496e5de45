import { createModelLoader, type LoaderModel, openOnnxRuntime, serveTab } from "@pipit/browser/host";
import { type Embedder, exactIndex, type OnnxRuntime, type OnnxSession, type TextModelSpec } from "@pipit/core";

const about = await (await fetch("/twin/about.json")).json();
const model: LoaderModel = {
  spec: about.spec as TextModelSpec,
  golden: { texts: about.golden.texts, vectors: Float32Array.from(about.golden.vectors as number[]) },
};

/** What an engine starts with: the right space, and a direction that means nothing. */
const placeholder: Embedder = {
  space: model.spec.space,
  producer: { name: "placeholder", fidelity: { mean: 0.5, min: 0.1 } },
  window: { limit: 100, count: (text) => text.length },
  async embed(pieces) {
    const { dimensions } = model.spec.space;
    const matrix = new Float32Array(pieces.length * dimensions);
    for (let row = 0; row < pieces.length; row++) matrix[row * dimensions] = 1;
    return matrix;
  },
  async close() {},
};

/** A GPU that computes, without a word, something else: the name of the worker's URL says whether this one does. */
async function lying(device: "webgpu" | "wasm", ortUrl: string): Promise<OnnxRuntime> {
  const runtime = await openOnnxRuntime(device, ortUrl);
  if (device === "wasm") return runtime;
  return {
    Tensor: runtime.Tensor,
    InferenceSession: {
      create: async (weights, options) => wrong(await runtime.InferenceSession.create(weights, options)),
    },
  };
}

function wrong(session: OnnxSession): OnnxSession {
  return {
    inputNames: session.inputNames,
    release: () => session.release(),
    async run(feeds) {
      const outputs = await session.run(feeds);
      for (const { data } of Object.values(outputs)) if (data instanceof Float32Array) data[0]! += 100;
      return outputs;
    },
  };
}

const runtime = location.search.includes("lying") ? lying : openOnnxRuntime;

serveTab({
  first: async () => ({ embedder: placeholder, backend: "js", why: "nothing better is loaded" }),
  better: createModelLoader({ ...model, runtime }),
  index: async () => exactIndex,
});
