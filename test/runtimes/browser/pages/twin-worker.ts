import { createModelLoader, type LoaderModel, openOnnxRuntime, serveTab } from "@pipit/browser/host";
import {
  type Embedder,
  exactIndex,
  type OnnxRuntime,
  type OnnxSession,
  type TextModelSpec,
  textPiece,
} from "@pipit/core";

interface Twin extends LoaderModel {
  readonly spec: TextModelSpec;
}

// Not awaited here: `serveTab` must be called in the worker's first turn, because earlier messages would be lost.
const twin: Promise<Twin> = fetch("/twin/about.json")
  .then((response) => response.json())
  .then(({ spec, golden }) => ({
    spec,
    golden: { pieces: golden.texts.map(textPiece), vectors: Float32Array.from(golden.vectors) },
    runtime: location.search.includes("lying") ? lying : openOnnxRuntime,
  }));

const devices: GPUDevice[] = [];

// A test loses the GPU by a message, as a reset of its driver would.
if (location.search.includes("losing")) {
  const { requestDevice } = GPUAdapter.prototype;
  GPUAdapter.prototype.requestDevice = async function (descriptor) {
    const device = await requestDevice.call(this, descriptor);
    devices.push(device);
    return device;
  };
  new BroadcastChannel("lose the GPU").onmessage = () => {
    for (const device of devices.splice(0)) device.destroy();
  };
}

/** The first embedder of an engine: it has the right space, but its vectors have no meaning. */
function placeholder({ spec: { space } }: Twin): Embedder {
  return {
    space,
    producer: { name: "placeholder", fidelity: { mean: 0.5, min: 0.1 } },
    window: { limit: 100, count: (text) => text.length },
    async embed(pieces) {
      const matrix = new Float32Array(pieces.length * space.dimensions);
      for (let row = 0; row < pieces.length; row++) matrix[row * space.dimensions] = 1;
      return matrix;
    },
    async close() {},
  };
}

/** A GPU that silently computes wrong numbers; this worker has one if its URL says so. */
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

const loader = twin.then(createModelLoader);

serveTab({
  first: async () => ({ embedder: placeholder(await twin), backend: "js", why: "nothing better is loaded" }),
  better: async (request, options) => (await loader)(request, options),
  index: async () => exactIndex,
});
